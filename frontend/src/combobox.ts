/** Type to find a record: options come from the server, the chosen id goes into the hidden field. Input methods are respected. */
import { all, make, on, one, say } from "./dom";
import { openAt } from "./menu";

interface Option {
  value: string;
  label: string;
  detail?: string;
}

const DEBOUNCE_MS = 120;
let timer = 0;
let request: AbortController | null = null;

function partsOf(box: HTMLElement): { input: HTMLInputElement; hidden: HTMLInputElement; list: HTMLElement } | null {
  const input = one<HTMLInputElement>("[role=combobox]", box);
  const hidden = one<HTMLInputElement>("input[type=hidden]", box);
  const list = input ? document.getElementById(input.getAttribute("aria-controls") ?? "") : null;
  return input && hidden && list ? { input, hidden, list } : null;
}

/** What was asked before is not wanted any more: its answer must not open the list again, or offer what nobody looks for now. */
function forget(): void {
  clearTimeout(timer);
  request?.abort();
}

async function ask(box: HTMLElement): Promise<void> {
  const parts = partsOf(box);
  if (!parts) return;
  forget();
  const asked = new AbortController();
  request = asked;
  const url = new URL(box.dataset.searchUrl ?? "", location.href);
  url.searchParams.set("q", parts.input.value.trim());
  try {
    const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "application/json" } });
    const { options } = answer.ok ? ((await answer.json()) as { options: Option[] }) : { options: null };
    if (options && !asked.signal.aborted) show(box, options);
  } catch (error) {
    if (error instanceof TypeError) show(box, []); // no connection, and the device knows none
    else if ((error as Error).name !== "AbortError") throw error;
  }
}

function show(box: HTMLElement, options: Option[]): void {
  const parts = partsOf(box);
  if (!parts) return;
  parts.list.replaceChildren(
    ...options.map((option, index) => {
      const words = make("span", "grow", option.label);
      if (option.detail) words.append(make("small", "text-3", ` ${option.detail}`));
      const item = make("div", "menu-item", words);
      item.id = `${parts.list.id}-${index}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", String(index === 0));
      item.dataset.value = option.value;
      item.dataset.label = option.label;
      return item;
    }),
  );
  if (!options.length) parts.list.append(make("p", "menu-empty", say("nothing-found")));
  if (!parts.list.matches(":popover-open")) openAt(parts.list, box);
  parts.input.setAttribute("aria-expanded", "true");
  parts.input.setAttribute("aria-activedescendant", options.length ? `${parts.list.id}-0` : "");
}

function close(box: HTMLElement): void {
  forget();
  const parts = partsOf(box);
  if (!parts?.list.matches(":popover-open")) return;
  parts.list.hidePopover();
  parts.input.setAttribute("aria-expanded", "false");
}

function choose(box: HTMLElement, item: HTMLElement): void {
  const parts = partsOf(box);
  if (!parts) return;
  parts.input.value = item.dataset.label ?? "";
  parts.hidden.value = item.dataset.value ?? "";
  close(box);
  parts.hidden.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(box: HTMLElement, step: number): void {
  const parts = partsOf(box);
  if (!parts) return;
  const items = all("[role=option]", parts.list);
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const next = items[(at + step + items.length) % items.length];
  for (const item of items) item.setAttribute("aria-selected", String(item === next));
  next?.scrollIntoView({ block: "nearest" });
  parts.input.setAttribute("aria-activedescendant", next?.id ?? "");
}

on("input", "[data-combobox] [role=combobox]", (event, input) => {
  const box = input.closest<HTMLElement>("[data-combobox]");
  const parts = box && partsOf(box);
  if (!box || !parts || (event as InputEvent).isComposing) return;
  parts.hidden.value = "";
  forget();
  timer = window.setTimeout(() => void ask(box), DEBOUNCE_MS);
});
on("compositionend", "[data-combobox] [role=combobox]", (_event, input) => {
  const box = input.closest<HTMLElement>("[data-combobox]");
  if (box) void ask(box);
});

on("keydown", "[data-combobox] [role=combobox]", (event, input) => {
  const box = input.closest<HTMLElement>("[data-combobox]");
  const parts = box && partsOf(box);
  if (!box || !parts || event.isComposing || event.keyCode === 229) return;
  const open = parts.list.matches(":popover-open");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    if (open) move(box, event.key === "ArrowDown" ? 1 : -1);
    else void ask(box);
  } else if (event.key === "Enter" && open) {
    const item = one("[role=option][aria-selected=true]", parts.list);
    event.preventDefault();
    event.stopPropagation();
    if (item) choose(box, item);
  } else if (event.key === "Escape" && open) {
    event.preventDefault();
    event.stopPropagation();
    close(box);
  }
}, true);

on("pointerdown", ".combobox-options [role=option]", (event, item) => {
  event.preventDefault();
  const list = item.closest<HTMLElement>(".combobox-options");
  const input = list && one(`[aria-controls="${CSS.escape(list.id)}"]`);
  const box = input?.closest<HTMLElement>("[data-combobox]");
  if (box) choose(box, item);
});

// What was typed but not chosen is not a value: the field shows the chosen one again, or nothing.
on("focusout", "[data-combobox] [role=combobox]", (_event, input) => {
  const box = input.closest<HTMLElement>("[data-combobox]");
  const parts = box && partsOf(box);
  if (!box || !parts) return;
  close(box);
  if (!parts.hidden.value && parts.input.value && !parts.input.hasAttribute("data-free")) parts.input.value = "";
});
