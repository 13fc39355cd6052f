/** Large parts come only to the pages that show them: drag and drop for boards, the chart library for dashboards. */
import { onReady } from "./dom";

onReady("[data-board]", (board) => void import("./board").then((module) => module.mountBoard(board)));

onReady("[data-calendar]", (calendar) => void import("./calendar").then((module) => module.mountCalendar(calendar)));

onReady("[data-arrange]", (list) => void import("./arrange").then((module) => module.mountArranging(list)));

onReady("form[data-passkey]", (form) => void import("./passkeys").then((module) => module.mountPasskey(form)));

onReady("[data-push]", (card) => void import("./push").then((module) => module.mountPush(card)));

// Charts wait until the first paint is done: the figures and tables are already in the page.
onReady("[data-chart]", (holder) => {
  const mount = () => void import("./charts").then((module) => module.mountChart(holder));
  if ("requestIdleCallback" in window) requestIdleCallback(mount, { timeout: 800 });
  else setTimeout(mount, 50);
});
