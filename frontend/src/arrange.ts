/** Fields arranged by dragging them, also from one list into another; the input of a field is named for its list. */
import Sortable from "sortablejs";
import { all, on } from "./dom";

export function mountArranging(list: HTMLElement): void {
  Sortable.create(list, {
    group: list.dataset.arrange || "sections",
    draggable: "[data-column-row]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 80,
    delay: 150,
    delayOnTouchOnly: true,
    onEnd: ({ item }) => name(item),
  });
}

/** Names the input of a row for the list it stands in; a list without a name keeps its fields from being sent. */
function name(row: HTMLElement): void {
  const list = row.closest<HTMLElement>("[data-arrange]");
  const input = row.querySelector<HTMLInputElement>("input[type=hidden]");
  if (!list || !input) return;
  input.name = list.dataset.arrangeName ?? "";
  row.closest("form")?.dispatchEvent(new Event("change", { bubbles: true }));
}

/** At the end of a list a row goes on into the next one of its kind. */
function step(row: HTMLElement, down: boolean): boolean {
  const list = row.closest<HTMLElement>("[data-arrange]");
  if (!list || (down ? row.nextElementSibling : row.previousElementSibling)) return false;
  const lists = all("[data-arrange]").filter((each) => each.dataset.arrange === list.dataset.arrange);
  const other = lists[lists.indexOf(list) + (down ? 1 : -1)];
  if (!other) return false;
  if (down) other.prepend(row);
  else other.append(row);
  name(row);
  row.focus();
  return true;
}

on("click", "[data-arrange] [data-column-up], [data-arrange] [data-column-down]", (event, button) => {
  const row = button.closest<HTMLElement>("[data-column-row]");
  if (row && step(row, button.hasAttribute("data-column-down"))) event.stopImmediatePropagation();
}, true);

on("keydown", "[data-arrange] [data-column-row]", (event, row) => {
  if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  if (!step(row, event.key === "ArrowDown")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
