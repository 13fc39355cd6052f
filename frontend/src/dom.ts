/** Small pieces every module needs: delegated listeners, typing guard, live region, icons. */

type Handler<K extends keyof DocumentEventMap> = (event: DocumentEventMap[K], element: HTMLElement) => void;

/** Calls `handle` for events whose target lies inside an element matching `selector`; works for content swapped in later. */
export function on<K extends keyof DocumentEventMap>(type: K, selector: string, handle: Handler<K>, capture = false): void {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest<HTMLElement>(selector) : null;
      if (element) handle(event, element);
    },
    capture,
  );
}

export function one<T extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): T | null {
  return root.querySelector<T>(selector);
}

export function all<T extends HTMLElement = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

/** True while a key press belongs to text: an input, an open select, or an input method composing Chinese. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing || event.keyCode === 229) return true;
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=checkbox]):not([type=radio]):not([type=button]):not([type=submit])");
}

/** Runs `ready` for every element matching `selector`, now and in each fragment that htmx swaps in; once per element. */
export function onReady(selector: string, ready: (element: HTMLElement) => void): void {
  const seen = new WeakSet<Element>();
  const scan = () => {
    for (const element of all(selector)) {
      if (seen.has(element)) continue;
      seen.add(element);
      ready(element);
    }
  };
  scan();
  document.addEventListener("htmx:after:swap", scan);
}

/** Says a sentence to screen readers. */
export function announce(sentence: string): void {
  const region = one("#announcer");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => (region.textContent = sentence), 30);
}

/** A sentence of the page's language, rendered by the server into data attributes of the body (`data-say-…`). */
export function say(key: string, values: Record<string, string | number> = {}): string {
  const template = document.body.getAttribute(`data-say-${key}`) ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite as an element. */
export function icon(name: string, size?: 12 | 14 | 20 | 24): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", size ? `icon icon--${size}` : "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.documentElement.dataset.icons ?? ""}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with a class and children; text is inserted as text, never as markup. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

export function csrfToken(): string {
  return one<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}

/** The click that ends a drag opens nothing and sorts nothing. */
export function swallowClick(): void {
  const swallow = (click: Event) => {
    click.preventDefault();
    click.stopImmediatePropagation();
  };
  addEventListener("click", swallow, true);
  setTimeout(() => removeEventListener("click", swallow, true), 0);
}
