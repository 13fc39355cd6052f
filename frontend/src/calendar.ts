/** Calendar: dragging events to another day or time, a click on a free place to add a record, keys that move an event by days. */
import htmx from "htmx.org";
import { all, announce, isTyping, on, one, swallowClick } from "./dom";
import { redrawList } from "./list-focus";
import { shortcutsOn } from "./keys";
import { sendMove } from "./requests";

const DRAG_PX = 6;
const HOLD_MS = 350;
const EDGE_PX = 48;
const SCROLL_PX = 6;
const QUARTERS = 4;

interface Place {
  element: HTMLElement;
  values: Record<string, string>;
}

/** Shows the working hours first, and today where a timeline is wider than the screen. */
export function mountCalendar(calendar: HTMLElement): void {
  const scroller = one(".hours-scroller", calendar);
  const eight = all(".hours-grid:first-of-type .hour", calendar)[8] ?? all(".hour", calendar)[8];
  if (scroller && eight) scroller.scrollTop = eight.offsetTop - 8;
  const now = one(".tl-now", calendar);
  now?.closest(".scroller")?.scrollTo({ left: now.offsetLeft - (now.parentElement?.offsetLeft ?? 0) - 120 });
}

/** The day or quarter of an hour under the pointer. */
function placeAt(x: number, y: number): Place | null {
  const under = document.elementFromPoint(x, y);
  const hour = under?.closest<HTMLElement>("[data-at]") ?? hourBehind(under, y);
  if (hour) {
    const box = hour.getBoundingClientRect();
    const quarter = Math.max(0, Math.min(QUARTERS - 1, Math.floor(((y - box.top) / box.height) * QUARTERS)));
    return { element: hour, values: { at: hour.dataset.at ?? "", minutes: String(quarter * 15) } };
  }
  const day = under?.closest<HTMLElement>("[data-day]");
  return day ? { element: day, values: { day: day.dataset.day ?? "" } } : null;
}

/** An event lies over the hours of its day. */
function hourBehind(under: Element | null, y: number): HTMLElement | null {
  const grid = under?.closest<HTMLElement>("[data-hours]");
  if (!grid) return null;
  return all("[data-at]", grid).find((hour) => y < hour.getBoundingClientRect().bottom) ?? null;
}

async function send(event: HTMLElement, values: Record<string, string>): Promise<void> {
  const id = event.dataset.event ?? "";
  wanted = id;
  if ((await sendMove(event, values, "none")) === 409) await redraw();
}

let wanted = "";

document.addEventListener("calendar-changed", () => void redraw());

async function redraw(): Promise<void> {
  await redrawList();
  one(`[data-event="${CSS.escape(wanted)}"]`)?.focus();
  const said = all("#toasts > .toast").at(-1)?.textContent?.trim();
  if (said) announce(said);
}

// A finger scrolls, unless it rested on an event first: then it carries the event, and the page stays where it is.
let finger: "none" | "rests" | "carries" = "none";
addEventListener("touchmove", (event) => {
  if (finger === "carries") event.preventDefault();
}, { passive: false });
on("contextmenu", "[data-event][data-move-url]", (event) => {
  if (finger !== "none") event.preventDefault();
});

on("dragstart", "[data-event]", (event) => event.preventDefault());
on("pointerdown", "[data-event][data-move-url]", (event, element) => {
  if (event.button !== 0 || element.closest("[data-track]")) return;
  const [x, y] = [event.clientX, event.clientY];
  const isTouch = event.pointerType === "touch";
  let place: Place | null = null;
  let dragging = false;
  let last: PointerEvent | null = null; // where it was carried to; a finger that only rested carried it nowhere
  const glide = () => {
    if (!dragging) return;
    if (last) {
      scrollAtEdge(element, last.clientY);
      mark(placeAt(last.clientX, last.clientY));
    }
    requestAnimationFrame(glide);
  };
  const lift = () => {
    dragging = true;
    element.classList.add("is-dragging");
    if (isTouch) finger = "carries";
    glide();
  };
  if (isTouch) finger = "rests";
  const timer = isTouch ? setTimeout(lift, HOLD_MS) : 0;
  const mark = (next: Place | null) => {
    place?.element.classList.remove("is-drop");
    place = next;
    place?.element.classList.add("is-drop");
  };
  const move = (to: PointerEvent) => {
    if (!dragging && Math.hypot(to.clientX - x, to.clientY - y) < DRAG_PX) return;
    if (!dragging && isTouch) return end(to);
    last = to;
    if (!dragging) lift();
  };
  const end = (final: Event) => {
    clearTimeout(timer);
    finger = "none";
    for (const [type, handle] of handlers) removeEventListener(type, handle as EventListener, true);
    element.classList.remove("is-dragging");
    const found = final.type === "pointerup" && dragging && last ? placeAt(last.clientX, last.clientY) : null;
    mark(null);
    if (!dragging) return;
    dragging = false;
    swallowClick();
    if (found) void send(element, found.values);
  };
  const cancel = (pressed: KeyboardEvent) => {
    if (pressed.key === "Escape") end(pressed);
  };
  const handlers: [string, unknown][] = [["pointermove", move], ["pointerup", end], ["pointercancel", end], ["keydown", cancel]];
  for (const [type, handle] of handlers) addEventListener(type, handle as EventListener, true);
});

/** What rests at the edge of what can be seen brings the next hours or weeks into sight. */
function scrollAtEdge(element: HTMLElement, y: number): void {
  const scroller = element.closest<HTMLElement>(".scroller");
  const box = scroller?.getBoundingClientRect();
  if (!scroller || !box) return;
  if (y < box.top + EDGE_PX) scroller.scrollBy(0, -SCROLL_PX);
  else if (y > box.bottom - EDGE_PX) scroller.scrollBy(0, SCROLL_PX);
}

// A click on a free place asks for a new record there; on hours at the quarter that was meant.
on("click", "[data-create]", (event, holder) => {
  const target = event.target as Element;
  if (target.closest("a, button")) return;
  const url = new URL(holder.dataset.create ?? "", location.href);
  const place = placeAt(event.clientX, event.clientY);
  if (place?.values.at) {
    const name = url.searchParams.get("with") ?? "";
    const [hour = "00"] = place.values.at.slice(11).split(":");
    const minutes = (place.values.minutes ?? "0").padStart(2, "0");
    url.searchParams.set(name, `${place.values.at.slice(0, 10)}T${hour}:${minutes}`);
  }
  void htmx.ajax("GET", url.pathname + url.search, { target: "#dialog-slot", swap: "innerHTML" });
});

// Alt + arrow moves the event that has the focus: by a day, up and down by a week.
document.addEventListener("keydown", (event) => {
  const element = (event.target as Element).closest<HTMLElement>("[data-event][data-move-url]");
  const days = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
  if (!element || !days || !event.altKey || isTyping(event) || !shortcutsOn()) return;
  event.preventDefault();
  void send(element, { days: String(days) });
});
