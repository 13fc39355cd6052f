/** Menus and popovers: the native popover attribute does opening, Escape and outside clicks; this places them and moves the focus. */
import { all, on, one } from "./dom";

const GAP = 4;
const EDGE = 8;

// Places live in a sheet of the script: a style attribute would be copied by swaps, which the security policy forbids.
const sheet = new CSSStyleSheet();
document.adoptedStyleSheets.push(sheet);
const places = new Map<string, string>();

function place(panel: HTMLElement, invoker: HTMLElement): void {
  const anchor = invoker.getBoundingClientRect();
  const box = panel.getBoundingClientRect();
  const below = innerHeight - anchor.bottom - GAP - EDGE;
  const above = anchor.top - GAP - EDGE;
  const up = panel.dataset.side === "top" || (box.height > below && above > below);
  const end = panel.dataset.align === "end";
  const left = end ? anchor.right - box.width : anchor.left;
  const rules = [
    `left:${Math.max(EDGE, Math.min(left, innerWidth - box.width - EDGE))}px`,
    `max-height:${Math.max(120, up ? above : below)}px`,
    up ? `top:auto;bottom:${innerHeight - anchor.top + GAP}px` : `top:${anchor.bottom + GAP}px;bottom:auto`,
  ];
  places.set(panel.id, `#${CSS.escape(panel.id)}:popover-open{${rules.join(";")}}`);
  sheet.replaceSync([...places.values()].join("\n"));
}

function invokerOf(panel: HTMLElement): HTMLElement | null {
  return one(`[popovertarget="${CSS.escape(panel.id)}"][data-opened], [data-popover-open="${CSS.escape(panel.id)}"][data-opened]`)
    ?? one(`[popovertarget="${CSS.escape(panel.id)}"], [data-popover-open="${CSS.escape(panel.id)}"]`);
}

on("click", "[popovertarget]", (_event, button) => {
  for (const other of all("[data-opened]")) other.removeAttribute("data-opened");
  button.setAttribute("data-opened", "");
}, true);

document.addEventListener("toggle", (event) => {
  const panel = event.target;
  if (!(panel instanceof HTMLElement) || !panel.matches(".menu[popover], .popover[popover]")) return;
  const invoker = invokerOf(panel);
  const open = (event as ToggleEvent).newState === "open";
  invoker?.setAttribute("aria-expanded", String(open));
  if (!open || !invoker) return;
  place(panel, invoker);
  (one("[autofocus], input:not([type=hidden])", panel) ?? items(panel)[0])?.focus({ preventScroll: true });
}, true);

// Content that arrives after opening changes the size: place again, and give the focus to its first control.
document.addEventListener("htmx:after:swap", () => {
  for (const panel of all(":is(.menu, .popover):popover-open")) {
    const invoker = invokerOf(panel);
    if (!invoker) continue;
    place(panel, invoker);
    if (!panel.contains(document.activeElement)) {
      (one("[autofocus], input:not([type=hidden])", panel) ?? items(panel)[0])?.focus({ preventScroll: true });
    }
  }
});

/** Opens a popover at an element that is not its button, for example by key. */
export function openAt(panel: HTMLElement, invoker: HTMLElement): void {
  for (const other of all("[data-opened]")) other.removeAttribute("data-opened");
  invoker.setAttribute("data-opened", "");
  panel.showPopover();
  place(panel, invoker);
}

function items(panel: HTMLElement): HTMLElement[] {
  return all(":is(.menu-item, [role=menuitem], [role=option]):not(:disabled, [aria-disabled=true], [hidden])", panel).filter(
    (item) => item.tabIndex >= 0 && item.offsetParent !== null,
  );
}

on("keydown", ".menu", (event, panel) => {
  const list = items(panel);
  if (!list.length || event.isComposing) return;
  const at = list.indexOf(document.activeElement as HTMLElement);
  const typing = event.target instanceof HTMLInputElement;
  const move = (to: number) => {
    event.preventDefault();
    event.stopPropagation();
    list[(to + list.length) % list.length]?.focus();
  };
  if (event.key === "ArrowDown") move(at + 1);
  else if (event.key === "ArrowUp") move(at < 0 ? list.length - 1 : at - 1);
  else if (event.key === "Home" && !typing) move(0);
  else if (event.key === "End" && !typing) move(list.length - 1);
  else if (event.key === "Enter" && typing) {
    event.preventDefault();
    list[0]?.click();
  } else if (!typing && /^[\p{L}\p{N}]$/u.test(event.key) && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const letter = event.key.toLocaleLowerCase();
    const next = [...list.slice(at + 1), ...list].find((item) => item.textContent?.trim().toLocaleLowerCase().startsWith(letter));
    event.stopPropagation();
    next?.focus();
  }
});

// A menu with a search box at its top hides the items that do not match.
on("input", ".menu-search input", (_event, input) => {
  const panel = input.closest<HTMLElement>(".menu");
  if (!panel) return;
  const wanted = (input as HTMLInputElement).value.trim().toLocaleLowerCase();
  let shown = 0;
  for (const item of all(".menu-item", panel)) {
    const words = `${item.textContent ?? ""} ${item.dataset.search ?? ""}`.toLocaleLowerCase();
    item.hidden = wanted !== "" && !words.includes(wanted);
    if (!item.hidden) shown++;
  }
  for (const label of all(".menu-label", panel)) label.hidden = wanted !== "";
  const empty = one(".menu-empty", panel);
  if (empty) empty.hidden = shown > 0;
});

// Choosing an item closes its menu, unless the item is a switch that people set several times.
on("click", ".menu .menu-item:is(button, a)", (_event, item) => {
  if (item.hasAttribute("data-keep-open") || item.hasAttribute("popovertarget")) return;
  item.closest<HTMLElement>("[popover]")?.hidePopover();
});
