/** Asks before a form does what can't be taken back: `<form data-ask="question">`. */
import { on } from "./dom";

on(
  "submit",
  "form[data-ask]",
  (event, form) => {
    if (!confirm(form.dataset.ask)) event.preventDefault();
  },
  true,
);
