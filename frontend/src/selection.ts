/** Row selection of a list: checkboxes, ranges with Shift, the page, and "all that match" which travels as a query, not as ids. */
import { all, announce, on, one, say } from "./dom";
import { redrawList } from "./list-focus";

let anchor: HTMLInputElement | null = null;

function boxes(): HTMLInputElement[] {
  return all<HTMLInputElement>("[data-list] [data-select-row]");
}

/** The boxes of rows that are to be seen: those of folded groups are left out. */
function shown(): HTMLInputElement[] {
  return all<HTMLInputElement>("[data-list] tbody:not([hidden]) > [data-row] [data-select-row]");
}

function selectedIds(): string[] {
  return boxes().filter((box) => box.checked).map((box) => box.value);
}

function list(): HTMLElement | null {
  return one("[data-list]");
}

/** How many rows match, as text: the server answers a large count later than the rows. */
function total(): string {
  return one("[data-list-total]")?.dataset.listTotal ?? list()?.dataset.total ?? "";
}

function setAllMatching(on_: boolean): void {
  const element = list();
  if (element) element.toggleAttribute("data-all-matching", on_);
  refresh();
}

export function clearSelection(): boolean {
  const any = selectedIds().length > 0;
  for (const box of boxes()) box.checked = false;
  setAllMatching(false);
  return any;
}

export function selectPage(): void {
  const every = shown();
  const checked = !every.every((box) => box.checked);
  for (const box of every) box.checked = checked;
  if (!checked) list()?.removeAttribute("data-all-matching");
  refresh();
}

export function toggleRow(row: HTMLElement, on_?: boolean): void {
  const box = one<HTMLInputElement>("[data-select-row]", row);
  if (!box) return;
  box.checked = on_ ?? !box.checked;
  anchor = box;
  list()?.removeAttribute("data-all-matching");
  refresh();
}

/** Brings rows, head checkbox, selection bar and the hidden fields of bulk forms in line with the checkboxes. */
export function refresh(): void {
  const element = list();
  if (!element) return;
  const every = shown();
  if (element.hasAttribute("data-all-matching")) for (const box of boxes()) box.checked = true;
  const ids = selectedIds();
  for (const box of boxes()) {
    const row = box.closest("[data-row]");
    if (row && (row.getAttribute("aria-selected") === "true") !== box.checked) row.setAttribute("aria-selected", String(box.checked));
  }
  const head = one<HTMLInputElement>("[data-select-page]", element);
  if (head) {
    head.checked = every.length > 0 && every.every((box) => box.checked);
    head.indeterminate = ids.length > 0 && !head.checked;
  }
  const matching = element.hasAttribute("data-all-matching");
  // a page shows fewer than a thousand: the first word of a browser's number format costs tens of milliseconds
  const count = matching ? total() : String(ids.length);
  const bar = one("[data-selection-bar]");
  if (bar) bar.hidden = ids.length === 0;
  const toolbar = one("[data-list-toolbar]");
  if (toolbar) toolbar.hidden = ids.length > 0;
  const isPage = every.length > 0 && element.hasAttribute("data-more") && every.every((box) => box.checked);
  const words = matching ? "selected-matching" : isPage ? "selected-page" : "selected";
  for (const label of all("[data-selection-count]")) label.textContent = say(words, { count });
  for (const button of all("[data-select-matching]")) button.hidden = matching || every.length === 0 || !every.every((box) => box.checked) || !element.hasAttribute("data-more");
  for (const button of all("[data-single-only]")) button.toggleAttribute("disabled", matching || ids.length !== 1);
}

on("change", "[data-select-row]", (_event, box) => {
  anchor = box as HTMLInputElement;
  list()?.removeAttribute("data-all-matching");
  refresh();
});

on("click", "[data-select-row]", (event, box) => {
  if (!event.shiftKey || !anchor || anchor === box) return;
  const every = boxes();
  const [from, to] = [every.indexOf(anchor), every.indexOf(box as HTMLInputElement)].sort((a, b) => a - b);
  for (const each of every.slice(from, (to ?? 0) + 1)) each.checked = (box as HTMLInputElement).checked;
  refresh();
});

on("change", "[data-select-page]", () => selectPage());
on("click", "[data-select-matching]", () => {
  setAllMatching(true);
  announce(say("selected-matching", { count: total() }));
});
on("click", "[data-select-clear]", () => clearSelection());

// Bulk buttons and forms carry the selection: ids, or the flag that the server resolves with the filter in the address.
document.addEventListener("htmx:config:request", (event) => {
  const ctx = (event as unknown as CustomEvent<{ ctx: { sourceElement: HTMLElement; request: { body: FormData } } }>).detail.ctx;
  if (!ctx.sourceElement.matches("[data-bulk], [data-bulk] *")) return;
  addSelection(ctx.request.body);
});

function addSelection(body: FormData | URLSearchParams): void {
  if (list()?.hasAttribute("data-all-matching")) {
    body.set("all", "1");
    body.set("where", location.search.slice(1));
  } else for (const id of selectedIds()) body.append("id", id);
}

on("submit", "form[data-bulk]:not([hx-post])", (_event, form) => {
  for (const old of all("input[data-bulk-field]", form)) old.remove();
  const fields = new URLSearchParams();
  addSelection(fields);
  for (const [name, value] of fields) {
    const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
    input.dataset.bulkField = "";
    form.append(input);
  }
});

// What was taken back shows at once: the list is asked for again, a record page is loaded again.
document.addEventListener("guanxi:undone", () => {
  if (one("#list")) void redrawList();
  else if (one(".record[data-record]")) location.reload();
});

document.addEventListener("htmx:after:swap", () => {
  if (list() && anchor && !anchor.isConnected) anchor = null;
  refresh();
});
refresh();
