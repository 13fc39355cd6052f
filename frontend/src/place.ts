/** The place of a visit: asked of the device once at a press, after our own question and the browser's. */
import { ask } from "./ask";
import { on, onReady, say } from "./dom";
import { toast } from "./toast";

const PLACES = 5;
const PATIENCE_MS = 15_000;

onReady("[data-locate]", (button) => {
  button.hidden = !("geolocation" in navigator);
});

on("click", "[data-locate]", (_event, button) => void locate(button));

async function locate(button: HTMLElement): Promise<void> {
  const field = document.getElementById(button.dataset.locate ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  if (!(await ask(say("place-question"), { yes: say("place-yes") }))) return button.focus();
  button.setAttribute("aria-busy", "true");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      field.value = `${coords.latitude.toFixed(PLACES)}, ${coords.longitude.toFixed(PLACES)} (±${Math.round(coords.accuracy)} m)`;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      button.removeAttribute("aria-busy");
      field.focus();
    },
    () => {
      button.removeAttribute("aria-busy");
      toast({ text: say("place-denied"), kind: "error" });
    },
    { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 0 },
  );
}
