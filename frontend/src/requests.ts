/** htmx under a strict content security policy: CSRF header, error answers, quiet cancellation. */
import htmx from "htmx.org";
import { announce, csrfToken, one, say } from "./dom";
import { toast } from "./toast";

interface RequestContext {
  request: { method: string; headers: Record<string, string> };
  response?: { status: number; headers: Headers };
  text?: string;
  target?: Element;
  sourceElement: HTMLElement;
}

function context(event: Event): RequestContext | undefined {
  return (event as CustomEvent<{ ctx?: RequestContext }>).detail?.ctx;
}

document.addEventListener("htmx:config:request", (event) => {
  const ctx = context(event);
  if (ctx && !/^(GET|HEAD)$/.test(ctx.request.method)) ctx.request.headers["X-CSRFToken"] = csrfToken();
});

// 422 carries the form with its errors, and 409 after an edit in place the strip with both values: they are swapped like
// any answer. Everything else that failed becomes a toast and
// leaves the page as it is, so that nothing typed is lost. A signed-out session asks for the sign-in page.
document.addEventListener("htmx:before:response", (event) => {
  const ctx = context(event);
  const status = ctx?.response?.status ?? 0;
  if (status < 400 || status === 422) return;
  if (status === 409 && ctx?.sourceElement.closest("[data-inline-form]")) return;
  event.preventDefault();
  if (status === 401) {
    location.reload();
    return;
  }
  const headers = ctx?.response?.headers;
  const sentence = headers?.get("X-Problem");
  const text = sentence ? decodeURIComponent(sentence) : say(problemKey(status));
  toast({ text, kind: "error", reference: headers?.get("X-Request-ID") ?? undefined });
});

function problemKey(status: number): string {
  if (status === 403) return "denied";
  if (status === 404) return "gone";
  if (status === 409) return "conflict";
  if (status === 429) return "slow-down";
  return "failed";
}

document.addEventListener("htmx:error", (event) => {
  const error = (event as CustomEvent<{ error?: Error }>).detail?.error;
  if (error?.name === "AbortError") return;
  toast({ text: say(navigator.onLine ? "failed" : "offline"), kind: "error" });
});

// A swap copies the attributes of old elements with the same id for a moment; a style attribute left by dragging would
// then offend against the security policy.
document.addEventListener("htmx:before:swap", (event) => {
  const target = context(event)?.target;
  if (!(target instanceof HTMLElement)) return;
  for (const element of [target, ...target.querySelectorAll("[id][style]")]) element.removeAttribute("style");
});

// After a form came back with errors the first wrong field gets the focus; otherwise the new heading is announced.
document.addEventListener("htmx:after:swap", () => {
  const invalid = one("form [aria-invalid=true]:not([data-seen])");
  if (invalid && !invalid.closest("[hidden]")) {
    const form = invalid.closest("form");
    if (form?.hasAttribute("data-answered")) return;
    form?.setAttribute("data-answered", "");
    invalid.focus();
  }
});

// An input method confirms its candidate with Enter: that key must never submit a form or trigger a request.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.stopPropagation();
  },
  true,
);

addEventListener("offline", () => {
  one("#offline-banner")?.removeAttribute("hidden");
  announce(say("offline"));
});
addEventListener("online", () => one("#offline-banner")?.setAttribute("hidden", ""));

/** Sends what was dragged to its new place; answers the status, 0 without an answer. */
export async function sendMove(element: HTMLElement, values: Record<string, string>, swap: "outerHTML" | "none"): Promise<number> {
  let status = 0;
  const seen = (event: Event) => {
    status = context(event)?.response?.status ?? 0;
  };
  element.addEventListener("htmx:before:response", seen, { once: true });
  await htmx.ajax("POST", element.dataset.moveUrl ?? "", { source: element, target: element, swap, values: { ...values, version: element.dataset.version ?? "" } });
  return status;
}
