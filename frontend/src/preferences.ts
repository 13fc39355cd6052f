/** Theme, density, sidebar and shortcuts: applied at once, kept in cookies that the server renders into <html>. */
import { all, csrfToken, on, one } from "./dom";

const YEAR_S = 31_536_000;
const root = document.documentElement;

function keep(name: string, value: string): void {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `guanxi_${name}=${value}; Path=/; Max-Age=${YEAR_S}; SameSite=Lax${secure}`;
}

function mark(name: string, value: string): void {
  for (const button of all(`[data-set^="${name}:"]`)) button.setAttribute("aria-pressed", String(button.dataset.set === `${name}:${value}`));
}

// A menu that opens for the first time may have been drawn before the choice was made elsewhere.
document.addEventListener("htmx:after:swap", () => {
  for (const name of ["theme", "density", "shortcuts"]) mark(name, root.dataset[name] ?? "");
});

on("click", "[data-set]", (_event, button) => {
  const [name, value] = (button.dataset.set ?? "").split(":");
  if (!name || value === undefined) return;
  if (name === "language") {
    void switchLanguage(value);
    return;
  }
  // What a device keeps for the way is its own matter: see device.ts.
  if (name !== "offline") {
    root.dataset[name] = value;
    keep(name, value);
    mark(name, value);
    void tell(name, value);
  }
  document.dispatchEvent(new CustomEvent("guanxi:preference", { detail: { name, value } }));
});

/** Keeps the choice with the user, so that it follows to other devices. */
async function tell(name: string, value: string): Promise<void> {
  const address = root.dataset.preferenceUrl;
  if (!address) return;
  await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrfToken() }, body: new URLSearchParams({ name, value }) });
}

/** Tells the server the language and loads the same page again in it; the scroll position survives. */
async function switchLanguage(language: string): Promise<void> {
  const address = root.dataset.languageUrl;
  if (address) {
    const body = new URLSearchParams({ language });
    await fetch(address, { method: "POST", headers: { "X-CSRFToken": csrfToken() }, body, redirect: "manual" });
  } else {
    keep("language", language);
  }
  location.reload();
}

on("click", "[data-sidebar-toggle]", () => {
  const app = one(".app");
  if (!app) return;
  const state = app.dataset.sidebar === "collapsed" ? "open" : "collapsed";
  app.dataset.sidebar = state;
  keep("sidebar", state);
});

on("click", ".nav-overline[aria-controls]", (_event, button) => {
  const open = button.getAttribute("aria-expanded") !== "true";
  button.setAttribute("aria-expanded", String(open));
  const group = document.getElementById(button.getAttribute("aria-controls") ?? "");
  if (group) group.hidden = !open;
});
