/** Command palette (Ctrl or Cmd + K): commands of this page, places, recent pages, and records found by the server. */
import { all, icon, make, on, one, say } from "./dom";
import { unpack } from "./packed";

interface Entry {
  label: string;
  detail?: string;
  icon?: string;
  url?: string;
  keys?: string;
  run?: () => void;
}
interface Group {
  label: string;
  items: Entry[];
}

const RECENT_KEY = "guanxi.recent";
const RECENT_MOST = 6;
const CONTEXT_MOST = 5;
const DEBOUNCE_MS = 90;
let entries: Entry[] = [];
let active = 0;
let request: AbortController | null = null;
let timer = 0;

function dialog(): HTMLDialogElement | null {
  return one<HTMLDialogElement>("#palette");
}

function openPalette(): void {
  const box = dialog();
  if (!box || box.open) return;
  const input = one<HTMLInputElement>("[data-palette-input]", box);
  if (!input) return;
  input.value = "";
  forget();
  unpack();
  box.showModal();
  input.focus();
  show(localGroups(""));
}

/** What can be done with the record of this page: first what has a button there, then each field that can be changed. */
function recordActions(query: string): Entry[] {
  if (!one("[data-record]")) return [];
  const fields = all("#record-details [data-edit-url]:not([data-locked])").flatMap((holder) => {
    const label = one("dt", holder.parentElement ?? holder)?.textContent?.trim();
    if (!label) return [];
    const isOwner = holder.dataset.column === "owner";
    const isChoice = one(".tag, .status", holder) !== null;
    if (!query && !isOwner && !isChoice) return [];
    return [{ label: isOwner ? say("assign") : say("change-field", { field: label }), detail: isOwner ? label : undefined, icon: isOwner ? "user-round-cog" : "pencil", weight: isOwner ? 0 : 1,
      run: () => holder.dispatchEvent(new Event("guanxi:edit", { bubbles: true })) }];
  });
  const buttons = all("[data-record] [data-command]").map(commandOf);
  return [...buttons, ...fields.sort((left, right) => left.weight - right.weight).slice(0, query ? undefined : CONTEXT_MOST)];
}

function commandOf(element: HTMLElement): Entry {
  return { label: element.dataset.command || element.textContent?.trim() || "", icon: element.dataset.commandIcon || "chevron-right", keys: element.dataset.key, run: () => element.click() };
}

/** What can be made from anywhere, by name: “New task”. */
function creations(): Entry[] {
  return all("#create-menu .menu-item").map((item) => ({
    label: say("new-of", { name: one(".grow", item)?.textContent?.trim() ?? "" }),
    icon: one("use", item)?.getAttribute("href")?.split("#")[1] ?? "plus",
    run: () => item.click(),
  }));
}

function localGroups(query: string): Group[] {
  const commands = all("[data-command]")
    .filter((element) => (element.offsetParent !== null || element.hasAttribute("data-key-hidden")) && !element.closest("[data-record]"))
    .map(commandOf);
  const places = all<HTMLAnchorElement>(".sidebar a.nav-item").map((link) => ({
    label: one(".nav-label", link)?.textContent?.trim() ?? "",
    icon: one("use", link)?.getAttribute("href")?.split("#")[1] ?? "arrow-right",
    url: link.href,
    keys: link.dataset.key,
  }));
  const recent = query ? [] : readRecent().filter((entry) => entry.url !== location.pathname + location.search);
  const match = (list: Entry[]) => (query ? list.filter((entry) => matches(entry.label, query)) : list);
  return [
    { label: say("this-record"), items: match(recordActions(query)) },
    { label: say("recent"), items: recent },
    { label: say("actions"), items: match(query ? [...commands, ...creations()] : commands) },
    { label: say("go-to"), items: query ? match(places) : [] },
  ];
}

function matches(label: string, query: string): boolean {
  const words = label.toLocaleLowerCase();
  return query.toLocaleLowerCase().split(/\s+/).every((part) => words.includes(part));
}

/** Takes the commands that begin with what was typed out of their groups: they stand above what was found. */
function exact(groups: Group[], query: string): Group[] {
  const begins = (entry: Entry) => entry.label.toLocaleLowerCase().startsWith(query.toLocaleLowerCase());
  const items = query.length > 2 ? groups.flatMap((group) => group.items.filter(begins)) : [];
  for (const group of groups) group.items = group.items.filter((entry) => !items.includes(entry));
  return items.length ? [{ label: say("actions"), items }] : [];
}

function readRecent(): Entry[] {
  try {
    return JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]") as Entry[];
  } catch {
    return [];
  }
}

/** Remembers this page, unless it is a form, a list of errors or the sign-in page (they have no shell). */
function rememberPage(): void {
  const title = one(".breadcrumb h1")?.textContent?.trim();
  const crumb = one(".breadcrumb a")?.textContent?.trim();
  if (!title || !crumb || one(".form-page")) return;
  const url = location.pathname + location.search;
  const kept = readRecent().filter((entry) => entry.url !== url).slice(0, RECENT_MOST - 1);
  localStorage.setItem(RECENT_KEY, JSON.stringify([{ label: title, detail: crumb, icon: "clock", url }, ...kept]));
}

function show(groups: Group[]): void {
  const list = one("[data-palette-list]");
  if (!list) return;
  list.replaceChildren();
  entries = [];
  active = 0;
  for (const group of groups) {
    if (!group.items.length) continue;
    const section = make("div", "palette-group");
    section.setAttribute("role", "group");
    section.setAttribute("aria-label", group.label);
    section.append(make("div", "menu-label", group.label));
    for (const entry of group.items) section.append(row(entry));
    list.append(section);
  }
  if (!entries.length) list.append(make("p", "menu-empty", say("nothing-found")));
  setActive(0);
}

function row(entry: Entry): HTMLElement {
  const index = entries.push(entry) - 1;
  const words = make("span", "grow", entry.label);
  if (entry.detail) words.append(make("small", "", entry.detail));
  const element = make("div", "palette-item", icon(entry.icon ?? "arrow-right"), words);
  element.id = `palette-${index}`;
  element.setAttribute("role", "option");
  element.addEventListener("click", () => choose(index));
  element.addEventListener("pointermove", () => setActive(index));
  if (entry.keys) {
    const keys = make("span", "kbd-group");
    for (const key of entry.keys.split(" ")) keys.append(make("span", "kbd", key.toUpperCase()));
    element.append(keys);
  }
  return element;
}

function setActive(index: number): void {
  active = index;
  for (const element of all("[data-palette-list] .palette-item")) element.setAttribute("aria-selected", String(element.id === `palette-${index}`));
  one("[data-palette-input]")?.setAttribute("aria-activedescendant", entries.length ? `palette-${index}` : "");
  document.getElementById(`palette-${index}`)?.scrollIntoView({ block: "nearest" });
}

function choose(index: number): void {
  const entry = entries[index];
  if (!entry) return;
  dialog()?.close();
  if (entry.run) entry.run();
  else if (entry.url) location.href = entry.url;
}

async function ask(query: string): Promise<void> {
  const address = dialog()?.dataset.paletteUrl;
  if (!address || !query) return;
  const asked = new AbortController();
  request = asked;
  const bar = one(".palette-input");
  bar?.classList.add("palette-loading");
  try {
    const url = new URL(address, location.href);
    url.searchParams.set("q", query);
    const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const found = (await answer.json()) as { groups: Group[] };
    if (asked.signal.aborted) return;
    const [record, ...rest] = localGroups(query);
    show([...(record ? [record] : []), ...exact(rest, query), ...found.groups, ...rest]);
  } catch (error) {
    if ((error as Error).name !== "AbortError") show(localGroups(query));
    return;
  } finally {
    if (request === asked) bar?.classList.remove("palette-loading");
  }
}

on("input", "[data-palette-input]", (event, input) => {
  if ((event as InputEvent).isComposing) return;
  search((input as HTMLInputElement).value.trim());
});
on("compositionend", "[data-palette-input]", (_event, input) => search((input as HTMLInputElement).value.trim()));

function search(query: string): void {
  forget();
  show(localGroups(query));
  if (query) timer = window.setTimeout(() => void ask(query), DEBOUNCE_MS);
}

/** What was asked before is not wanted any more: its answer must not take the place of what stands there now. */
function forget(): void {
  clearTimeout(timer);
  request?.abort();
}

on("keydown", "[data-palette-input]", (event) => {
  if (event.isComposing || event.keyCode === 229) return;
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step && entries.length) {
    event.preventDefault();
    setActive((active + step + entries.length) % entries.length);
  } else if (event.key === "Enter") {
    event.preventDefault();
    choose(active);
  }
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || event.isComposing) return;
  event.preventDefault();
  const box = dialog();
  if (box?.open) box.close();
  else openPalette();
});
on("click", "[data-palette-open]", () => openPalette());
rememberPage();
