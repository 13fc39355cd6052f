/** The side panel of a row: by its button, of which a list has one, in the row under the pointer or with the focus. */
import htmx from "htmx.org";
import { icon, make, on, one, say } from "./dom";

const button = make("button", "icon-button icon-button--24 cell-action", icon("panel-right"));
button.type = "button";
button.tabIndex = -1;

/** Shows the record of a row beside the list. */
export function peek(row: HTMLElement): void {
  if (row.dataset.peek) void htmx.ajax("GET", row.dataset.peek, { source: row, target: "#panel-slot", swap: "innerHTML" });
}

for (const type of ["pointerover", "focusin"] as const) {
  on(type, "[data-list] [data-row][data-peek]", (_event, row) => {
    const first = one("td[data-column]", row);
    if (!first || button.parentElement === first || first.matches(".is-editing")) return;
    const label = say("look-at", { name: one("[data-open-link]", first)?.textContent ?? "" });
    button.setAttribute("aria-label", label);
    button.title = label;
    button.dataset.prefetch = row.dataset.peek;
    first.append(button);
  });
}

on("click", "[data-row] .cell-action", (_event, inside) => peek(inside.closest<HTMLElement>("[data-row]")!));
