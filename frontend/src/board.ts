/** Board: dragging cards between columns, the "Move to" menu, and the keys [ and ]; the server has the last word. */
import Sortable from "sortablejs";
import { all, announce, isTyping, on, one, say } from "./dom";
import { shortcutsOn } from "./keys";
import { redrawList } from "./list-focus";
import { fold } from "./list-menus";
import { sendMove } from "./requests";

interface Place {
  list: HTMLElement;
  next: Element | null;
}

const cameFrom = new WeakMap<HTMLElement, Place>();

export function mountBoard(board: HTMLElement): void {
  for (const list of all("[data-board-list]", board)) {
    Sortable.create(list, {
      group: "board",
      draggable: "[data-board-card]",
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 80,
      delay: 180,
      delayOnTouchOnly: true,
      ghostClass: "is-placeholder",
      dragClass: "is-dragging",
      onStart: ({ item, from, oldDraggableIndex }) => {
        cameFrom.set(item, { list: from, next: all("[data-board-card]", from).filter((card) => card !== item)[oldDraggableIndex ?? 0] ?? null });
        board.toggleAttribute("data-dragging", true);
      },
      onMove: ({ to }) => {
        for (const column of all(".board-column", board)) column.classList.toggle("is-drop", column.contains(to));
        return true;
      },
      onEnd: ({ item, from, to }) => {
        board.removeAttribute("data-dragging");
        for (const column of all(".board-column", board)) column.classList.remove("is-drop");
        if (from !== to) void save(item, to);
      },
    });
  }
}

/** Tells the server; its answer replaces the card and, out of band, the sums of both columns. A refusal puts the card back. */
async function save(card: HTMLElement, to: HTMLElement): Promise<void> {
  const place = cameFrom.get(card);
  card.classList.add("is-saving");
  const id = card.id;
  const back = () => {
    card.classList.remove("is-saving");
    if (place && card.isConnected) place.list.insertBefore(card, place.next?.isConnected ? place.next : null);
  };
  const status = await sendMove(card, { stage: to.dataset.boardList ?? "" }, "outerHTML");
  if (status === 409) await refresh(id);
  else if (status === 0 || status >= 400) back();
  else {
    announce(say("moved", { name: card.dataset.name ?? "", stage: to.dataset.name ?? "" }));
    one(`#${CSS.escape(id)}`)?.focus({ preventScroll: true });
  }
}

/** Draws the board as it is now: somebody else moved the card, and its columns have other sums. */
async function refresh(id: string): Promise<void> {
  await redrawList();
  one(`#${CSS.escape(id)}`)?.focus({ preventScroll: true });
}

function moveTo(card: HTMLElement, to: HTMLElement | undefined): void {
  const from = card.closest<HTMLElement>("[data-board-list]");
  if (!from || !to || from === to) return;
  cameFrom.set(card, { list: from, next: card.nextElementSibling });
  to.prepend(card);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  void save(card, to);
}

// One menu serves all cards: before it opens, its items learn which card is meant.
on("click", "[data-board-move]", (_event, button) => {
  const card = button.closest<HTMLElement>("[data-board-card]");
  const stage = card?.closest<HTMLElement>("[data-board-list]")?.dataset.boardList;
  for (const item of all("[data-board-menu] [data-move-to]")) {
    item.dataset.moveCard = card?.id ?? "";
    if (item.dataset.moveTo === stage) item.setAttribute("aria-disabled", "true");
    else item.removeAttribute("aria-disabled");
  }
}, true);

on("click", "[data-move-to]", (_event, item) => {
  const card = document.getElementById(item.dataset.moveCard ?? "");
  const to = all("[data-board-list]").find((list) => list.dataset.boardList === item.dataset.moveTo);
  if (card) moveTo(card, to);
});

document.addEventListener("keydown", (event) => {
  if ((event.key !== "[" && event.key !== "]") || isTyping(event) || !shortcutsOn()) return;
  const card = (event.target as Element).closest<HTMLElement>("[data-board-card]");
  const from = card?.closest<HTMLElement>("[data-board-list]");
  if (!card || !from) return;
  event.preventDefault();
  const lists = all("[data-board-list]");
  moveTo(card, lists[lists.indexOf(from) + (event.key === "]" ? 1 : -1)]);
});

// Arrow keys walk the cards: up and down in a column, left and right between columns.
on("keydown", "[data-board-card]", (event, card) => {
  if (event.target !== card) return;
  const lists = all("[data-board-list]");
  const from = card.closest<HTMLElement>("[data-board-list]");
  if (!from) return;
  const cards = all("[data-board-card]", from);
  const at = cards.indexOf(card);
  let next: HTMLElement | undefined;
  if (event.key === "ArrowDown" || event.key === "j") next = cards[at + 1];
  else if (event.key === "ArrowUp" || event.key === "k") next = cards[at - 1];
  else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const list = lists[lists.indexOf(from) + (event.key === "ArrowRight" ? 1 : -1)];
    const others = list ? all("[data-board-card]", list) : [];
    next = others[Math.min(at, others.length - 1)];
  } else if (event.key === "Enter") {
    one("[data-open-link]", card)?.click();
    return;
  } else return;
  event.preventDefault();
  next?.focus();
});

// A folded column keeps its head with count and sum; its cards are asked for when it is unfolded.
on("click", "[data-column-fold]", (_event, button) => {
  const column = button.closest<HTMLElement>(".board-column");
  const list = column ? one("[data-board-list]", column) : null;
  if (!column || !list) return;
  const isShut = column.classList.toggle("is-shut");
  button.setAttribute("aria-expanded", String(!isShut));
  fold(list.dataset.boardList ?? "", isShut);
});
