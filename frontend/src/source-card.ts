/** Where a value comes from: resting on the source mark, or pressing it, opens a card with systems, times and the rule. */
import { on, one } from "./dom";
import { openAt } from "./menu";

const REST_MS = 280;
const loaded = new Map<string, string>();
let timer = 0;

async function open(mark: HTMLElement): Promise<void> {
  const card = one("#source-card");
  const address = mark.dataset.sourceUrl;
  if (!card || !address) return;
  let markup = loaded.get(address);
  if (markup === undefined) {
    const answer = await fetch(address, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    markup = await answer.text();
    loaded.set(address, markup);
  }
  card.innerHTML = markup;
  if (card.matches(":popover-open")) card.hidePopover();
  openAt(card, mark);
}

on("pointerover", "[data-source-url]", (event, mark) => {
  if (event.pointerType === "touch") return;
  clearTimeout(timer);
  timer = window.setTimeout(() => void open(mark), REST_MS);
});
on("pointerout", "[data-source-url]", () => clearTimeout(timer));
on("click", "[data-source-url]", (_event, mark) => {
  clearTimeout(timer);
  void open(mark);
});
document.addEventListener("htmx:after:swap", () => loaded.clear());
