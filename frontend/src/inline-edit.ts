/**
 * Editing in place, for table cells and record fields.
 *
 * A holder carries `data-edit-url`. GET on it answers the editor (a form with `data-inline-form`), which is put into the
 * holder; the form posts by htmx and its answer replaces the holder: the new value (200), the editor with its error (422)
 * or the conflict strip (409). Enter saves, Escape reverts, Tab saves and goes on.
 */
import htmx from "htmx.org";
import { all, on, one, onReady } from "./dom";
import { shortcutsOn } from "./keys";

const SAVED_MS = 900;
const before = new WeakMap<HTMLElement, string>();
let goOn: { column: string; row: string; step: "down" | "right" } | null = null;

function holderOf(element: Element): HTMLElement | null {
  return element.closest<HTMLElement>("[data-edit-url]");
}

async function edit(holder: HTMLElement): Promise<void> {
  if (one("[data-inline-form]", holder) || holder.hasAttribute("data-locked")) return;
  one(".cell-action", holder)?.remove();
  before.set(holder, holder.innerHTML);
  await htmx.ajax("GET", holder.dataset.editUrl ?? "", { source: holder, target: holder, swap: "innerHTML" });
  if (one("[data-inline-form]", holder)) {
    holder.classList.add("is-editing");
    holder.closest(".field-inline")?.classList.add("is-editing");
    focusEditor(holder);
  }
}

function focusEditor(holder: HTMLElement): void {
  const field = one<HTMLInputElement>("[data-inline-form] :is(input:not([type=hidden]), select, textarea)", holder);
  field?.focus();
  if (field?.matches("input[type=text], input[type=number], input:not([type])")) field.select();
}

function revert(holder: HTMLElement): void {
  const markup = before.get(holder);
  if (markup === undefined) return;
  // Removing the focused input reports a loss of focus, which would save: what is removed is no editor any more.
  one("[data-inline-form]", holder)?.removeAttribute("data-inline-form");
  holder.innerHTML = markup;
  holder.classList.remove("is-editing", "is-error", "is-conflict");
  holder.closest(".field-inline")?.classList.remove("is-editing", "is-error", "is-conflict");
  htmx.process(holder);
  (holder.closest<HTMLElement>("[data-row]") ?? one("[data-edit-button]", holder) ?? holder).focus();
}

on("dblclick", "[data-edit-url]", (event, holder) => {
  if (!(event.target as Element).closest("a, button, input, select, textarea")) void edit(holder);
});
on("click", "[data-edit-button]", (_event, button) => {
  const holder = holderOf(button);
  if (holder) void edit(holder);
});
document.addEventListener("guanxi:edit", (event) => {
  const holder = event.target instanceof Element ? holderOf(event.target) : null;
  if (holder) void edit(holder);
});

on("keydown", "[data-inline-form]", (event, form) => {
  const holder = holderOf(form);
  if (!holder || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    revert(holder);
  } else if ((event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement)) || event.key === "Tab") {
    if (event.key === "Tab" && event.shiftKey) return;
    event.preventDefault();
    goOn = { column: holder.dataset.column ?? "", row: holder.closest<HTMLElement>("[data-row]")?.id ?? "", step: event.key === "Tab" ? "right" : "down" };
    (form as HTMLFormElement).requestSubmit();
  }
});

on("submit", "[data-inline-form]", (_event, form) => {
  holderOf(form)?.classList.add("is-saving");
});
on("change", "[data-inline-form] :is(select, input[type=checkbox]:not(.choice-chip > *))", (_event, field) => (field as HTMLSelectElement).form?.requestSubmit());
on("click", "[data-inline-cancel]", (_event, button) => {
  const holder = holderOf(button);
  if (holder) revert(holder);
});

// Leaving the editor saves what was changed and drops what was not.
on("focusout", "[data-inline-form]", (event, form) => {
  const to = event.relatedTarget;
  if (!(form instanceof HTMLFormElement) || (to instanceof Node && form.contains(to)) || !document.hasFocus()) return;
  const holder = holderOf(form);
  if (!holder || !form.isConnected || holder.matches(".is-saving, .is-conflict")) return;
  const changed = [...form.elements].some((field) => field instanceof HTMLInputElement && field.type !== "hidden" && (field.value !== field.defaultValue || field.checked !== field.defaultChecked))
    || all<HTMLTextAreaElement>("textarea", form).some((field) => field.value !== field.defaultValue);
  if (changed) form.requestSubmit();
  else setTimeout(() => form.isConnected && !form.contains(document.activeElement) && revert(holder), 120);
});

// The answer: an editor that came back keeps the focus; a saved cell flashes and the next one is opened.
document.addEventListener("htmx:after:swap", () => {
  for (const form of all("[data-inline-form]")) {
    const holder = holderOf(form);
    if (holder && !form.contains(document.activeElement) && one("[aria-invalid=true]", form)) focusEditor(holder);
  }
  for (const row of all(".field-inline.is-editing")) {
    if (!one("[data-inline-form]", row)) row.classList.remove("is-editing");
  }
  if (!goOn) return;
  const { column, row, step } = goOn;
  goOn = null;
  if (one("[data-inline-form] [aria-invalid=true], .is-conflict")) return;
  const from = row ? document.getElementById(row) : null;
  if (!from) return;
  if (step === "down") {
    const next = from.nextElementSibling;
    const cell = next ? one(`[data-edit-url][data-column="${CSS.escape(column)}"]`, next) : null;
    if (next instanceof HTMLElement && cell) void edit(cell);
    else from.focus();
  } else {
    const cells = all("[data-edit-url]", from);
    const next = cells[cells.findIndex((cell) => cell.dataset.column === column) + 1];
    if (next) void edit(next);
    else from.focus();
  }
});
onReady(".is-saved", (holder) => setTimeout(() => holder.classList.remove("is-saved"), SAVED_MS));

// On a record page `e` edits the first field.
document.addEventListener("keydown", (event) => {
  if (event.key !== "e" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !shortcutsOn()) return;
  if (!(event.target instanceof Element) || event.target.closest("input, textarea, select, [contenteditable], [data-list]")) return;
  const first = one("[data-record] [data-edit-url]:not([data-locked])");
  if (!first || one("[data-list]")) return;
  event.preventDefault();
  void edit(first);
});
