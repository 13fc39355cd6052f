/** The keyboard map. Elements name their key with `data-key="c"` or `data-key="g c"`; a key press clicks the visible one. */
import { all, isTyping, make, on, one, say } from "./dom";
import { openDialog } from "./dialog";
import { unpack, unpackFor } from "./packed";

const SEQUENCE_MS = 1_200;
let prefix = "";
let prefixTimer = 0;

/** Single-key shortcuts can be switched off (WCAG 2.1.4); keys with Ctrl or Cmd stay. */
export function shortcutsOn(): boolean {
  return document.documentElement.dataset.shortcuts !== "off";
}

function visible(element: HTMLElement): boolean {
  return element.offsetParent !== null || element.classList.contains("sidebar-only-key");
}

function press(keys: string): boolean {
  const scope = one("dialog[open]") ?? document;
  const selector = `[data-key="${CSS.escape(keys)}"]`;
  const named = () => all(selector, scope).find((element) => visible(element) || element.hasAttribute("data-key-hidden"));
  let target = named();
  if (!target) {
    unpackFor(selector);
    target = named();
  }
  if (!target) return false;
  if (target.matches("input:not([type=checkbox]), textarea")) {
    target.focus();
    (target as HTMLInputElement).select();
  } else target.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event) || !shortcutsOn()) return;
  if (event.target instanceof Element && event.target.closest(".menu, [role=menu]")) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : "";
  if (!key || key === " ") return;
  clearTimeout(prefixTimer);
  if (prefix) {
    const keys = `${prefix} ${key}`;
    prefix = "";
    if (press(keys)) event.preventDefault();
    return;
  }
  if (key === "?") {
    const help = document.getElementById("help-dialog");
    if (help instanceof HTMLDialogElement) openDialog(help);
    event.preventDefault();
    return;
  }
  if (key === "g") {
    prefix = "g";
    prefixTimer = window.setTimeout(() => (prefix = ""), SEQUENCE_MS);
    return;
  }
  if (press(key)) event.preventDefault();
});

// Ctrl or Cmd + Enter sends the form the caret is in.
on("keydown", "form textarea, form input", (event, field) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  (field as HTMLInputElement).form?.requestSubmit();
});

// What the help shows is about this screen: the keys of its buttons first, and no keys of lists where there is no list.
document.addEventListener("toggle", (event) => {
  if ((event.target as Element).id === "help-dialog") ofThisScreen();
}, true);
on("click", "[data-dialog-open='help-dialog']", () => ofThisScreen());

function ofThisScreen(): void {
  unpack();
  for (const group of all("#help-dialog [data-help-group]")) group.hidden = !one(group.dataset.helpGroup ?? "body");
  const walk = one("#help-dialog [data-help-tour]");
  const tour = one(".home") ? "home" : one("[data-record]") ? "record" : one("[data-list]") ? "list" : "";
  const start = walk ? one("[data-tour]", walk) : null;
  if (walk && start) {
    start.dataset.tour = tour;
    walk.hidden = !tour;
  }
  const box = one("#help-dialog [data-help-screen]");
  if (!box) return;
  const listed = all("#help-dialog .help-rows > :not([data-help-screen], [hidden]) .kbd-group");
  const seen = new Set(listed.map((keys) => (keys.textContent ?? "").replace(/\s/g, "").toLowerCase()));
  const rows = all("[data-key]").flatMap((element) => {
    const keys = element.dataset.key ?? "";
    const label = element.dataset.command ?? element.getAttribute("aria-label") ?? element.getAttribute("title") ?? element.textContent?.trim() ?? "";
    if (!label || keys.startsWith("g ") || seen.has(keys) || !visible(element) || element.closest("dialog")) return [];
    seen.add(keys);
    const row = make("p", "help-row", make("span", "grow", label), make("span", "kbd-group", ...keys.split(" ").map((key) => make("span", "kbd", key.toUpperCase()))));
    row.dataset.helpRow = "";
    return [row];
  });
  box.replaceChildren(...(rows.length ? [make("h3", "menu-label", say("this-screen")), ...rows] : []));
}

// The help dialog lists the shortcuts of this page; its search box narrows them.
on("input", "[data-help-search]", (_event, input) => {
  const wanted = (input as HTMLInputElement).value.trim().toLocaleLowerCase();
  for (const row of all("[data-help-row]")) row.hidden = !(row.textContent ?? "").toLocaleLowerCase().includes(wanted);
  for (const group of all("#help-dialog .help-rows h3")) group.hidden = wanted !== "";
});
