/** Turning push on and off in this browser; shown only where the browser has it. */
import { greetWorker } from "./device";
import { csrfToken, one } from "./dom";

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (char) => char.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer | null): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function send(card: HTMLElement, values: Record<string, string>): Promise<boolean> {
  const answer = await fetch(card.dataset.pushUrl ?? "", { method: "POST", body: new URLSearchParams(values), headers: { "X-CSRFToken": csrfToken(), "HX-Request": "true" } });
  return answer.ok;
}

async function present(): Promise<PushSubscription | null> {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return (await registration?.pushManager.getSubscription()) ?? null;
}

function show(card: HTMLElement, isOn: boolean): void {
  const state = one("[data-push-state]", card);
  const button = one<HTMLButtonElement>("[data-push-toggle]", card);
  const isDenied = Notification.permission === "denied";
  if (state) state.textContent = (isDenied ? state.dataset.denied : isOn ? state.dataset.on : state.dataset.off) ?? "";
  if (button) {
    button.textContent = (isOn ? button.dataset.on : button.dataset.off) ?? "";
    button.hidden = isDenied;
  }
}

async function toggle(card: HTMLElement): Promise<void> {
  const known = await present();
  if (known) {
    await send(card, { endpoint: known.endpoint, off: "1" });
    await known.unsubscribe();
    return show(card, false);
  }
  if ((await Notification.requestPermission()) !== "granted") return show(card, false);
  const registration = await greetWorker();
  const made = await registration?.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytesOf(card.dataset.pushKey ?? "") });
  if (!made) return show(card, false);
  const isTaken = await send(card, { endpoint: made.endpoint, p256dh: textOf(made.getKey("p256dh")), auth: textOf(made.getKey("auth")) });
  if (!isTaken) await made.unsubscribe();
  show(card, isTaken);
}

export function mountPush(card: HTMLElement): void {
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return;
  card.hidden = false;
  void present().then((known) => show(card, known !== null));
  one("[data-push-toggle]", card)?.addEventListener("click", () => void toggle(card).catch(() => show(card, false)));
}
