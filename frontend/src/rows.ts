/** Lists whose rows are inputs: a row is added from the template of the list, or taken away. */
import { all, announce, on, one } from "./dom";

on("click", "[data-row-add]", (_event, button) => {
  const list = button.closest(".field")?.querySelector<HTMLElement>("[data-rows]");
  const template = list && one<HTMLTemplateElement>("template", list);
  const row = template?.content.firstElementChild?.cloneNode(true);
  if (!template || !(row instanceof HTMLElement)) return;
  template.before(row);
  one<HTMLInputElement>("input:not([type=hidden])", row)?.focus();
});

on("click", "[data-row-remove]", (_event, button) => {
  const row = button.closest<HTMLElement>("[data-column-row]");
  const list = row?.parentElement;
  const next = row?.nextElementSibling ?? row?.previousElementSibling;
  row?.remove();
  one("input:not([type=hidden])", next ?? list ?? document)?.focus();
});

// Enter in a row begins the next one instead of sending the form.
on("keydown", "[data-rows] input", (event, input) => {
  if (event.key !== "Enter" || event.isComposing) return;
  event.preventDefault();
  const rows = all("[data-column-row]", input.closest<HTMLElement>("[data-rows]")!);
  const at = rows.indexOf(input.closest<HTMLElement>("[data-column-row]")!);
  const next = rows[at + 1];
  if (next) one<HTMLInputElement>("input:not([type=hidden])", next)?.focus();
  else one("[data-row-add]", input.closest(".field") ?? document)?.click();
});

// Words that belong into an input: written where the caret stands.
on("click", "[data-insert]", (_event, button) => {
  const input = one<HTMLTextAreaElement>(button.dataset.insertInto ?? "");
  if (!input) return;
  const words = button.dataset.insert ?? "";
  input.setRangeText(words, input.selectionStart, input.selectionEnd, "end");
  input.focus();
  input.dispatchEvent(new Event("input", { bubbles: true }));
  announce(words);
});
