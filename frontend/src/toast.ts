/** Toasts: at most three, with an optional undo that counts down in a ring. */
import { all, csrfToken, icon, make, on, one, onReady, say } from "./dom";

interface Toast {
  text: string;
  kind?: "ok" | "info" | "error";
  /** Address that takes the action back by POST. */
  undo?: string;
  reference?: string;
}

const PLAIN_MS = 6_000;
const UNDO_MS = 10_000;
const MOST = 3;

export function toast({ text, kind = "info", undo, reference }: Toast): void {
  const region = one("#toasts");
  if (!region) return;
  const words = make("span", "grow", text);
  if (reference) words.append(" ", make("small", "text-3", reference));
  const body = make("div", `toast is-${kind}`, icon(kind === "ok" ? "circle-check" : kind === "error" ? "circle-alert" : "info"), words);
  body.dataset.toast = "";
  if (undo) {
    const button = make("button", "button button--link", say("undo"));
    button.type = "button";
    button.dataset.undo = undo;
    body.append(button);
  }
  body.append(closeButton());
  region.append(body);
  start(body);
}

function closeButton(): HTMLButtonElement {
  const close = make("button", "icon-button icon-button--24", icon("x", 14));
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", say("dismiss"));
  return close;
}

/** Starts the clock of a toast, also of one that the server rendered. Errors stay; the pointer or focus stops the clock. */
function start(body: HTMLElement): void {
  const shown = all("#toasts > .toast");
  for (const old of shown.slice(0, Math.max(0, shown.length - MOST))) old.remove();
  if (body.classList.contains("is-error") || body.hasAttribute("data-stay")) return;
  const undo = one("[data-undo]", body);
  const total = undo ? UNDO_MS : PLAIN_MS;
  const ring = undo ? countdownRing() : null;
  if (ring && undo) undo.after(ring);
  let left = total;
  let last = performance.now();
  const tick = (now: number) => {
    if (!body.isConnected) return;
    if (!body.matches(":hover, :focus-within")) left -= now - last;
    last = now;
    ring?.style.setProperty("--v", String(Math.max(0, (left / total) * 100)));
    if (left <= 0) body.remove();
    else requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}

function countdownRing(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "ring");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  for (let i = 0; i < 2; i++) {
    const circle = document.createElementNS("http://www.w3.org/2000/svg", "circle");
    for (const [name, value] of Object.entries({ cx: "10", cy: "10", r: "8", pathLength: "100" })) circle.setAttribute(name, value);
    svg.append(circle);
  }
  return svg;
}

async function takeBack(button: HTMLElement): Promise<void> {
  const body = button.closest(".toast");
  button.setAttribute("aria-busy", "true");
  const answer = await fetch(button.dataset.undo ?? "", { method: "POST", headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  body?.remove();
  if (answer.ok) {
    toast({ text: say("undone"), kind: "ok" });
    document.dispatchEvent(new CustomEvent("guanxi:undone"));
    if (one("[data-refresh-on-undo]")) location.reload();
  } else toast({ text: say("failed"), kind: "error" });
}

on("click", "[data-toast-close]", (_event, button) => button.closest(".toast")?.remove());
on("click", "[data-undo]", (_event, button) => void takeBack(button));
onReady("#toasts > .toast[data-toast]", start);

// The server may also send `HX-Trigger: {"toast": {"text": …, "kind": …, "undo": …}}`.
document.addEventListener("toast", (event) => toast((event as CustomEvent<Toast>).detail));
