/** Local tabs, the table view of figures, and on narrow screens the panes of a record page and where a strip stands. */
import { all, on, one, onReady, say } from "./dom";

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

on("click", "[data-show-empty]", (_event, button) => {
  const details = button.closest<HTMLElement>("[data-record], #record-details");
  if (!details) return;
  const shown = details.dataset.empty === "shown";
  details.dataset.empty = shown ? "" : "shown";
  button.textContent = say(shown ? "show-empty" : "hide-empty");
  button.setAttribute("aria-pressed", String(!shown));
});

// A strip that scrolls on a narrow screen shows the place where one is.
if (matchMedia("(max-width: 900px)").matches)
  onReady(".settings-nav, .view-tabs", (strip) => {
    const here = one("[aria-current], [aria-selected=true]", strip);
    if (here) strip.scrollLeft = here.offsetLeft - strip.offsetLeft - (strip.clientWidth - here.offsetWidth) / 2;
  });
