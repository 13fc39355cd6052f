/**
 * This device: whether it keeps the reader's day for the way, and the service worker that answers without a connection.
 *
 * Phones and installed applications keep the day unless that is switched off; other browsers only when it is switched on.
 * What is kept goes away as soon as a page shows that nobody, or somebody else, is signed in.
 */
import { all, announce, make, on, one, onReady, say } from "./dom";

const CHOICE = "guanxi.offline";
const READER = "guanxi.reader";
const RECENT = "guanxi.recent";
/** So long after leaving a page its own reload is unwanted. */
const LEFT_MS = 10_000;
/** Where a browser that is told by push keeps the number of its reader. */
export const PUSHED = "guanxi.push";
const root = document.documentElement;

/** The number of the reader of this page, or 0 on pages that everybody may read. */
export const reader = Number(root.dataset.user ?? 0);

function keepsDay(): boolean {
  const chosen = localStorage.getItem(CHOICE);
  if (chosen) return chosen === "on";
  return matchMedia("(display-mode: standalone)").matches || (matchMedia("(pointer: coarse)").matches && screen.width < 820);
}

/** Registers the worker and tells it who reads; answers the registration, or nothing where the browser has none. */
export async function greetWorker(): Promise<ServiceWorkerRegistration | null> {
  if (!("serviceWorker" in navigator)) return null;
  const registration = await navigator.serviceWorker.register("/service-worker.js", { scope: "/" });
  const ready = await navigator.serviceWorker.ready;
  const files = new Set(performance.getEntriesByType("resource").map((entry) => entry.name).filter((name) => name.includes("/static/dist/")));
  for (const link of all<HTMLLinkElement>("link[href*='/static/dist/'], script[src*='/static/dist/']")) files.add(link.href || link.getAttribute("src") || "");
  if (root.dataset.icons) files.add(root.dataset.icons);
  ready.active?.postMessage({ hello: { user: reader, language: root.lang, files: [...files], keep: keepsDay() } });
  return registration;
}

/** Empties what the device keeps of its reader: pages, the day, what was opened lately. */
export async function wipe(): Promise<void> {
  localStorage.removeItem(RECENT);
  localStorage.removeItem(READER);
  if (!("caches" in window)) return;
  await Promise.all([caches.delete("guanxi-day"), caches.delete("guanxi-state")]);
}

/** Lets this browser be told no more; its push service says so to the server with the next message. */
export async function stopPush(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration("/");
  await (await registration?.pushManager?.getSubscription())?.unsubscribe();
  localStorage.removeItem(PUSHED); // only now: as long as it stands, the next reader's page tries again
}

async function begin(): Promise<void> {
  const isOffline = one("[data-offline-page]") !== null;
  const before = Number(localStorage.getItem(READER) ?? 0);
  if (!isOffline && before && before !== reader) await wipe();
  // What one reader wanted to be told shows up before no other.
  const told = Number(localStorage.getItem(PUSHED) ?? 0);
  if (reader && told && told !== reader) await stopPush();
  if (reader) localStorage.setItem(READER, String(reader));
  if (reader && !root.dataset.keptAt && (keepsDay() || (await navigator.serviceWorker?.getRegistration("/")))) await greetWorker();
}

function later(act: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 3_000 });
  else setTimeout(act, 500);
}

/** The sentence above a page that comes from the device rather than from the server. */
function sayAge(): void {
  const at = root.dataset.keptAt;
  const banner = one("#offline-banner");
  if (!at || !banner) return;
  const time = new Intl.DateTimeFormat(root.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...(isToday(at) ? {} : { month: "short", day: "numeric" }) }).format(new Date(at));
  const words = one(".grow", banner);
  if (words) words.textContent = say("as-of", { time });
  banner.hidden = false;
  for (const old of all("#toasts > .toast")) old.remove();
}

function isToday(at: string): boolean {
  return new Date(at).toDateString() === new Date().toDateString();
}

interface Day {
  as_of: string;
  tasks: { title: string; url: string; due: string; late: boolean; customer: string }[];
  customers: { title: string; detail: string; url: string }[];
}

/** Fills the page that stands for all others with what is kept of the day. */
async function showDay(page: HTMLElement): Promise<void> {
  const kept = "caches" in window ? await (await caches.open("guanxi-day")).match("/my-day") : undefined;
  const box = one("[data-day]", page);
  if (!kept || !box) return;
  const day = (await kept.json()) as Day;
  const time = one("[data-day-time]", box);
  if (time) time.textContent = say("as-of", { time: new Intl.DateTimeFormat(root.lang, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" }).format(new Date(day.as_of)) });
  const line = (title: string, url: string, detail: string, meta: string, late = false) => {
    const words = make("span", "grow truncate", title);
    if (detail) words.append(" ", make("span", "text-2", detail));
    const link = make("a", "related-row", words, make("span", late ? "meta text-danger" : "meta", meta));
    link.href = url;
    return link;
  };
  one("[data-day-tasks]", box)?.replaceChildren(...day.tasks.map((task) => line(task.title, task.url, task.customer, task.due, task.late)));
  one("[data-day-customers]", box)?.replaceChildren(...day.customers.map((each) => line(each.title, each.url, each.detail, "")));
  box.hidden = false;
}

function markChoice(): void {
  const value = keepsDay() ? "on" : "off";
  for (const button of all("[data-set^='offline:']")) button.setAttribute("aria-pressed", String(button.dataset.set === `offline:${value}`));
}

document.addEventListener("htmx:after:swap", markChoice);
document.addEventListener("guanxi:preference", (event) => {
  const { name, value } = (event as CustomEvent<{ name: string; value: string }>).detail;
  if (name !== "offline") return;
  localStorage.setItem(CHOICE, value);
  markChoice();
  announce(say(value === "on" ? "day-kept" : "day-not-kept"));
  if (reader) void greetWorker();
});

on("click", "[data-try-again]", () => location.reload());
onReady("[data-offline-page]", (page) => void showDay(page));
// Whoever is on the way to another page goes there: a reload of this one would take them back.
let left = -LEFT_MS;
addEventListener("beforeunload", () => {
  left = performance.now();
});
addEventListener("online", () => {
  if (performance.now() - left > LEFT_MS && (one("[data-offline-page]") || root.dataset.keptAt)) location.reload();
});
sayAge();
markChoice();
later(() => void begin().catch(() => undefined));

/** Shows a photo button where the device has a camera at hand. */
onReady("[data-files-photo]", (button) => {
  if (matchMedia("(pointer: coarse)").matches) {
    button.hidden = false;
  }
});
