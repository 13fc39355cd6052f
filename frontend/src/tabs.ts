/** Local tabs, the table view of figures, and the panes of a record page on narrow screens. */
import { all, on, one } from "./dom";

function choose(tab: HTMLElement): void {
  const list = tab.closest("[role=tablist]");
  if (!list) return;
  for (const other of all("[role=tab]", list)) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = !chosen;
  }
}

on("click", "[data-tabs] [role=tab]", (_event, tab) => choose(tab));

on("keydown", "[role=tablist] [role=tab]", (event, tab) => {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  const list = tab.closest("[role=tablist]");
  if (!step || !list) return;
  const every = all("[role=tab]:not(:disabled)", list);
  const next = every[(every.indexOf(tab) + step + every.length) % every.length];
  event.preventDefault();
  next?.focus();
  if (next?.closest("[data-tabs]")) choose(next);
});

on("click", "[data-figure-table]", (_event, button) => {
  const figure = button.closest("figure, .panel")?.matches("figure") ? button.closest("figure") : one("figure", button.closest(".panel") ?? document);
  if (!figure) return;
  button.setAttribute("aria-pressed", String(figure.classList.toggle("is-table")));
});

on("click", "[data-pane-set]", (_event, button) => {
  const columns = one("[data-pane]");
  if (!columns) return;
  columns.dataset.pane = button.dataset.paneSet;
  for (const other of all("[data-pane-set]")) other.setAttribute("aria-selected", String(other === button));
});

// Views of a list on a phone: the filters open as a sheet.
on("click", "[data-sheet-toggle]", (_event, button) => {
  const sheet = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (!sheet) return;
  const open = sheet.toggleAttribute("data-open");
  button.setAttribute("aria-expanded", String(open));
});
