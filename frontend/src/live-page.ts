/** What an open page does when a record it shows moved on elsewhere: new values in place, the strip, who else is here. */
import htmx from "htmx.org";
import { all, announce, icon, make, on, one, say } from "./dom";

export interface Shown {
  path: string;
  id: number;
  version: number;
  mode: "view" | "edit";
  seen: boolean;
  around: boolean;
}
interface Person {
  name: string;
  initials: string;
  color: string;
  mode: string;
  cjk: boolean;
}
export interface OpenAnswer {
  version: number;
  by?: string[];
  fields?: string[];
  mine?: boolean;
  talk?: number;
  around?: string;
  here?: Person[];
}

const FOCUSABLE = "a[href], button, input, select, textarea, [tabindex]";
const PARTS = ["record-id", "record-highlights", "record-details"];
const FLASH_MS = 900;
const MOST_SHOWN = 4;
let talked = 0;
let people = "";

/** The record that this page is about: its own page, its form, or the one beside a list. */
export function shownHere(at: { path: string; id: string; rest: string } | null, list: string, known: Map<string, number>): Shown | null {
  const peek = one("#panel-slot > [data-peek]");
  const path = at?.path ?? list;
  const id = at && ["", "/edit"].includes(at.rest) ? at.id : peek && list ? (peek.dataset.peek ?? "") : "";
  if (!path || !/^\d+$/.test(id)) return null;
  const page = one(".record[data-version]");
  const form = one<HTMLInputElement>("form.form input[name=version]");
  const first = Number((at?.rest === "/edit" ? form?.value : page?.dataset.version) ?? 0);
  const isEditing = at?.rest === "/edit" || one("#record-details [data-inline-form], .side-panel [data-inline-form]") !== null;
  return { path, id: Number(id), version: known.get(`${path}/${id}`) ?? first, mode: isEditing ? "edit" : "view", seen: true, around: at?.rest === "" && one(".record-right > [data-around]") !== null };
}

async function fetched(address: string, headers: Record<string, string> = {}): Promise<Document | null> {
  try {
    const answer = await fetch(address, { headers });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null;
  }
}

function settle(element: HTMLElement): void {
  htmx.process(element);
  document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

function flash(element: HTMLElement): void {
  element.classList.add("is-live");
  setTimeout(() => element.classList.remove("is-live"), FLASH_MS);
}

/** Puts new rows or cards in the place of changed ones; those that are gone fade and stay where they are. */
export async function refreshRows(moved: string[], gone: number[]): Promise<void> {
  for (const id of gone) one(`#row-${id}, #card-${id}`)?.classList.add("is-gone");
  if (!moved.length) return;
  const page = await fetched(location.href);
  if (!page) return;
  for (const id of moved) {
    const old = one(`#row-${id}, #card-${id}`);
    const fresh = page.getElementById(old?.id ?? "");
    if (!old || !fresh || one("[data-inline-form]", old) || old.classList.contains("is-dragging")) continue;
    const row = document.importNode(fresh, true);
    row.tabIndex = old.tabIndex;
    const box = one<HTMLInputElement>("[data-select-row]", row);
    if (box && old.getAttribute("aria-selected") === "true") {
      row.setAttribute("aria-selected", "true");
      box.checked = true;
    }
    if (old.classList.contains("is-current")) row.classList.add("is-current");
    const hadFocus = old.contains(document.activeElement);
    const column = fresh.closest<HTMLElement>("[data-board-list]")?.dataset.boardList;
    const list = column === undefined ? null : one(`[data-board-list="${CSS.escape(column)}"]`);
    if (list && !list.contains(old)) {
      old.remove();
      list.prepend(row);
    } else old.replaceWith(row);
    settle(row);
    if (hadFocus) row.focus();
    flash(row);
  }
  for (const head of all("[id^='board-head-']")) {
    const fresh = page.getElementById(head.id);
    if (fresh && fresh.innerHTML !== head.innerHTML) {
      head.replaceChildren(...document.importNode(fresh, true).childNodes);
      settle(head);
    }
  }
}

/** Whether somebody has a menu of this part open, or waits for what they chose there. */
function isInUse(part: HTMLElement | null): boolean {
  return part !== null && one(":popover-open, .htmx-request, [aria-busy=true]", part) !== null;
}

/** Shows the record as it is now; false where somebody is at what would be replaced, and told so if they write there. */
export async function refreshRecord(told: OpenAnswer, address: string): Promise<boolean> {
  const details = one("#record-details");
  if (one("form.form input[name=version]") || one("[data-inline-form]", details ?? document)) {
    showStrip(told);
    return false;
  }
  const panel = one(".side-panel-details");
  if (!details && !panel) return true;
  const page = await fetched(details ? location.href : `${address}/peek`);
  if (!page) return true;
  const shown = [panel, ...[...PARTS, "timeline"].map((name) => one(`#${name}`))];
  if (one("[data-inline-form]", details ?? document) || shown.some(isInUse)) return false;
  if (panel && !details) swap(panel, one(".side-panel-details", page as unknown as ParentNode));
  for (const name of PARTS) swap(one(`#${name}`), page.getElementById(name));
  swapTimeline(page);
  one("#live-strip")?.setAttribute("hidden", "");
  const words = { who: (told.by ?? []).join(say("list-separator")), fields: (told.fields ?? []).join(say("list-separator")) };
  if (told.fields?.length && !told.mine) announce(say("shows-change", words));
  return true;
}

/** The markup of an element as the server sends it: without what scripts put there and what waits in menus. */
function markup(element: HTMLElement): string {
  const copy = element.cloneNode(true) as HTMLElement;
  for (const packed of all("template, [popover]", copy)) packed.remove();
  return copy.innerHTML.replace(/ data-htmx-powered="[^"]*"/g, "");
}

/** Puts what is fresh in the place of what is old, and the focus back; false where both are the same. */
function swap(old: HTMLElement | null, fresh: HTMLElement | null): boolean {
  if (!old || !fresh || markup(old) === markup(fresh)) return false;
  const before = new Map(all("[data-column]", old).map((row) => [row.dataset.column, row.textContent]));
  const focused = all(FOCUSABLE, old).indexOf(document.activeElement as HTMLElement);
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  settle(old);
  if (focused >= 0) all(FOCUSABLE, old)[focused]?.focus();
  for (const row of all("[data-column]", old)) if (before.get(row.dataset.column) !== row.textContent) flash(row);
  return true;
}

/** Shows what happened as it is now; false where somebody is at an entry. */
function swapTimeline(page: Document): boolean {
  const old = one("#timeline");
  const fresh = page.getElementById("timeline");
  if (one(".composer--edit") || isInUse(old)) return false;
  if (old) swap(old, fresh);
  else if (fresh) {
    one("#record-centre > .empty-state")?.remove();
    const added = document.importNode(fresh, true);
    one("#record-centre")?.append(added);
    settle(added);
  }
  return true;
}

/** Shows what was said since the page was made; what has to wait is tried again with the next answer. */
export async function refreshTalk(told: OpenAnswer): Promise<void> {
  const at = told.talk ?? 0;
  talked ||= Number(one(".record[data-at]")?.dataset.at ?? 0);
  if (at <= talked || isInUse(one("#timeline"))) return;
  const kind = one(".timeline-tools [aria-current=true]")?.getAttribute("hx-get");
  const page = kind && one("#record-centre") ? await fetched(kind, { "HX-Request": "true" }) : null;
  if (!page || swapTimeline(page)) talked = at;
}

/** Shows the cards around the record as they are now, where one of their lists moved on; what somebody uses stays. */
export async function refreshAround(told: OpenAnswer): Promise<void> {
  const cards = one(".record-right");
  const mark = cards && one("[data-around]", cards);
  const address = cards?.getAttribute("hx-get");
  if (!mark || !address || told.around === undefined || told.around === mark.dataset.around) return;
  if (isInUse(cards) || one("form:focus-within", cards)) return;
  const page = await fetched(address, { "HX-Request": "true" });
  const fresh = page ? all(".rcard", page as unknown as ParentNode) : [];
  if (page) mark.dataset.around = told.around;
  if (!fresh.length) return;
  const known = new Map(all(".rcard", cards).map((card) => [card.id, card]));
  for (const [at, card] of fresh.entries()) {
    const old = known.get(card.id);
    known.delete(card.id);
    if (old && !swap(old, card)) continue;
    const shown = old ?? document.importNode(card, true);
    if (!old) {
      if (at) all(".rcard", cards)[at - 1]?.after(shown);
      else mark.after(shown);
      settle(shown);
    }
    flash(shown);
  }
  for (const gone of known.values()) gone.remove();
}

/** Tells that somebody changed what is being edited here; null: it is gone. */
export function showStrip(told: OpenAnswer | null): void {
  const strip = one("#live-strip");
  const text = strip && one("[data-live-text]", strip);
  if (!strip || !text || (told?.mine && !strip.hidden)) return;
  const who = (told?.by ?? []).join(say("list-separator"));
  const fields = (told?.fields ?? []).join(say("list-separator"));
  const sentence = told === null ? say("deleted-record") : say(fields ? "changed-fields" : "changed-record", { who, fields });
  if (text.textContent === sentence && !strip.hidden) return;
  if (strip.dataset.kept === sentence) return;
  text.textContent = sentence;
  strip.hidden = false;
}

// The focus stays where somebody writes: leaving an editor in place would save it.
on("pointerdown", "#live-strip", (event) => event.preventDefault());
on("click", "[data-live-reload]", () => {
  for (const form of all("form[data-dirty]")) form.removeAttribute("data-dirty");
  location.reload();
});
on("click", "[data-live-keep]", (_event, button) => {
  const strip = button.closest<HTMLElement>("#live-strip");
  if (!strip) return;
  strip.dataset.kept = one("[data-live-text]", strip)?.textContent ?? "";
  strip.hidden = true;
});

/** Shows who else is at the record, those who edit it first. */
export function showHere(here: Person[]): void {
  const stack = one("[data-presence]");
  const key = JSON.stringify(here);
  if (!stack || key === people) return;
  people = key;
  const sorted = [...here].sort((a, b) => a.mode.localeCompare(b.mode));
  stack.replaceChildren(...sorted.slice(0, MOST_SHOWN).map(picture));
  if (sorted.length > MOST_SHOWN) stack.append(make("span", "avatar avatar--24 avatar--more", `+${sorted.length - MOST_SHOWN}`));
  stack.hidden = !sorted.length;
}

function picture(person: Person): HTMLElement {
  const words = say(person.mode === "edit" ? "is-editing" : "is-here", { who: person.name });
  const image = make("span", `avatar avatar--24 c-${person.color}${person.cjk ? " is-cjk" : ""}`, person.initials);
  image.title = words;
  image.setAttribute("role", "img");
  image.setAttribute("aria-label", words);
  if (person.mode === "edit") {
    image.classList.add("is-editing");
    image.append(icon("pencil", 12));
  }
  return image;
}
