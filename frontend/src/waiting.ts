/**
 * Writing without a connection: forms that can't be sent are kept and sent later, in their order and once each. The strip
 * above the page says what waits, what the server refused, and where somebody else changed the same meanwhile.
 */
import { all, announce, csrfToken, icon, isTyping, make, on, one, say } from "./dom";
import { shortcutsOn } from "./keys";
import { ask } from "./ask";
import { reader, stopPush, wipe } from "./device";
import { toast } from "./toast";
import { drop, dropAll, pieces, put, send, sendAll, type Answer, type Outcome, type Piece } from "./waiting-queue";

const FORM = /^\/([a-z-]+)\/(quick|new)$/;
const SAID = /^\/([a-z-]+)\/(\d+)\/comments$/;
const FILES = /^\/([a-z-]+)\/(\d+)\/files$/;
const FIELD = /^\/([a-z-]+)\/(\d+)\/field\/([a-z0-9_]+)/;
const AGAIN_MS = 20_000;

interface Context {
  request: { method: string; action: string; body?: FormData | URLSearchParams | null };
  sourceElement: HTMLElement;
  fetch: typeof fetch;
}

/** The piece of work that a form stands for, or nothing for forms that need the server at once. */
function pieceOf(form: HTMLFormElement, action: string): Piece | null {
  const address = new URL(action, location.href);
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "csrfmiddlewaretoken") values.append(name, value);
  const base = { user: reader, at: Date.now(), state: "waiting" as const };
  const made = FORM.exec(address.pathname);
  if (made && values.get("once")) {
    const title = one<HTMLElement>("h2", form)?.textContent ?? document.title;
    return { ...base, key: values.get("once") ?? "", path: made[1] ?? "", record: 0, version: null, form: made[2] ?? "", values: String(values), label: `${title}: ${nameOf(form)}` };
  }
  const said = SAID.exec(address.pathname);
  if (said && values.get("body")?.trim()) {
    return { ...base, key: crypto.randomUUID(), path: said[1] ?? "", record: Number(said[2]), version: null, form: "said", values: String(values), label: `${titleHere()}: ${nameOf(form)}` };
  }
  const field = FIELD.exec(address.pathname);
  if (!field || !form.matches("[data-inline-form]")) return null;
  const version = Number(values.get("version") || 0) || null;
  values.delete("version");
  const shown = titleHere() || (form.closest("[data-row]")?.querySelector("a")?.textContent ?? "");
  return { ...base, key: crypto.randomUUID(), path: field[1] ?? "", record: Number(field[2]), version, form: "", values: String(values), label: `${shown.trim()}: ${chosen(form, field[3] ?? "")}` };
}

/** The title of the record that this page shows. */
function titleHere(): string {
  return one("h2.title")?.textContent?.trim() ?? "";
}

/** What a form is about, in the reader's words: the first text in it. */
function nameOf(form: HTMLFormElement): string {
  const typed = all<HTMLInputElement | HTMLTextAreaElement>("input[type=text]:not([role=combobox]), textarea", form).map((field) => field.value.trim());
  return (typed.find(Boolean) ?? "").slice(0, 80);
}

function chosen(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLSelectElement) return field.selectedOptions[0]?.textContent ?? field.value;
  return field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement ? field.value.slice(0, 80) : name;
}

/** Keeps a piece of work for later and says so. */
async function keep(piece: Piece): Promise<void> {
  await put(piece);
  toast({ text: say("kept-for-later", { name: piece.label }), kind: "info" });
  await show();
  const registration = (await navigator.serviceWorker?.getRegistration("/")) as (ServiceWorkerRegistration & { sync?: { register(tag: string): Promise<void> } }) | undefined;
  await registration?.sync?.register("waiting").catch(() => undefined);
}

/** Keeps a file that couldn't be sent for later; false where the device can't hold it. */
export async function keepFile(address: string, file: File, key: string): Promise<boolean> {
  const about = FILES.exec(new URL(address, location.href).pathname);
  if (!reader || !about) return false;
  const base = { key, user: reader, path: about[1] ?? "", record: Number(about[2]), version: null, form: "", at: Date.now(), state: "waiting" as const };
  return keep({ ...base, values: file.name, label: `${titleHere()}: ${file.name}`, file }).then(
    () => true,
    () => false,
  );
}

// A form that the network refuses is kept; the page hears an empty answer and goes on.
document.addEventListener("htmx:before:request", (event) => {
  const ctx = (event as unknown as CustomEvent<{ ctx: Context }>).detail.ctx;
  const form = ctx.sourceElement.closest("form");
  if (!reader || ctx.request.method.toUpperCase() !== "POST" || !form) return;
  const piece = pieceOf(form, ctx.request.action);
  if (!piece) return;
  // What arrived although its answer got lost is not posted twice.
  if (piece.form === "said") ctx.request.body?.set("once", piece.key);
  const holder = form.closest<HTMLElement>("[data-edit-url]");
  const words = piece.record ? chosen(form, [...new URLSearchParams(piece.values).keys()].at(-1) ?? "") : "";
  ctx.fetch = async (input, init) => {
    try {
      if (!navigator.onLine) throw new TypeError("offline");
      return await fetch(input, init);
    } catch (error) {
      if ((error as Error).name === "AbortError") throw error;
      await keep(piece);
      queueMicrotask(() => after(form, holder, words));
      return new Response(null, { status: 204 });
    }
  };
});

/** What the page shows once a form is kept: its dialog is closed, an edited value stands there as waiting. */
function after(form: HTMLFormElement, holder: HTMLElement | null, words: string): void {
  form.removeAttribute("data-dirty");
  const dialog = form.closest("dialog");
  const again = one<HTMLInputElement>("input[name=another]", form)?.checked;
  if (dialog && again) {
    form.reset();
    const once = one<HTMLInputElement>("input[name=once]", form);
    if (once) once.value = crypto.randomUUID();
  } else dialog?.close();
  if (form.matches(".composer-form")) empty(form);
  if (!holder) return;
  holder.classList.remove("is-editing", "is-saving");
  holder.closest(".field-inline")?.classList.remove("is-editing");
  holder.replaceChildren(make("span", "value", words), make("span", "tag tag--parts waiting-tag", icon("clock", 12), make("span", "", say("waiting"))));
}

/** Empties a composer, with the names picked in it; its draft goes along. */
function empty(form: HTMLFormElement): void {
  for (const chosen of all("input[name=mention]", form)) chosen.remove();
  const text = one<HTMLTextAreaElement>(".composer-text", form);
  if (!text) return;
  text.value = "";
  text.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

// A whole page with the form of a new record is sent by the browser itself: without a connection it is kept instead.
on("submit", "form[action$='/new']", (event, element) => {
  const form = element as HTMLFormElement;
  if (navigator.onLine || !reader || event.defaultPrevented) return;
  const piece = pieceOf(form, form.action);
  if (!piece) return;
  event.preventDefault();
  form.removeAttribute("data-dirty");
  void keep(piece).then(() => form.reset());
});

// One press completes a task: at once with a connection, later without.
on("click", "[data-complete]", (event, button) => {
  event.preventDefault();
  void complete(button);
});

async function complete(button: HTMLElement): Promise<void> {
  if (button.getAttribute("aria-pressed") === "true") return;
  const { path = "", record = "0", version = "", label = "" } = button.dataset;
  const values = button.dataset.values ?? "";
  const piece: Piece = { key: crypto.randomUUID(), user: reader, path, record: Number(record), version: Number(version) || null, form: "", values, label: say("completed", { name: label }), at: Date.now(), state: "waiting" };
  const row = button.closest<HTMLElement>("[data-complete-row]");
  button.setAttribute("aria-pressed", "true");
  row?.classList.add("is-done");
  const answer = navigator.onLine ? await send(piece, csrfToken()) : null;
  if (!answer) return keep(piece);
  if (answer.state === "done") toast({ text: say("completed", { name: label }), kind: "ok", undo: answer.undo });
  else {
    button.setAttribute("aria-pressed", "false");
    row?.classList.remove("is-done");
    await put({ ...piece, state: answer.state, answer });
    await show();
  }
}
// In a list of what can be completed, `d` completes the row that has the keyboard.
document.addEventListener("keydown", (event) => {
  if (event.key !== "d" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isTyping(event) || !shortcutsOn()) return;
  const list = one("[data-list][data-done]");
  const row = list && !one("dialog[open]") ? one("[data-row].is-current", list) : null;
  if (!list || !row) return;
  event.preventDefault();
  const button = make("button", "");
  Object.assign(button.dataset, { path: (list.dataset.donePath ?? "").split("/")[1] ?? "", record: row.id.replace("row-", ""), values: list.dataset.done ?? "", label: one("a", row)?.textContent?.trim() ?? "" });
  row.classList.add("is-done");
  void complete(button);
});

document.addEventListener("guanxi:undone", () => {
  for (const row of all("[data-row].is-done")) row.classList.remove("is-done");
  for (const button of all("[data-complete][aria-pressed=true]")) {
    button.setAttribute("aria-pressed", "false");
    button.closest("[data-complete-row]")?.classList.remove("is-done");
  }
});

/** The strip with everything that waits; hidden where nothing does. */
async function show(): Promise<void> {
  const strip = one("#waiting");
  if (!strip || !reader) return;
  const found = await pieces(reader);
  strip.hidden = !found.length;
  if (!found.length) return strip.replaceChildren();
  const waiting = found.filter((piece) => piece.state === "waiting").length;
  const head = make("p", "waiting-head", icon(waiting === found.length ? "clock" : "triangle-alert"), make("strong", "grow", waiting ? say(waiting === 1 ? "one-waits" : "many-wait", { count: waiting }) : say("needs-look")));
  if (waiting && navigator.onLine && !document.documentElement.dataset.keptAt) head.append(press("send-now", "", () => void flush()));
  strip.replaceChildren(head, make("ul", "waiting-list", ...found.map(line)));
}

function line(piece: Piece): HTMLElement {
  const item = make("li", `waiting-piece is-${piece.state}`);
  item.append(make("span", "grow", piece.label), make("span", "tag", say(piece.state === "conflict" ? "moved-on" : piece.state === "refused" ? "refused" : "waiting")));
  if (piece.state !== "waiting") item.append(piece.state === "conflict" ? conflict(piece) : refusal(piece));
  item.append(press("throw-away", "button--ghost", () => void throwAway(piece)));
  return item;
}

function refusal(piece: Piece): HTMLElement {
  const sentences = piece.answer?.sentences ?? (piece.answer?.code === "too-large" ? [say("too-large")] : []);
  const why = make("p", "text-danger", ...sentences.flatMap((text) => [text, " "]));
  const box = make("div", "waiting-why", why);
  if (piece.answer?.code === "mention_unseen") box.append(press("post-anyway", "", () => void resolve(piece, { anyway: "1" })));
  return box;
}

/** Both values of each field, and the ways out: mine, theirs, or both put together. */
function conflict(piece: Piece): HTMLElement {
  const fields = piece.answer?.fields ?? [];
  const box = make("div", "waiting-why");
  for (const field of fields) {
    box.append(make("p", "", say("theirs-is", { who: field.who, field: field.label, theirs: field.theirs_words, mine: field.mine_words })));
  }
  const buttons = make("div", "row-gap", press("keep-mine", "", () => void resolve(piece, null)), press("use-theirs", "", () => void throwAway(piece, false)));
  const only = fields.length === 1 ? fields[0] : undefined;
  if (only?.combine) {
    const text = make("textarea", "textarea", `${only.theirs}\n${only.mine}`);
    text.setAttribute("aria-label", only.label);
    text.hidden = true;
    const combine: HTMLButtonElement = press("combine", "", () => {
      if (text.hidden) {
        text.hidden = false;
        text.focus();
      } else void resolve(piece, { [only.name]: text.value });
    });
    buttons.append(combine);
    box.append(text);
  }
  box.append(buttons);
  return box;
}

/** Sends a piece again on top of what the others wrote, with these values or with mine. */
async function resolve(piece: Piece, changed: Record<string, string> | null): Promise<void> {
  const values = new URLSearchParams(piece.values);
  for (const [name, value] of Object.entries(changed ?? {})) values.set(name, value);
  await put({ ...piece, values: String(values), version: piece.answer?.version ?? piece.version, key: crypto.randomUUID(), state: "waiting", answer: undefined });
  await flush();
}

async function throwAway(piece: Piece, asking = true): Promise<void> {
  if (asking && !(await ask(say("throw-away-question", { name: piece.label }), { yes: say("throw-away"), no: say("cancel") }))) return;
  await drop(piece.id as number);
  await show();
}

function press(key: string, variant: string, act: () => void): HTMLButtonElement {
  const button = make("button", `button button--sm ${variant}`, say(key));
  button.type = "button";
  button.addEventListener("click", act);
  return button;
}

/** Sends what waits and tells what became of it. */
async function flush(): Promise<void> {
  if (!reader) return;
  const done: Answer[] = [];
  await sendAll(reader, (outcome: Outcome) => {
    if (outcome?.answer.state === "done") done.push(outcome.answer);
    else if (outcome) toast({ text: say("needs-look"), kind: "error" });
  });
  await show();
  if (!done.length) return;
  const text = done.length === 1 ? say("sent-one", { name: done[0]?.title ?? "" }) : say("sent-many", { count: done.length });
  toast({ text, kind: "ok", undo: done.length === 1 ? done[0]?.undo : undefined });
  announce(text);
}

// Signing out takes everything off the device: where something still waits, the reader decides first.
on("submit", "form[action$='/account/logout/']", (event, element) => {
  const form = element as HTMLFormElement;
  if (form.hasAttribute("data-wiped")) return;
  event.preventDefault();
  void (async () => {
    const found = await pieces(reader).catch(() => []);
    if (found.length && !(await ask(say("sign-out-question", { count: found.length }), { yes: say("sign-out-anyway"), no: say("cancel") }))) return;
    await dropAll(reader).catch(() => undefined);
    await wipe();
    await stopPush().catch(() => undefined);
    form.setAttribute("data-wiped", "");
    form.submit();
  })();
});

if (reader && "indexedDB" in window) {
  addEventListener("online", () => void flush());
  void show().catch(() => undefined);
  if (navigator.onLine && !document.documentElement.dataset.keptAt) setTimeout(() => void flush().catch(() => undefined), 1_500);
  setInterval(() => {
    if (navigator.onLine && one("#waiting .is-waiting")) void flush();
  }, AGAIN_MS);
}
