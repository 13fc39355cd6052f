/** File upload with a drop area and a progress bar; the server answers with the next address or the form with its errors. */
import { csrfToken, on, one, say } from "./dom";
import { toast } from "./toast";

on("dragover", "[data-drop]", (event, area) => {
  event.preventDefault();
  area.classList.add("is-over");
});
on("dragleave", "[data-drop]", (event, area) => {
  if (!(event.relatedTarget instanceof Node) || !area.contains(event.relatedTarget)) area.classList.remove("is-over");
});
on("drop", "[data-drop]", (event, area) => {
  event.preventDefault();
  area.classList.remove("is-over");
  const input = one<HTMLInputElement>("input[type=file]", area);
  if (!input || !event.dataTransfer?.files.length) return;
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
});
on("change", "form[data-upload] input[type=file]", (_event, input) => {
  const form = (input as HTMLInputElement).form;
  const chosen = (input as HTMLInputElement).files?.[0]?.name;
  const shown = form ? one("[data-file-name]", form) : null;
  if (shown && chosen) shown.textContent = chosen;
  if (form?.hasAttribute("data-at-once")) form.requestSubmit();
});
on("submit", "form[data-upload]", (event, form) => {
  event.preventDefault();
  send(form as HTMLFormElement);
});

function send(form: HTMLFormElement): void {
  const request = new XMLHttpRequest();
  const bar = one("[data-upload-progress]", form);
  const fill = one<HTMLProgressElement>("progress", bar ?? form);
  bar?.removeAttribute("hidden");
  request.upload.addEventListener("progress", (event) => {
    if (fill && event.lengthComputable) fill.value = event.loaded / event.total;
  });
  request.addEventListener("load", () => {
    const next = request.getResponseHeader("HX-Redirect");
    if (next) location.href = next;
    else if (request.status < 400 && request.responseURL !== form.action) location.href = request.responseURL;
    else if (request.status === 422) form.outerHTML = request.responseText;
    else {
      bar?.setAttribute("hidden", "");
      toast({ text: say(request.status === 413 ? "too-large" : "failed"), kind: "error" });
    }
  });
  request.addEventListener("error", () => {
    bar?.setAttribute("hidden", "");
    toast({ text: say(navigator.onLine ? "failed" : "offline"), kind: "error" });
  });
  request.open("POST", form.action);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("HX-Request", "true");
  request.send(new FormData(form));
}
