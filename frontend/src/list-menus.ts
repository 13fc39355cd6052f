/** Menus of columns and cells, which the server answers when they open; folding of groups; sum or average in the foot. */
import htmx from "htmx.org";
import { all, on, one } from "./dom";
import { openAt } from "./menu";
import { unpack } from "./packed";

const FOOT = "guanxi-foot";

function open(invoker: HTMLElement, values: Record<string, string>): void {
  const list = invoker.closest<HTMLElement>("[data-menu-url]");
  const panel = one("#list-menu");
  if (!list || !panel) return;
  for (const other of all('[data-popover-open="list-menu"]')) delete other.dataset.popoverOpen;
  invoker.dataset.popoverOpen = "list-menu";
  panel.replaceChildren();
  panel.toggleAttribute("data-end", invoker.closest(".num") !== null);
  openAt(panel, invoker);
  const address = `${list.dataset.menuUrl ?? ""}&${new URLSearchParams(values).toString()}`;
  void htmx.ajax("GET", address, { source: panel, target: panel, swap: "innerHTML" });
}

on("click", "[data-column-menu]", (_event, button) => open(button, { of: "column", column: button.dataset.columnMenu ?? "" }));

// A pointer that is still down would close what opens beneath it.
let isDown = false;
for (const [type, down] of [["pointerdown", true], ["pointerup", false], ["pointercancel", false]] as const) addEventListener(type, () => (isDown = down), true);

function once(act: () => void): void {
  if (isDown) addEventListener("pointerup", () => setTimeout(act, 0), { once: true });
  else act();
}

// The second button of the mouse, or Shift + F10 on a row or cell, offers filters made of the value.
on("contextmenu", "[data-list][data-menu-url] [data-row]", (event, row) => {
  const target = event.target as Element;
  if (event.shiftKey || target.closest("input, [data-open-link], td.is-editing") || !getSelection()?.isCollapsed) return;
  const cell = target.closest<HTMLElement>("td[data-column]") ?? one("td[data-column]", row);
  if (!cell) return;
  event.preventDefault();
  once(() => open(cell, { of: "cell", column: cell.dataset.column ?? "", id: row.id.replace("row-", "") }));
});

// Folding is kept in the address and in every way on from here.
on("click", "[data-group-toggle]", (_event, button) => {
  const rows = document.getElementById(button.getAttribute("aria-controls") ?? "");
  const key = button.closest<HTMLElement>("[data-group]")?.dataset.group;
  if (!rows || key === undefined) return;
  rows.hidden = !rows.hidden;
  button.setAttribute("aria-expanded", String(!rows.hidden));
  button.closest("tr")?.toggleAttribute("data-open", !rows.hidden);
  fold(key, rows.hidden);
});

/** Writes into addresses which groups or columns are folded. */
export function fold(key: string, isShut: boolean): void {
  const folded = (address: string): string => {
    const url = new URL(address, location.href);
    const others = url.searchParams.getAll("shut").filter((other) => other !== key);
    url.searchParams.delete("shut");
    for (const other of isShut ? [...others, key] : others) url.searchParams.append("shut", other);
    return url.pathname + url.search;
  };
  history.replaceState(history.state, "", folded(location.href));
  unpack(one("#list") ?? document);
  for (const name of ["href", "hx-get"]) {
    for (const element of all(`#list [${name}]`)) {
      const address = element.getAttribute(name) ?? "";
      if (address.split("?")[0] === location.pathname) element.setAttribute(name, folded(address));
    }
  }
}

on("click", "[data-foot]", (_event, button) => {
  sessionStorage.setItem(FOOT, button.dataset.foot ?? "");
  showFoot();
});

function showFoot(): void {
  const wanted = sessionStorage.getItem(FOOT) ?? "sum";
  for (const table of all("[data-list] table")) table.dataset.shown = wanted;
  for (const button of all("[data-foot]")) button.setAttribute("aria-pressed", String(button.dataset.foot === wanted));
}

document.addEventListener("htmx:after:swap", showFoot);
showFoot();
