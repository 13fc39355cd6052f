/**
 * The service worker: an answer for pages when there is no connection, and nothing else. With a connection every page
 * comes from the server. It keeps the built files, one page that stands for all others, and, on devices where that was
 * chosen, the pages of the reader's day: bounded in number and age, and gone as soon as nobody or somebody else is
 * signed in.
 */
import { handlePush } from "./push-handler";
import { sendAll } from "./waiting-queue";

interface Hello {
  user: number;
  language: string;
  files: string[];
  keep: boolean;
}
interface Day {
  user: number;
  as_of: string;
  pages: string[];
  keep: string[];
  customers: { id: number; title: string; detail: string; url: string }[];
}
interface WorkerEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends WorkerEvent {
  request: Request;
  preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}
interface WorkerScope {
  registration: { navigationPreload?: { enable(): Promise<void> } };
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: string, handle: (event: never) => void): void;
}
const worker = self as unknown as WorkerScope;
handlePush(self);

const FILES = "guanxi-files";
const STATE = "guanxi-state";
const DAY = "guanxi-day";
const KEPT_AT = "X-Kept-At";
const MOST_PAGES = 80;
const MOST_FILES = 60;
const OLDEST_MS = 72 * 3_600_000;
const FRESH_MS = 30 * 60_000;
const FILL_MS = 10 * 60_000;
const OFFLINE = "/offline";
const FORM = /^\/([a-z-]+)\/quick$/;
const PART = /^(\/[a-z-]+\/\d+)\/(around|peek)$/;

worker.addEventListener("install", (event: WorkerEvent) => {
  event.waitUntil(
    (async () => {
      await (await caches.open(FILES)).add(new Request(OFFLINE, { cache: "reload" }));
      await worker.skipWaiting();
    })(),
  );
});
worker.addEventListener("activate", (event: WorkerEvent) => {
  event.waitUntil((async () => (await worker.registration.navigationPreload?.enable(), worker.clients.claim()))());
});

worker.addEventListener("message", (event: WorkerEvent & { data: { hello?: Hello } }) => {
  if (event.data.hello) event.waitUntil(greet(event.data.hello));
});
worker.addEventListener("sync", (event: WorkerEvent & { tag: string }) => {
  if (event.tag === "waiting") event.waitUntil(state().then((known) => (known ? sendAll(known.user) : undefined)));
});

worker.addEventListener("fetch", (event: FetchEvent) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST") {
    if (url.pathname === "/account/logout/") event.waitUntil(wipe());
    return;
  }
  if (request.method !== "GET") return;
  if (url.pathname.startsWith("/static/dist/")) event.respondWith(file(event));
  else if (request.mode === "navigate") event.respondWith(page(event, url));
  else if (FORM.test(url.pathname)) event.respondWith(fetch(request).catch(() => form(url)));
  else if (PART.test(url.pathname)) event.respondWith(part(event, url));
  else if (url.pathname === "/lookup/customer") event.respondWith(fetch(request).catch(() => lookup(url)));
});

/** What the last page said: who reads, in which language, and whether pages may be kept. */
async function state(): Promise<Hello | null> {
  const kept = await caches.match("/hello", { cacheName: STATE });
  return kept ? ((await kept.json()) as Hello) : null;
}

async function wipe(): Promise<void> {
  await Promise.all([caches.delete(DAY), caches.delete(STATE)]);
}

async function greet(hello: Hello): Promise<void> {
  const known = await state();
  if (known && known.user !== hello.user) await wipe();
  else if (!hello.keep) await caches.delete(DAY);
  await (await caches.open(STATE)).put("/hello", Response.json(hello));
  const files = await caches.open(FILES);
  if (known?.language !== hello.language) await files.add(new Request(OFFLINE, { cache: "reload" })).catch(() => undefined);
  await Promise.all(hello.files.map(async (address) => (await files.match(address)) ?? files.add(address).catch(() => undefined)));
  await shorten(files, MOST_FILES);
  if (hello.keep) await fill(hello);
}

/** Keeps the pages of the day, one after the other, not more often than every ten minutes. */
async function fill(hello: Hello): Promise<void> {
  const cache = await caches.open(DAY);
  const old = await cache.match("/my-day");
  if (old && Date.now() - age(old) < FILL_MS) return;
  const answer = await fetch("/my-day", { headers: { "X-Keep": "1" } }).catch(() => null);
  if (!answer?.ok) return;
  const day = (await answer.clone().json()) as Day;
  if (day.user !== hello.user) return;
  await keep(cache, "/my-day", answer);
  for (const address of day.pages) {
    if ((await state())?.user !== hello.user) return;
    const kept = await cache.match(address);
    if (kept && Date.now() - age(kept) < FRESH_MS) continue;
    const headers: Record<string, string> = FORM.test(address) ? { "X-Keep": "1", "HX-Request": "true" } : { "X-Keep": "1" };
    const page = await fetch(address, { headers }).catch(() => null);
    if (page?.ok && !page.redirected) await keep(cache, address, page);
  }
  for (const request of await cache.keys()) {
    const kept = await cache.match(request);
    if (kept && Date.now() - age(kept) > OLDEST_MS) await cache.delete(request);
  }
  await shorten(cache, MOST_PAGES);
}

const age = (kept: Response) => Number(kept.headers.get(KEPT_AT) ?? 0);

async function keep(cache: Cache, address: string, answer: Response): Promise<void> {
  const headers = new Headers({ "Content-Type": answer.headers.get("Content-Type") ?? "text/html", [KEPT_AT]: String(Date.now()) });
  const policy = answer.headers.get("Content-Security-Policy");
  if (policy) headers.set("Content-Security-Policy", policy);
  await cache.put(address, new Response(await answer.text(), { headers }));
}

/** Drops what was put in first until so many are left. */
async function shorten(cache: Cache, most: number): Promise<void> {
  const requests = (await cache.keys()).filter((request) => new URL(request.url).pathname !== OFFLINE);
  for (const request of requests.slice(0, Math.max(0, requests.length - most))) await cache.delete(request);
}

/** A built file: its name carries the hash of its content, so what is kept is right for ever. */
async function file(event: FetchEvent): Promise<Response> {
  const kept = await caches.match(event.request, { ignoreVary: true });
  if (kept) return kept;
  const answer = await fetch(event.request);
  if (answer.ok && answer.status === 200) {
    const copy = answer.clone();
    event.waitUntil(caches.open(FILES).then((cache) => cache.put(event.request, copy)));
  }
  return answer;
}

/** A page from the server; without a connection the kept one, else the page that stands for all others. */
async function page(event: FetchEvent, url: URL): Promise<Response> {
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    event.waitUntil(remember(url, answer.clone()));
    return answer;
  } catch {
    return (await kept(url)) ?? (await (await caches.open(FILES)).match(OFFLINE)) ?? Response.error();
  }
}

/** Keeps the page of a record that was opened, where pages may be kept. */
async function remember(url: URL, answer: Response): Promise<void> {
  if (!answer.ok || answer.redirected || url.search.includes("tab=")) return;
  const known = await state();
  const cache = known?.keep ? await caches.open(DAY) : null;
  const day = await cache?.match("/my-day");
  if (!cache || !day) return;
  const types = ((await day.json()) as Day).keep;
  if (types.some((base) => url.pathname.startsWith(base) && /^\d+$/.test(url.pathname.slice(base.length))) || url.pathname === "/") {
    await keep(cache, url.pathname, answer);
  }
}

async function kept(url: URL): Promise<Response | null> {
  const isOne = /\/\d*$/.test(url.pathname) && (!url.search || url.search === "?view=mine" || /\d$/.test(url.pathname));
  const found = (await caches.match(url.pathname + url.search, { cacheName: DAY })) ?? (isOne ? await caches.match(url.pathname, { cacheName: DAY }) : undefined);
  if (!found || Date.now() - age(found) > OLDEST_MS) return null;
  const text = (await found.text()).replace("<html ", `<html data-kept-at="${new Date(age(found)).toISOString()}" `);
  return new Response(text, { headers: found.headers });
}

/** A part of a record's page, kept beside it. */
async function part(event: FetchEvent, url: URL): Promise<Response> {
  try {
    const answer = await fetch(event.request);
    if (answer.ok && (await state())?.keep) {
      const copy = answer.clone();
      event.waitUntil(caches.open(DAY).then((cache) => keep(cache, url.pathname, copy)));
    }
    return answer;
  } catch {
    const found = await caches.match(url.pathname, { cacheName: DAY });
    return found ?? new Response("", { headers: { "Content-Type": "text/html" } });
  }
}

/** A small form: as kept, with a token of its own and about the customer that the address names. */
async function form(url: URL): Promise<Response> {
  const found = await caches.match(url.pathname, { cacheName: DAY });
  if (!found) return new Response("", { status: 503 });
  let text = (await found.text()).replace(/(name="once" value=")[^"]*/, `$1${crypto.randomUUID()}`);
  if (url.searchParams.get("stay")) text = text.replace('<input type="hidden" name="once"', '<input type="hidden" name="stay" value="1"><input type="hidden" name="once"');
  const customer = url.searchParams.get("customer");
  if (customer && /^\d+$/.test(customer)) {
    const title = (await day())?.customers.find((item) => String(item.id) === customer)?.title ?? `#${customer}`;
    const shown = title.replace(/[&"<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
    text = text.replace('<input type="hidden" name="customer" value="">', `<input type="hidden" name="customer" value="${customer}">`);
    text = text.replace(/(id="field-customer" value=")"/, (_whole, before: string) => `${before}${shown}"`);
  }
  return new Response(text, { headers: found.headers });
}

async function day(): Promise<Day | null> {
  const found = await caches.match("/my-day", { cacheName: DAY });
  return found ? ((await found.json()) as Day) : null;
}

/** The customers of the day for the fields that look one up. */
async function lookup(url: URL): Promise<Response> {
  const wanted = (url.searchParams.get("q") ?? "").toLocaleLowerCase();
  const found = ((await day())?.customers ?? []).filter((item) => item.title.toLocaleLowerCase().includes(wanted));
  return Response.json({ options: found.map((item) => ({ value: String(item.id), label: item.title, detail: item.detail })) });
}
