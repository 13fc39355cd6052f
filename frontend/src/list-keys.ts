/** Keys of a list: j k and arrows move, x selects, Shift + arrow extends, Ctrl + A selects the page, Enter opens, Space peeks, e edits. */
import { all, isTyping, on, one } from "./dom";
import { closePanel } from "./dialog";
import { shortcutsOn } from "./keys";
import { clearSelection, selectPage, toggleRow } from "./selection";

function rows(): HTMLElement[] {
  return all("[data-list] [data-row]");
}

function current(): HTMLElement | null {
  return one("[data-list] [data-row].is-current");
}

function go(step: number, extend = false): void {
  const every = rows();
  if (!every.length) return;
  const from = current();
  const next = every[from ? Math.max(0, Math.min(every.length - 1, every.indexOf(from) + step)) : 0];
  if (!next) return;
  if (extend) {
    if (from) toggleRow(from, true);
    toggleRow(next, true);
  }
  setCurrent(next);
}

export function setCurrent(row: HTMLElement): void {
  for (const other of rows()) other.classList.toggle("is-current", other === row);
  for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (one("#panel-slot > .side-panel") && row.dataset.peek !== undefined) one("[data-peek-link]", row)?.click();
}

function handle(event: KeyboardEvent): boolean {
  const row = current();
  switch (event.key) {
    case "ArrowDown":
      go(1, event.shiftKey);
      return true;
    case "ArrowUp":
      go(-1, event.shiftKey);
      return true;
    case "Enter":
      if (!row || document.activeElement !== row) return false;
      one("[data-open-link]", row)?.click();
      return true;
    case " ":
      if (!row) return false;
      if (!closePanel()) one("[data-peek-link]", row)?.click();
      return true;
    case "Escape":
      return closePanel() || clearSelection();
  }
  if (!shortcutsOn()) return false;
  if (event.key === "j" || event.key === "k") go(event.key === "j" ? 1 : -1);
  else if (event.key === "x" && row) toggleRow(row);
  else if (event.key === "e" && row) (one("[data-edit-url]", row) ?? one("[data-open-link]", row))?.dispatchEvent(new Event("guanxi:edit", { bubbles: true }));
  else return false;
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!one("[data-list]") || event.defaultPrevented || isTyping(event) || one("dialog[open]")) return;
  const target = event.target as Element;
  if (target.closest("[popover]:popover-open, .menu, td.is-editing")) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "a") {
    event.preventDefault();
    selectPage();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target.closest("button, a, input") && (event.key === " " || event.key === "Enter")) return;
  if (handle(event)) event.preventDefault();
});

on("click", "[data-list] [data-row]", (event, row) => {
  if ((event.target as Element).closest("a, button, input, label, select, td.is-editing")) return;
  for (const other of rows()) other.classList.toggle("is-current", other === row);
});
