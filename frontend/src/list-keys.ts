/** Keys of a list: j k and arrows move, x selects, Shift + arrow extends, Ctrl + A selects the page, Enter opens, Space peeks, e edits. */
import { all, isTyping, on, one } from "./dom";
import { closePanel } from "./dialog";
import { shortcutsOn } from "./keys";
import { peek } from "./peek";
import { clearSelection, selectPage, toggleRow } from "./selection";

function rows(): HTMLElement[] {
  return all("[data-list] tbody:not([hidden]) > [data-row]");
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

function setCurrent(row: HTMLElement): void {
  for (const other of rows()) other.classList.toggle("is-current", other === row);
  for (const other of rows()) other.tabIndex = other === row ? 0 : -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if (one("#panel-slot > .side-panel") && row.dataset.peek) peek(row);
}

/** The cell cursor: right from a row into its cells, left from the first one back to the row. */
function sideways(row: HTMLElement, cell: HTMLElement | null, step: number): boolean {
  const cells = all("td[data-column]", row);
  const at = cell ? cells.indexOf(cell) + step : step > 0 ? 0 : -1;
  if (!cell && step < 0) return false;
  if (at < 0) row.focus({ preventScroll: true });
  else enter(cells[at]);
  return true;
}

function enter(cell: HTMLElement | null | undefined): void {
  if (!cell) return;
  cell.tabIndex = -1;
  cell.focus({ preventScroll: true });
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function handle(event: KeyboardEvent): boolean {
  const row = current();
  const cell = row && document.activeElement instanceof HTMLElement ? document.activeElement.closest<HTMLElement>("td[data-column]") : null;
  switch (event.key) {
    case "ArrowDown":
    case "ArrowUp":
      go(event.key === "ArrowDown" ? 1 : -1, event.shiftKey);
      if (cell) enter(one(`td[data-column="${CSS.escape(cell.dataset.column ?? "")}"]`, current() ?? undefined));
      return true;
    case "ArrowRight":
    case "ArrowLeft":
      return row !== null && sideways(row, cell, event.key === "ArrowRight" ? 1 : -1);
    case "Enter":
      if (row && cell && document.activeElement === cell) {
        if (cell.dataset.editUrl) cell.dispatchEvent(new Event("guanxi:edit", { bubbles: true }));
        else one<HTMLElement>("[data-open-link], a", cell)?.click();
        return true;
      }
      if (!row || document.activeElement !== row) return false;
      one("[data-open-link]", row)?.click();
      return true;
    case " ":
      if (!row) return false;
      if (!closePanel()) peek(row);
      return true;
    case "Escape":
      if (row && cell) {
        row.focus({ preventScroll: true });
        return true;
      }
      return closePanel() || clearSelection();
  }
  if (!shortcutsOn()) return false;
  if (event.key === "j" || event.key === "k") go(event.key === "j" ? 1 : -1);
  else if (event.key === "x" && row) toggleRow(row);
  else if (event.key === "e" && row) ((cell?.dataset.editUrl ? cell : one("[data-edit-url]", row)) ?? one("[data-open-link]", row))?.dispatchEvent(new Event("guanxi:edit", { bubbles: true }));
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
