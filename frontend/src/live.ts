/**
 * Keeps open pages true: asks about once a second what moved on among the records that the pages of this browser show.
 *
 * One tab asks for all of a browser (it holds a lock; a tab that comes to the front takes it over) and hands the answer
 * to the others. Every tab keeps the versions it shows, so that nothing is missed over a broken connection or a restarted
 * server: what differs is fetched anew. What somebody is typing into is never replaced; a strip tells instead.
 */
import { all, csrfToken, one } from "./dom";
import { countUnread } from "./bell";
import { type OpenAnswer, type Shown, refreshAround, refreshRecord, refreshRows, refreshTalk, showHere, showStrip, shownHere } from "./live-page";

interface Interest {
  rows: Record<string, Record<string, number>>;
  open: Shown[];
}
interface Answer {
  rows: Record<string, Record<string, number>>;
  gone: Record<string, number[]>;
  open: Record<string, OpenAnswer | null>;
  unread?: number;
  wait: number;
}
type Message = { kind: "interest"; tab: string; interest: Interest } | { kind: "bye"; tab: string } | { kind: "answer"; answer: Answer } | { kind: "unread"; count: number };

const FIRST_MS = 1_000;
const HIDDEN_MS = 15_000;
const IDLE_MS = 5_000;
const IDLE_AFTER_MS = 5 * 60_000;
const TOLD_EVERY_MS = 1_000;
const FORGET_TAB_MS = 3_500;
const LONGEST_WAIT_MS = 30_000;
const OWN_WRITE_MS = 4_000;
const AROUND_MS = 2_000;

const address = document.documentElement.dataset.liveUrl ?? "";
const prefix = address.replace(/live$/, "");
const tab = crypto.randomUUID();
const known = new Map<string, number>();
const written = new Map<string, number>();
const others = new Map<string, { interest: Interest; at: number }>();
const channel = "BroadcastChannel" in window ? new BroadcastChannel("guanxi-live") : null;
let askedBefore = new Map<string, Shown>();
let failures = 0;
let timer = 0;
let isLeader = false;
let stopped = false;
let active = performance.now();
let askedAround = -AROUND_MS;

/** The browser as the server knows it: the same for all tabs, gone with the profile's data. */
function browserId(): string {
  try {
    const kept = localStorage.getItem("guanxi.browser") ?? crypto.randomUUID();
    localStorage.setItem("guanxi.browser", kept);
    return kept;
  } catch {
    return tab;
  }
}

/** The path of a type and the id of a record in an address of ours: `customers/12`, also `customers/12/edit`. */
function recordIn(path: string): { path: string; id: string; rest: string } | null {
  const found = path.startsWith(prefix) ? /^([a-z0-9_-]+)\/(\d+)(\/.*)?$/.exec(path.slice(prefix.length)) : null;
  return found ? { path: found[1] ?? "", id: found[2] ?? "", rest: found[3] ?? "" } : null;
}

function listPath(): string {
  const found = location.pathname.startsWith(prefix) ? /^([a-z0-9_-]+)\/(?:board)?$/.exec(location.pathname.slice(prefix.length)) : null;
  return found?.[1] ?? "";
}

function interest(): Interest {
  const mine: Interest = { rows: {}, open: [] };
  if (document.visibilityState !== "visible") return mine;
  const path = listPath();
  if (path) {
    const rows: Record<string, number> = {};
    for (const row of all("#list-rows > [id^='row-'], [data-board-card][id^='card-']")) {
      const id = row.id.replace(/^\D+/, "");
      if (Object.keys(rows).length < 200) rows[id] = known.get(`${path}/${id}`) ?? Number(row.dataset.version ?? 0);
    }
    mine.rows[path] = rows;
  }
  const shown = shownHere(recordIn(location.pathname), path, known);
  if (shown) mine.open.push(shown);
  return mine;
}

function together(): Interest {
  const mine = interest();
  const now = performance.now();
  for (const [key, other] of others) {
    if (now - other.at > FORGET_TAB_MS) {
      others.delete(key);
      continue;
    }
    for (const [path, rows] of Object.entries(other.interest.rows)) {
      const merged = (mine.rows[path] ??= {});
      for (const [id, version] of Object.entries(rows)) merged[id] = Math.min(merged[id] ?? version, version);
    }
    for (const shown of other.interest.open) {
      const same = mine.open.find((item) => item.path === shown.path && item.id === shown.id);
      if (!same) mine.open.push(shown);
      else {
        same.version = Math.min(same.version, shown.version);
        if (shown.mode === "edit") same.mode = "edit";
        same.around ||= shown.around;
      }
    }
  }
  mine.open.splice(12);
  return mine;
}

function body(mine: Interest, left: Shown[]): string {
  return JSON.stringify({ browser: browserId(), rows: mine.rows, open: mine.open, left });
}

function request(text: string, keepalive = false): Promise<Response> {
  return fetch(address, {
    method: "POST",
    body: text,
    keepalive,
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken(), "HX-Request": "true" },
  });
}

async function ask(): Promise<number> {
  const mine = together();
  // The cards around a record are asked about with every second question.
  if (performance.now() - askedAround < AROUND_MS) for (const shown of mine.open) shown.around = false;
  else askedAround = performance.now();
  const now = new Map(mine.open.map((item) => [`${item.path}/${item.id}`, item]));
  const left = [...askedBefore].filter(([key]) => !now.has(key)).map(([, item]) => item);
  const answer = await request(body(mine, left));
  if (answer.status === 401) {
    stopped = true;
    return LONGEST_WAIT_MS;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  askedBefore = now;
  const told = (await answer.json()) as Answer;
  channel?.postMessage({ kind: "answer", answer: told } satisfies Message);
  await apply(told);
  return told.wait;
}

async function apply(answer: Answer): Promise<void> {
  if (answer.unread !== undefined) countUnread(answer.unread);
  const path = listPath();
  const here = shownHere(recordIn(location.pathname), path, known);
  const moved: string[] = [];
  for (const [id, version] of Object.entries(answer.rows[path] ?? {})) {
    const key = `${path}/${id}`;
    const before = known.get(key) ?? Number(one(`#row-${id}, #card-${id}`)?.dataset.version ?? 0);
    known.set(key, version);
    if (before && before < version && !isOwn(key)) moved.push(id);
  }
  await refreshRows(moved, answer.gone[path] ?? []);
  if (!here) return showHere([]);
  const key = `${here.path}/${here.id}`;
  const told = answer.open[key];
  if (told === undefined) return;
  showHere(told?.here ?? []);
  if (told === null) return void showStrip(null);
  const isNew = here.version > 0 && told.version > here.version && !(told.mine && isOwn(key));
  // What could not be shown, because somebody is at it, is tried again with the next answer.
  const isShown = !isNew || (await refreshRecord(told, prefix + key));
  known.set(key, isShown ? told.version : here.version);
  await refreshTalk(told);
  await refreshAround(told);
}

function isOwn(key: string): boolean {
  return performance.now() - (written.get(key) ?? -OWN_WRITE_MS) < OWN_WRITE_MS;
}

function waitFor(wish: number): number {
  if (failures) return Math.min(LONGEST_WAIT_MS, wish * 2 ** Math.min(failures, 5));
  if (document.visibilityState !== "visible" && ![...others.values()].some((other) => other.interest.open.length + Object.keys(other.interest.rows).length)) return HIDDEN_MS;
  return performance.now() - active > IDLE_AFTER_MS ? IDLE_MS : wish;
}

async function tick(): Promise<void> {
  clearTimeout(timer);
  if (stopped || !isLeader) return;
  let wish = 1_200;
  try {
    wish = await ask();
    failures = 0;
  } catch {
    failures++;
  }
  clearTimeout(timer);
  timer = window.setTimeout(() => void tick(), waitFor(wish));
}

function tell(): void {
  if (!isLeader && document.visibilityState === "visible") channel?.postMessage({ kind: "interest", tab, interest: interest() } satisfies Message);
}

/** Holds the lock until another tab takes it; then waits for its turn again. */
function lead(steal: boolean): void {
  if (!navigator.locks) {
    isLeader = true;
    timer = window.setTimeout(() => void tick(), FIRST_MS);
    return;
  }
  const held = (): Promise<void> => {
    isLeader = true;
    timer = window.setTimeout(() => void tick(), steal ? 0 : FIRST_MS);
    return new Promise(() => undefined);
  };
  navigator.locks.request("guanxi-live", { steal }, held).catch(() => {
    isLeader = false;
    clearTimeout(timer);
    if (!stopped) lead(false);
  });
}

function start(): void {
  lead(document.visibilityState === "visible");
  setInterval(tell, TOLD_EVERY_MS);
  channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (data.kind === "interest") others.set(data.tab, { interest: data.interest, at: performance.now() });
    else if (data.kind === "bye") others.delete(data.tab);
    else if (data.kind === "unread") countUnread(data.count);
    else void apply(data.answer);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") {
      if (isLeader) void tick();
      return;
    }
    active = performance.now();
    if (!isLeader) lead(true);
    else void tick();
  });
  addEventListener("online", () => {
    failures = 0;
    void tick();
  });
  addEventListener("pagehide", () => {
    channel?.postMessage({ kind: "bye", tab } satisfies Message);
    const shown = shownHere(recordIn(location.pathname), listPath(), known);
    if (shown && others.size === 0 && !stopped) void request(body({ rows: {}, open: [] }, [shown]), true).catch(() => undefined);
  });
  for (const type of ["pointerdown", "keydown", "scroll"]) addEventListener(type, () => (active = performance.now()), { passive: true, capture: true });
  document.addEventListener("guanxi:unread", (event) => channel?.postMessage({ kind: "unread", count: (event as CustomEvent<number>).detail } satisfies Message));
  // What this tab saved it shows already.
  document.addEventListener("htmx:before:response", (event) => {
    const ctx = (event as CustomEvent<{ ctx?: { request: { method: string; action: string }; response?: { status: number } } }>).detail?.ctx;
    if (!ctx || ctx.request.method === "GET" || (ctx.response?.status ?? 500) >= 300) return;
    const record = recordIn(new URL(ctx.request.action, location.href).pathname);
    if (record && /^\/(field|move)\b/.test(record.rest)) written.set(`${record.path}/${record.id}`, performance.now());
  });
}

if (address) {
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
}
