/** Parts of a form that belong to one choice (a person has a birthday, an organization an industry): shown with it. */
import { all, on, onReady } from "./dom";

function sort(form: HTMLFormElement): void {
  for (const section of all("[data-only]", form)) {
    const chosen = form.elements.namedItem(section.dataset.only ?? "");
    const fits = !(chosen instanceof HTMLSelectElement) || chosen.value === section.dataset.onlyValue;
    section.hidden = !fits;
    // A disabled input is not sent: what was typed for the other kind is not written.
    for (const input of all<HTMLInputElement>("input, select, textarea", section)) input.disabled = !fits;
  }
}

onReady("form:has([data-only])", (form) => sort(form as HTMLFormElement));
on("change", "form:has([data-only]) select", (_event, select) => sort((select as HTMLSelectElement).form!));
