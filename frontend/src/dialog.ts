/** Native dialogs and the side panel: opening, focus back to the opener, the question before unsaved input is lost. */
import { ask } from "./ask";
import { all, on, one, onReady, say } from "./dom";
import { unpack } from "./packed";

let opener: HTMLElement | null = null;

export function openDialog(dialog: HTMLDialogElement): void {
  if (dialog.open) return;
  unpack(dialog);
  // A form that came back replaced its own dialog: the focus still belongs to what opened the first one.
  const active = document.activeElement;
  if (active instanceof HTMLElement && active !== document.body) opener = active;
  dialog.showModal();
  one("[autofocus], input:not([type=hidden]), textarea, select", dialog)?.focus();
}

on("click", "[data-dialog-open]", (_event, button) => {
  const dialog = document.getElementById(button.dataset.dialogOpen ?? "");
  if (dialog instanceof HTMLDialogElement) openDialog(dialog);
});

on("click", "[data-dialog-close]", (_event, button) => {
  const dialog = button.closest("dialog");
  if (dialog) void leave(dialog);
});

// A click on the backdrop is a click on the dialog element itself.
on("click", "dialog", (event, dialog) => {
  if (event.target === dialog) void leave(dialog as HTMLDialogElement);
});

on("input", "dialog form, form[data-guard]", (_event, form) => form.setAttribute("data-dirty", ""));
on("submit", "form", (_event, form) => form.removeAttribute("data-dirty"));

/** Closes a dialog, after a question where something typed in it would be lost. */
async function leave(dialog: HTMLDialogElement): Promise<void> {
  const isDirty = one("form[data-dirty]", dialog) !== null;
  if (isDirty && !(await ask(say("discard"), { yes: say("discard-yes"), no: say("discard-no") }))) return;
  for (const form of all("form", dialog)) form.dispatchEvent(new CustomEvent("guanxi:discard", { bubbles: true }));
  dialog.close();
}

document.addEventListener("cancel", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || one("form[data-dirty]", dialog) === null) return;
  event.preventDefault();
  void leave(dialog);
}, true);

document.addEventListener("close", (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement) || dialog.hasAttribute("data-question")) return;
  if (opener?.isConnected) opener.focus();
  if (dialog.hasAttribute("data-once")) dialog.remove();
}, true);

// Answers of the server that contain a dialog open it at once: <dialog data-dialog data-once …> swapped into #dialog-slot.
onReady("#dialog-slot > dialog[data-dialog]", (dialog) => openDialog(dialog as HTMLDialogElement));

// The server closes the open dialog with `HX-Trigger: close-dialog`.
document.addEventListener("close-dialog", () => {
  for (const dialog of all<HTMLDialogElement>("dialog[open]")) {
    for (const form of all("form[data-dirty]", dialog)) form.removeAttribute("data-dirty");
    dialog.close();
  }
});

addEventListener("beforeunload", (event) => {
  if (one("form[data-guard][data-dirty]")) event.preventDefault();
});

/** Side panel: closing empties its slot and gives the focus back to the row it came from. */
export function closePanel(): boolean {
  const panel = one("#panel-slot > .side-panel");
  if (!panel) return false;
  panel.remove();
  const url = new URL(location.href);
  if (url.searchParams.has("peek")) {
    url.searchParams.delete("peek");
    history.replaceState(history.state, "", url);
  }
  one("[data-row].is-current")?.focus();
  return true;
}

on("click", "[data-panel-close]", () => closePanel());

// The address names the record beside the list, so that it can be passed on.
document.addEventListener("htmx:after:swap", () => {
  const panel = one("#panel-slot > .side-panel[data-peek]");
  if (!panel || !one("[data-list]")) return;
  const url = new URL(location.href);
  if (url.searchParams.get("peek") === panel.dataset.peek) return;
  url.searchParams.set("peek", panel.dataset.peek ?? "");
  history.replaceState(history.state, "", url);
});
