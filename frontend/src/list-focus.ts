/** A list that is drawn anew keeps the focus where it was: on the same head, row, group or button. */
import htmx from "htmx.org";
import { one } from "./dom";

let place = "";

function placeOf(element: Element | null): string {
  const list = element?.closest("#list");
  if (!element || !list) return "";
  if (element.id) return `#${CSS.escape(element.id)}`;
  const column = element.closest<HTMLElement>("th[data-column]");
  if (column) return `th[data-column="${CSS.escape(column.dataset.column ?? "")}"] .${element.matches(".th-menu") ? "th-menu" : "th"}`;
  const cell = element.closest<HTMLElement>("td[data-column]");
  const row = element.closest("[data-row]");
  if (row) return cell ? `#${row.id} td[data-column="${CSS.escape(cell.dataset.column ?? "")}"]` : `#${row.id}`;
  const group = element.closest<HTMLElement>("[data-group]");
  if (group) return `[data-group="${CSS.escape(group.dataset.group ?? "")}"] [data-group-toggle]`;
  const menu = element.getAttribute("popovertarget");
  if (menu) return `[popovertarget="${CSS.escape(menu)}"]`;
  const rel = element.getAttribute("rel");
  return rel ? `#list [rel="${rel}"]` : "";
}

document.addEventListener("htmx:before:swap", (event) => {
  const target = (event as CustomEvent<{ ctx?: { target?: Element } }>).detail?.ctx?.target;
  if (target instanceof Element && target.id === "list") place = placeOf(document.activeElement);
});

document.addEventListener("htmx:after:swap", () => {
  const wanted = place;
  place = "";
  if (!wanted || (document.activeElement && document.activeElement !== document.body)) return;
  const found = one(wanted);
  if (found?.matches("td")) found.tabIndex = -1;
  if (found?.matches("[data-row]")) found.classList.add("is-current");
  found?.focus({ preventScroll: true });
});

/** Draws the list of this page as it is now. */
export function redrawList(): Promise<void> {
  return htmx.ajax("GET", location.pathname + location.search, { target: "#list", swap: "outerHTML" }) as Promise<void>;
}

// The server says so when a dialog changed what the list shows: a card was moved, something was made beside it.
document.addEventListener("list-changed", () => void redrawList());

// Going back to a list shows it as it was left: at the same height, with the focus on the same row.
const KEPT = "guanxi-place";

function keptPlaces(): Record<string, { top: number; row: string }> {
  return JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") as Record<string, { top: number; row: string }>;
}

addEventListener("pagehide", () => {
  const scroller = one("[data-list] .scroller");
  if (!scroller) return;
  const row = one("[data-list] [data-row]:is(.is-current, :focus-within)")?.id ?? "";
  const others = Object.entries(keptPlaces()).filter(([address]) => address !== location.pathname + location.search).slice(-19);
  sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries([...others, [location.pathname + location.search, { top: scroller.scrollTop, row }]])));
});

function comeBack(): void {
  const way = performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming | undefined;
  const kept = keptPlaces()[location.pathname + location.search];
  const scroller = one("[data-list] .scroller");
  if (way?.type !== "back_forward" || !kept || !scroller) return;
  document.documentElement.dataset.drawn = ""; // rows below the first screen have no height before
  scroller.scrollTop = kept.top;
  const row = kept.row ? document.getElementById(kept.row) : null;
  row?.classList.add("is-current");
  row?.focus({ preventScroll: true });
}
comeBack();
