/**
 * Columns of a list: their width by dragging the edge of a head, of which the server is told once the pointer is let go;
 * their order by dragging the head itself; and where columns that stay in sight stand.
 */
import htmx from "htmx.org";
import { all, csrfToken, on, swallowClick } from "./dom";

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
    placePins();
    const address = table.dataset.columnsUrl;
    if (!address || now === width) return;
    const body = new URLSearchParams({ column: head.dataset.column ?? "", width: String(now) });
    void fetch(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  };
  grip.addEventListener("pointermove", move);
  grip.addEventListener("pointerup", end, { once: true });
  grip.addEventListener("pointercancel", end, { once: true });
});

const DRAG_PX = 6;

on("dragstart", "th[data-column] .th", (event) => event.preventDefault());
on("pointerdown", "[data-columns-url] th[data-column] .th", (event, head) => {
  const moved = head.closest<HTMLElement>("th");
  const table = head.closest("table");
  if (!moved || !table || event.button !== 0 || event.pointerType === "touch") return;
  const begin = event.clientX;
  let place: { head: HTMLElement; after: boolean } | null = null;
  let dragging = false;
  const clear = () => all("th.is-drop-before, th.is-drop-after", table).forEach((other) => other.classList.remove("is-drop-before", "is-drop-after"));
  const move = (to: PointerEvent) => {
    if (!dragging && Math.abs(to.clientX - begin) < DRAG_PX) return;
    dragging = true;
    moved.classList.add("is-moving");
    clear();
    const over = all("th[data-column]", table).find((other) => to.clientX <= other.getBoundingClientRect().right) ?? all("th[data-column]", table).at(-1);
    if (!over) return;
    const box = over.getBoundingClientRect();
    place = { head: over, after: to.clientX > box.left + box.width / 2 };
    over.classList.add(place.after ? "is-drop-after" : "is-drop-before");
  };
  const end = (last: PointerEvent) => {
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", end);
    removeEventListener("pointercancel", end);
    clear();
    moved.classList.remove("is-moving");
    if (!dragging) return;
    swallowClick();
    if (place && last.type === "pointerup") reorder(table, moved, place.head, place.after);
  };
  addEventListener("pointermove", move);
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
});

/** Asks for the list with its columns in the new order. */
function reorder(table: HTMLElement, moved: HTMLElement, beside: HTMLElement, after: boolean): void {
  const name = (head: HTMLElement) => head.dataset.column ?? "";
  const names = all("th[data-column]", table).map(name).filter((other) => other !== name(moved));
  if (moved === beside) return;
  names.splice(names.indexOf(name(beside)) + (after ? 1 : 0), 0, name(moved));
  const url = new URL(location.href);
  url.searchParams.set("cols", names.join(","));
  const address = url.pathname + url.search.replaceAll("%2C", ",");
  void htmx.ajax("GET", address, { source: table, target: "#list", swap: "outerHTML", push: "true" });
}

// Where a pinned column stands follows from the widths of those before it: rules of a sheet, as no style attribute may be.
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);

function placePins(): void {
  const heads = all("[data-list] thead th[data-pin]");
  if (!heads.length) return;
  const rules = heads.map((head) => {
    const before = all("th", head.parentElement ?? undefined).slice(0, (head as HTMLTableCellElement).cellIndex);
    const left = before.reduce((sum, other) => sum + other.getBoundingClientRect().width, 0);
    return `[data-list] [data-pin="${head.dataset.pin ?? ""}"]{left:${Math.round(left)}px}`;
  });
  sheet.replaceSync(rules.join("\n"));
}

addEventListener("resize", placePins);
document.addEventListener("htmx:after:swap", placePins);
placePins();

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
  const focused = document.activeElement;
  if (step < 0) other.before(row);
  else other.after(row);
  if (focused instanceof HTMLElement && row.contains(focused)) focused.focus();
  if (!row.contains(document.activeElement)) row.querySelector<HTMLElement>("input:not([type=hidden]), button")?.focus();
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
