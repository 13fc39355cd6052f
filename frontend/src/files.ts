/**
 * Files of a record: chosen or dropped on the card, each sent as a request of its own, so that one that is refused
 * stops none of the others and the server writes the bytes to the disk as they come.
 */
import htmx from "htmx.org";
import { all, csrfToken, make, on, one, say } from "./dom";
import { toast } from "./toast";
import { keepFile } from "./waiting";

on("click", "[data-files-choose]", (_event, button) => {
  const card = button.closest("[data-files]");
  if (card && button.getAttribute("aria-busy") !== "true") one<HTMLInputElement>("[data-files-input]", card)?.click();
});

on("click", "[data-files-photo]", (_event, button) => {
  const card = button.closest("[data-files]");
  if (card && !card.hasAttribute("aria-busy")) one<HTMLInputElement>("[data-files-camera]", card)?.click();
});

// What the camera took goes the way of every chosen file.
on("change", "[data-files-camera]", (_event, element) => {
  const camera = element as HTMLInputElement;
  const input = camera.parentElement ? one<HTMLInputElement>("[data-files-input]", camera.parentElement) : null;
  if (!input || !camera.files?.length) return;
  input.files = camera.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
  camera.value = ""; // only now: both inputs hold one list, which this empties
});

// A drop arrives here too: the drop area puts what was dropped into the input of the card.
on("change", "[data-files-input]", (_event, element) => {
  const input = element as HTMLInputElement;
  const card = input.closest<HTMLElement>("[data-files]");
  const files = [...(input.files ?? [])];
  input.value = "";
  if (card && files.length && !card.hasAttribute("aria-busy")) void add(card, input, files);
});

document.addEventListener("guanxi:undone", () => {
  for (const card of all("[data-files]")) void refresh(card);
});

addEventListener("beforeunload", (event) => {
  if (one("[data-files][aria-busy]")) event.preventDefault();
});

async function add(card: HTMLElement, input: HTMLInputElement, files: File[]): Promise<void> {
  const refusals: string[] = [];
  const added: string[] = [];
  const limit = Number(input.dataset.limit);
  const progress = begin(card);
  for (const [index, file] of files.entries()) {
    progress(index / files.length, files.length > 1 ? `${index + 1} / ${files.length} · ${file.name}` : file.name);
    // A server that refuses before it has read everything closes the connection: what is too large is not sent at all.
    const refusal =
      file.size > limit
        ? (input.dataset.tooLarge ?? "").replace("{name}", file.name)
        : await send(card, file, (share) => progress((index + share) / files.length));
    if (refusal) refusals.push(refusal);
    else if (refusal === "") added.push(file.name);
  }
  card.removeAttribute("aria-busy");
  const url = card.dataset.files ?? "";
  if (added.length) await refresh(card);
  else end(card);
  const shown = one(`[data-files="${url}"]`);
  if (shown) one("[data-files-said]", shown)?.replaceChildren(...refusals.map((text) => make("p", "text-danger text-xs", text)));
  if (added.length) toast({ text: sentence(input, added), kind: "ok" });
  if (shown) one("[data-files-choose]", shown)?.focus();
}

/** Shows the bar and returns what moves it: the share done, and what is being sent. */
function begin(card: HTMLElement): (share: number, name?: string) => void {
  card.setAttribute("aria-busy", "true");
  one("[data-files-choose]", card)?.setAttribute("aria-busy", "true");
  one("[data-files-said]", card)?.replaceChildren();
  const strip = one("[data-files-progress]", card);
  const bar = one<HTMLProgressElement>("progress", card);
  const now = one("[data-files-now]", card);
  strip?.removeAttribute("hidden");
  return (share, name) => {
    if (bar) bar.value = share;
    if (now && name !== undefined) now.textContent = name;
  };
}

function end(card: HTMLElement): void {
  one("[data-files-choose]", card)?.removeAttribute("aria-busy");
  one("[data-files-progress]", card)?.setAttribute("hidden", "");
}

/** Sends one file; answers the sentence of a refusal, an empty one when it was added, null when it waits for a connection. */
function send(card: HTMLElement, file: File, moved: (share: number) => void): Promise<string | null> {
  const url = card.dataset.files ?? "";
  const key = crypto.randomUUID();
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable && event.total) moved(event.loaded / event.total);
    });
    request.addEventListener("load", () => {
      if (request.status < 400) return resolve("");
      const problem = request.getResponseHeader("X-Problem");
      resolve(problem ? decodeURIComponent(problem) : `${file.name}: ${say(request.status === 413 ? "too-large" : "failed")}`);
    });
    request.addEventListener("error", () => {
      const lost = `${file.name}: ${say(navigator.onLine ? "failed" : "offline")}`;
      void keepFile(url, file, key).then((isKept) => resolve(isKept ? null : lost));
    });
    request.open("POST", `${url}?name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader("Idempotency-Key", key);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.setRequestHeader("HX-Request", "true");
    request.send(file);
  });
}

async function refresh(card: HTMLElement): Promise<void> {
  await htmx.ajax("GET", card.dataset.files ?? "", { source: card, target: card, swap: "outerHTML" });
}

function sentence(input: HTMLInputElement, added: string[]): string {
  const words = added.length > 1 ? input.dataset.addedMany : input.dataset.added;
  return (words ?? "").replace("{count}", String(added.length)).replace("{name}", added[0] ?? "");
}
