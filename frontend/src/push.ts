/** Turning push on and off in this browser; shown only where the browser has it. */
import { bytesOf, textOf } from "./base64url";
import { greetWorker, PUSHED, reader, stopPush } from "./device";
import { csrfToken, one, say } from "./dom";

const PATIENCE_MS = 15_000;

/** Tells the server; answers the sentence of a refusal, or nothing. */
async function send(card: HTMLElement, values: Record<string, string>): Promise<string> {
  const answer = await fetch(card.dataset.pushUrl ?? "", { method: "POST", body: new URLSearchParams(values), headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  return answer.ok ? "" : decodeURIComponent(answer.headers.get("X-Problem") ?? "") || say("failed");
}

async function present(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Shows how it stands, or `why` it could not be changed. */
function show(card: HTMLElement, isOn: boolean, why = ""): void {
  const state = one("[data-push-state]", card);
  const button = one<HTMLButtonElement>("[data-push-toggle]", card);
  const isDenied = Notification.permission === "denied";
  if (state) {
    state.textContent = why || ((isDenied ? state.dataset.denied : isOn ? state.dataset.on : state.dataset.off) ?? "");
    state.classList.toggle("text-danger", why !== "");
  }
  if (!button) return;
  button.textContent = (isOn ? button.dataset.on : button.dataset.off) ?? "";
  button.hidden = isDenied;
  button.removeAttribute("aria-busy");
}

/** What the browser makes for us at its push service; some never answer without a way to it, and are not waited for. */
async function subscription(key: string): Promise<PushSubscription | undefined> {
  const registration = await greetWorker();
  const made = registration?.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(key) });
  let isLate = false;
  const late = new Promise<never>((_resolve, reject) =>
    setTimeout(() => {
      isLate = true;
      reject(new Error("late"));
    }, PATIENCE_MS),
  );
  // What comes after all is given back: the server never heard of it.
  void made?.then((found) => isLate && found.unsubscribe()).catch(() => undefined);
  return Promise.race([made, late]);
}

async function turnOn(card: HTMLElement): Promise<void> {
  if ((await Notification.requestPermission()) !== "granted") return show(card, false);
  const made = await subscription(card.dataset.pushKey ?? "");
  if (!made) return show(card, false);
  const why = await send(card, { endpoint: made.endpoint, p256dh: textOf(made.getKey("p256dh")) ?? "", auth: textOf(made.getKey("auth")) ?? "" });
  if (why) await made.unsubscribe();
  else localStorage.setItem(PUSHED, String(reader));
  show(card, !why, why);
}

async function toggle(card: HTMLElement, button: HTMLElement): Promise<void> {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    const known = await present();
    if (!known) return await turnOn(card);
    await send(card, { endpoint: known.endpoint, off: "1" });
    await stopPush();
    show(card, false);
  } catch {
    show(card, (await present().catch(() => null)) !== null, one("[data-push-state]", card)?.dataset.failed);
  }
}

export function mountPush(card: HTMLElement): void {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  card.hidden = false;
  void present().then((known) => show(card, known !== null));
  const button = one("[data-push-toggle]", card);
  button?.addEventListener("click", () => void toggle(card, button));
}
