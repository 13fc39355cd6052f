/**
 * What was typed and not sent yet stays in this browser: it is there again after a reload, a crash or a new sign-in.
 *
 * `<form data-draft="key">` keeps its texts and choices under the key, which names the user. A form that was accepted,
 * and one left on purpose, is forgotten; signing out forgets all.
 */
import { all, on, onReady } from "./dom";

const PREFIX = "guanxi.draft:";
const WAIT_MS = 400;
const KEPT_MS = 30 * 24 * 3_600_000;
const FIELDS = "textarea[name], select[name], input[name]:not([type=hidden], [type=password], [type=file], [type=checkbox])";
const waiting = new Map<HTMLFormElement, number>();

type Field = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;
interface Draft {
  at: number;
  values: Record<string, string>;
}

function keyOf(form: HTMLElement): string {
  return PREFIX + (form.dataset.draft ?? "");
}

function valuesOf(form: HTMLFormElement): Record<string, string> {
  const values: Record<string, string> = {};
  for (const field of all<Field & HTMLElement>(FIELDS, form)) {
    if (field instanceof HTMLInputElement && field.type === "radio" && !field.checked) continue;
    values[field.name] = field.value;
  }
  return values;
}

function keep(form: HTMLFormElement): void {
  waiting.delete(form);
  const values = valuesOf(form);
  try {
    if (all<HTMLTextAreaElement>("textarea[name], input[type=text][name]", form).some((field) => field.value.trim())) {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), values } satisfies Draft));
    } else localStorage.removeItem(keyOf(form));
  } catch {
    // A full or closed storage keeps nothing; the form itself works on.
  }
}

function bringBack(form: HTMLFormElement): void {
  let draft: Draft | null = null;
  try {
    draft = JSON.parse(localStorage.getItem(keyOf(form)) ?? "null") as Draft | null;
  } catch {
    draft = null;
  }
  if (!draft || Date.now() - draft.at > KEPT_MS) return;
  for (const field of all<Field & HTMLElement>(FIELDS, form)) {
    const value = draft.values[field.name];
    if (value === undefined) continue;
    if (field instanceof HTMLInputElement && field.type === "radio") {
      if (field.value === value && !field.checked) {
        field.checked = true;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    } else if (field instanceof HTMLSelectElement || !field.value) field.value = value;
  }
}

/** Forgets what was kept of a form. */
function forget(form: HTMLElement): void {
  if (form instanceof HTMLFormElement) clearTimeout(waiting.get(form));
  localStorage.removeItem(keyOf(form));
}

onReady("form[data-draft]", (form) => bringBack(form as HTMLFormElement));

function later(_event: Event, form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, window.setTimeout(() => keep(form), WAIT_MS));
}
on("input", "form[data-draft]", later);
on("change", "form[data-draft]", later);
addEventListener("pagehide", () => {
  for (const form of [...waiting.keys()]) keep(form);
});

document.addEventListener("htmx:before:response", (event) => {
  const ctx = (event as CustomEvent<{ ctx?: { response?: { status: number }; sourceElement?: Element } }>).detail?.ctx;
  const form = ctx?.sourceElement?.closest<HTMLElement>("form[data-draft]");
  if (form && (ctx?.response?.status ?? 500) < 300) forget(form);
});
document.addEventListener("guanxi:discard", (event) => {
  if (event.target instanceof HTMLElement && event.target.matches("form[data-draft]")) forget(event.target);
});
on("submit", "form[action*='/account/logout']", () => {
  for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
}, true);
