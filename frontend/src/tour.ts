/** A walk around a screen: a card beside one thing after the other. Escape or “Skip” ends it; it is remembered. */
import { all, csrfToken, make, one, say } from "./dom";

interface Step {
  target: string;
  title: string;
  text: string;
}

const GAP = 8;
const EDGE = 12;

export async function putAway(key: string): Promise<void> {
  await fetch("/preferences/away", { method: "POST", headers: { "X-CSRFToken": csrfToken() }, body: new URLSearchParams({ key }) });
}

function targetOf(step: Step): HTMLElement | null {
  return all(step.target).find((element) => element.checkVisibility()) ?? null;
}

export async function startTour(name: string): Promise<void> {
  one("#tour")?.remove();
  const answer = await fetch(`/tours/${encodeURIComponent(name)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const steps = ((await answer.json()) as { steps: Step[] }).steps.filter(targetOf);
  if (!steps.length) return;
  const before = document.activeElement;
  const card = make("div", "tour");
  card.id = "tour";
  card.popover = "manual";
  card.setAttribute("role", "dialog");
  card.setAttribute("aria-labelledby", "tour-title");
  document.body.append(card);
  let at = 0;

  const end = () => {
    for (const marked of all(".is-toured")) marked.classList.remove("is-toured");
    card.remove();
    removeEventListener("keydown", keys, true);
    void putAway(`tour.${name}`);
    if (before instanceof HTMLElement && before.isConnected) before.focus();
  };
  const go = (step: number) => {
    if (step >= steps.length) return end();
    at = Math.max(0, step);
    show();
  };
  const button = (key: string, variant: string, act: () => void) => {
    const made = make("button", `button button--sm ${variant}`, say(key));
    made.type = "button";
    made.addEventListener("click", act);
    return made;
  };
  const show = () => {
    const step = steps[at];
    const target = step && targetOf(step);
    if (!step || !target) return go(at + 1);
    for (const marked of all(".is-toured")) marked.classList.remove("is-toured");
    target.classList.add("is-toured");
    target.scrollIntoView({ block: "nearest" });
    const title = make("h2", "tour-title", step.title);
    title.id = "tour-title";
    const next = button(at + 1 < steps.length ? "tour-next" : "tour-end", "button--primary", () => go(at + 1));
    const foot = make("div", "tour-foot", make("span", "text-2 text-xs grow", say("tour-step", { step: at + 1, all: steps.length })));
    if (at + 1 < steps.length) foot.append(button("tour-skip", "button--ghost", end));
    if (at) foot.append(button("tour-back", "", () => go(at - 1)));
    foot.append(next);
    card.replaceChildren(title, make("p", "", step.text), foot);
    card.showPopover();
    place(target);
    next.focus({ preventScroll: true });
  };
  const place = (target: HTMLElement) => {
    const box = target.getBoundingClientRect();
    const size = card.getBoundingClientRect();
    const below = box.bottom + GAP + size.height < innerHeight;
    const top = below ? box.bottom + GAP : box.top - GAP - size.height > EDGE ? box.top - GAP - size.height : innerHeight - size.height - EDGE;
    card.style.top = `${Math.max(EDGE, top)}px`;
    card.style.left = `${Math.min(Math.max(EDGE, box.left), innerWidth - size.width - EDGE)}px`;
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape") end();
    else if (event.key === "ArrowRight") go(at + 1);
    else if (event.key === "ArrowLeft") go(at - 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  addEventListener("keydown", keys, true);
  show();
}
