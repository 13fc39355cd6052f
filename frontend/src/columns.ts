/** Column widths by dragging the edge of a header; the server is told the width once the pointer is let go. */
import htmx from "htmx.org";
import { csrfToken, on } from "./dom";

const LEAST_PX = 56;

on("pointerdown", "[data-resize]", (event, grip) => {
  const head = grip.closest<HTMLTableCellElement>("th");
  const table = grip.closest("table");
  const column = head && table?.querySelectorAll("col")[head.cellIndex];
  if (!head || !table || !column) return;
  event.preventDefault();
  const begin = event.clientX;
  const width = head.getBoundingClientRect().width;
  let now = width;
  grip.setPointerCapture(event.pointerId);
  const move = (moved: PointerEvent) => {
    now = Math.max(LEAST_PX, Math.round(width + moved.clientX - begin));
    column.width = String(now);
  };
  const end = () => {
    grip.removeEventListener("pointermove", move);
    const address = table.dataset.columnsUrl;
    if (!address || now === width) return;
    const body = new URLSearchParams({ column: head.dataset.column ?? "", width: String(now) });
    void fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", end, { once: true });
  grip.addEventListener("pointercancel", end, { once: true });
});

// With Shift a click on a header sorts by this column too, after those that the list is sorted by already.
on("click", "[data-sort-more]", (event, head) => {
  if (!(event as MouseEvent).shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  void htmx.ajax("GET", head.dataset.sortMore ?? "", { source: head, target: "#list", swap: "outerHTML", push: "true" });
}, true);

// Rows of the column menu move with Alt + arrow and with their buttons; the form sends the columns in their order.
function moveRow(row: HTMLElement, step: number): void {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling;
  if (!other?.matches("[data-column-row]")) return;
  if (step < 0) other.before(row);
  else other.after(row);
  row.querySelector<HTMLElement>("input, button")?.focus();
  row.closest("form")?.dispatchEvent(new Event("change", { bubbles: true }));
}

on("keydown", "[data-column-row]", (event, row) => {
  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  event.preventDefault();
  moveRow(row, event.key === "ArrowUp" ? -1 : 1);
});
on("click", "[data-column-up]", (_event, button) => {
  const row = button.closest<HTMLElement>("[data-column-row]");
  if (row) moveRow(row, -1);
});
on("click", "[data-column-down]", (_event, button) => {
  const row = button.closest<HTMLElement>("[data-column-row]");
  if (row) moveRow(row, 1);
});
