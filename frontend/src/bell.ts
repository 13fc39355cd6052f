/** The bell: how much is unread, on every page and in the title of the tab; what stands under it comes when it opens. */
import { one, say } from "./dom";

const KEPT = "guanxi.unread";
let shown = -1;

/** Shows the number of unread notifications. */
export function countUnread(count: number): void {
  if (count === shown) return;
  shown = count;
  const mark = one("[data-unread]");
  if (mark) {
    mark.textContent = count > 99 ? "99+" : String(count);
    mark.hidden = count === 0;
    mark.parentElement?.setAttribute("aria-label", `${mark.parentElement.title}${count ? `, ${say("unread", { count })}` : ""}`);
  }
  document.title = `${count ? `(${count > 99 ? "99+" : count}) ` : ""}${document.title.replace(/^\(\d+\+?\) /, "")}`;
  try {
    sessionStorage.setItem(KEPT, String(count));
  } catch {
    // Counted anew by the next answer.
  }
}

// The number of the page before stands until the first answer, so that it does not blink.
try {
  const kept = Number(sessionStorage.getItem(KEPT) ?? 0);
  if (kept > 0 && one("[data-unread]")) countUnread(kept);
} catch {
  // No storage: the first answer brings it.
}

document.addEventListener("htmx:before:response", (event) => {
  const headers = (event as CustomEvent<{ ctx?: { response?: { headers: Headers } } }>).detail?.ctx?.response?.headers;
  const count = headers?.get("X-Unread");
  if (!count) return;
  countUnread(Number(count));
  document.dispatchEvent(new CustomEvent("guanxi:unread", { detail: Number(count) }));
});
