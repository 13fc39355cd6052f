/** Large parts come only to the pages that show them: drag and drop for boards, the chart library for dashboards. */
import { on, onReady } from "./dom";

onReady("[data-board]", (board) => void import("./dragging").then((module) => module.mountBoard(board)));

onReady("[data-calendar]", (calendar) => void import("./calendar").then((module) => module.mountCalendar(calendar)));

onReady("[data-arrange]", (list) => void import("./dragging").then((module) => module.mountArranging(list)));

onReady("form[data-passkey]", (form) => void import("./passkeys").then((module) => module.mountPasskey(form)));

onReady("[data-push]", (card) => void import("./push").then((module) => module.mountPush(card)));

// A tour comes when somebody asks for it.
on("click", "[data-tour]", (_event, button) => {
  const card = button.closest<HTMLElement>("[data-away-card]");
  if (card) card.hidden = true;
  button.closest("dialog")?.close();
  void import("./tour").then((module) => module.startTour(button.dataset.tour ?? ""));
});
on("click", "[data-away]", (_event, button) => {
  const card = button.closest<HTMLElement>("[data-away-card]");
  if (card) card.hidden = true;
  void import("./tour").then((module) => module.putAway(button.dataset.away ?? ""));
});

// Charts wait until the first paint is done: the figures and tables are already in the page.
onReady("[data-chart]", (holder) => {
  const mount = () => void import("./charts").then((module) => module.mountChart(holder));
  if ("requestIdleCallback" in window) requestIdleCallback(mount, { timeout: 800 });
  else setTimeout(mount, 50);
});

// The styles draw what lies below the first screen a moment later; what comes into the page after that is seen at once.
setTimeout(() => (document.documentElement.dataset.drawn = ""), 300);
