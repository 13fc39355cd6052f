/** Fetches a page or panel when the pointer rests on its link, so that the click finds it in the cache of this document. */
import { on } from "./dom";

const REST_MS = 65;
const KEPT_MS = 5_000;
const kept = new Map<string, { answer: Promise<Response>; until: number }>();
let timer = 0;

function warm(address: string): void {
  const old = kept.get(address);
  if (old && old.until > performance.now()) return;
  const answer = fetch(address, { headers: { "HX-Request": "true", "X-Prefetch": "1" } });
  kept.set(address, { answer, until: performance.now() + KEPT_MS });
  answer.catch(() => kept.delete(address));
}

for (const type of ["pointerover", "focusin"] as const) {
  on(type, "[data-prefetch]", (_event, link) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => warm(link.dataset.prefetch || (link.getAttribute("hx-get") ?? "")), REST_MS);
  });
}
on("pointerout", "[data-prefetch]", () => clearTimeout(timer));

// A request for an address that is already on its way takes that answer instead of asking twice.
document.addEventListener("htmx:before:request", (event) => {
  const ctx = (event as unknown as CustomEvent<{ ctx: { request: { method: string; action: string }; fetch: typeof fetch } }>).detail.ctx;
  const found = ctx.request.method === "GET" ? kept.get(ctx.request.action) : undefined;
  if (!found || found.until < performance.now()) return;
  kept.delete(ctx.request.action);
  ctx.fetch = () => found.answer;
});
