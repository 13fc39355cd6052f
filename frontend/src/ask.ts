/** Asks in a dialog of ours before something that can't be taken back: `hx-confirm="…"` and `<form data-ask="…">`. */
import { make, on, say } from "./dom";

interface Answers {
  yes: string;
  no?: string;
  danger?: boolean;
}

let open: HTMLDialogElement | null = null;

/** Asks and resolves to the answer; false when the dialog is left by Escape or beside it. One question at a time. */
export function ask(question: string, answers: Answers): Promise<boolean> {
  if (open) return Promise.resolve(false);
  const title = make("h2", "", question);
  title.id = "ask-title";
  const no = make("button", "button", answers.no ?? say("cancel"));
  const yes = make("button", `button button--${answers.danger ? "danger" : "primary"}`, answers.yes);
  const dialog = make("dialog", "dialog dialog--sm ask", make("div", "dialog-head", title), make("div", "dialog-foot", no, yes));
  dialog.dataset.question = "";
  dialog.setAttribute("aria-labelledby", title.id);
  no.type = yes.type = "button";
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => dialog.close("yes"));
  document.body.append(dialog);
  open = dialog;
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      open = null;
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    dialog.showModal();
    (answers.danger ? no : yes).focus();
  });
}

/** The words of the button that asked are the words of the answer: “Delete”, not “OK”. */
function answersOf(source: HTMLElement): Answers {
  const words = (source.querySelector(".grow") ?? source).textContent?.trim();
  return { yes: words || say("go-on"), danger: source.matches(".is-danger, .button--danger") };
}

document.addEventListener("htmx:confirm", (event) => {
  const { detail } = event;
  if (!(event.target instanceof HTMLElement)) return;
  event.preventDefault();
  void ask(event.target.getAttribute("hx-confirm") ?? "", answersOf(event.target)).then((yes) => (yes ? detail.issueRequest() : detail.dropRequest()));
});

const answered = new WeakSet<HTMLElement>();

on(
  "submit",
  "form[data-ask]",
  (event, form) => {
    if (answered.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const button = (event as SubmitEvent).submitter;
    void ask(form.dataset.ask ?? "", answersOf(button ?? form)).then((yes) => {
      if (!yes) return;
      answered.add(form);
      (form as HTMLFormElement).requestSubmit(button);
    });
  },
  true,
);
