/** Writing a comment or note: `@` finds a colleague, the kind changes what is asked for, Escape leaves the list of names. */
import { announce, icon, make, on, one, say } from "./dom";
import { openAt } from "./menu";

interface Colleague {
  value: string;
  label: string;
  sees: boolean;
}

const WAIT_MS = 100;
// After a letter or digit it is an e-mail address. A name may have one blank in it.
const ASKED = /(?<![\w.])[@＠]([^\s@＠]{0,30}(?: [^\s@＠]{0,30})?)$/;
let timer = 0;
let asking: AbortController | null = null;
let field: HTMLTextAreaElement | null = null;

function listOf(): HTMLElement {
  const known = one("#people-menu");
  if (known) return known;
  const list = make("div", "menu");
  list.id = "people-menu";
  list.popover = "manual";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", say("colleagues"));
  document.body.append(list);
  return list;
}

function asked(text: HTMLTextAreaElement): RegExpExecArray | null {
  return text.selectionStart === text.selectionEnd ? ASKED.exec(text.value.slice(0, text.selectionStart)) : null;
}

async function find(text: HTMLTextAreaElement): Promise<void> {
  const found = asked(text);
  const address = text.closest<HTMLElement>("[data-people]")?.dataset.people;
  if (!found || !address) return close();
  asking?.abort();
  asking = new AbortController();
  try {
    const answer = await fetch(`${address}?q=${encodeURIComponent(found[1] ?? "")}`, { signal: asking.signal, headers: { Accept: "application/json" } });
    if (answer.ok) show(text, ((await answer.json()) as { options: Colleague[] }).options);
  } catch (error) {
    if ((error as Error).name !== "AbortError") close();
  }
}

function show(text: HTMLTextAreaElement, people: Colleague[]): void {
  if (!people.length || document.activeElement !== text) return close();
  const list = listOf();
  field = text;
  list.replaceChildren(...people.map(option));
  text.setAttribute("aria-autocomplete", "list");
  text.setAttribute("aria-controls", list.id);
  text.setAttribute("aria-activedescendant", `${list.id}-0`);
  if (!list.matches(":popover-open")) openAt(list, text);
}

function option(person: Colleague, index: number): HTMLElement {
  const words = make("span", "grow", person.label);
  const item = make("div", "menu-item", icon(person.sees ? "at-sign" : "lock"), words);
  if (!person.sees) item.append(make("span", "meta", say("cannot-see")));
  item.id = `people-menu-${index}`;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", String(index === 0));
  item.toggleAttribute("data-active", index === 0);
  item.dataset.value = person.value;
  item.dataset.label = person.label;
  if (!person.sees) item.dataset.blind = "";
  return item;
}

function close(): void {
  asking?.abort();
  const list = one("#people-menu");
  if (list?.matches(":popover-open")) list.hidePopover();
  field?.removeAttribute("aria-activedescendant");
  field = null;
}

function choose(item: HTMLElement): void {
  const text = field;
  const found = text && asked(text);
  if (!text || !found) return close();
  const end = text.selectionStart;
  text.setRangeText(`@${item.dataset.label ?? ""} `, end - found[0].length, end, "end");
  const chosen = make("input", "");
  chosen.type = "hidden";
  chosen.name = "mention";
  chosen.value = item.dataset.value ?? "";
  text.form?.append(chosen);
  if ("blind" in item.dataset) announce(`${item.dataset.label ?? ""}: ${say("cannot-see")}`);
  close();
  text.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
  text.focus();
}

function move(step: number): void {
  const items = [...listOf().children] as HTMLElement[];
  const at = items.findIndex((item) => item.hasAttribute("data-active"));
  const next = items[(at + step + items.length) % items.length];
  for (const item of items) {
    item.toggleAttribute("data-active", item === next);
    item.setAttribute("aria-selected", String(item === next));
  }
  field?.setAttribute("aria-activedescendant", next?.id ?? "");
}

on("input", ".composer-text", (event, text) => {
  if ((event as InputEvent).isComposing) return;
  clearTimeout(timer);
  const isNote = one<HTMLInputElement>("[name=kind]:checked", text.closest("form") ?? document)?.value === "note";
  if (isNote || !asked(text as HTMLTextAreaElement)) close();
  else timer = window.setTimeout(() => void find(text as HTMLTextAreaElement), WAIT_MS);
});
on("compositionend", ".composer-text", (_event, text) => void find(text as HTMLTextAreaElement));
on("focusout", ".composer-text", () => close());

on("keydown", ".composer-text", (event) => {
  if (!field || event.isComposing || event.keyCode === 229) return;
  const chosen = one("#people-menu > [data-active]");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") move(event.key === "ArrowDown" ? 1 : -1);
  else if ((event.key === "Enter" || event.key === "Tab") && chosen && !event.ctrlKey && !event.metaKey) choose(chosen);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}, true);

on("pointerdown", "#people-menu [role=option]", (event, item) => {
  event.preventDefault();
  choose(item);
});

// The kind is a choice beside the text: choosing it by key leads to the text.
on("change", ".composer-form [name=kind]", (_event, radio) => {
  const text = one<HTMLTextAreaElement>(".composer-text", radio.closest("form") ?? document);
  if (!text) return;
  text.dataset.placeholderComment ??= text.placeholder;
  const words = (radio as HTMLInputElement).value === "note" ? text.dataset.placeholderNote : text.dataset.placeholderComment;
  text.placeholder = words ?? text.placeholder;
});
on("click", ".composer-form [name=kind]", (_event, radio) => one(".composer-text", radio.closest("form") ?? document)?.focus());
