/** What is shown only when somebody opens it stays in a template, outside of the page, until then. */
import htmx from "htmx.org";
import { all } from "./dom";

/** Puts what is packed below `root` into the page. */
export function unpack(root: ParentNode = document): void {
  const packed = all<HTMLTemplateElement>("template[data-packed]", root);
  for (const template of packed) {
    const holder = template.parentElement;
    template.replaceWith(template.content);
    if (holder) htmx.process(holder);
  }
  if (packed.length) document.dispatchEvent(new CustomEvent("htmx:after:swap"));
}

/** Puts only what holds `selector` into the page. */
export function unpackFor(selector: string): void {
  for (const template of all<HTMLTemplateElement>("template[data-packed]"))
    if (template.content.querySelector(selector)) unpack(template.parentElement ?? document);
}

document.addEventListener("beforetoggle", (event) => {
  if (event.target instanceof Element && (event as ToggleEvent).newState === "open") unpack(event.target);
}, true);
