// Adding applicants: the answer to a list is where the reader looks, and what was pasted is not left behind by accident.
import { must } from "./dom.js";

const form = must("form[data-paste]", HTMLFormElement);
const list = must("#list", HTMLTextAreaElement, form);

let sending = false;
form.addEventListener("submit", () => (sending = true));
window.addEventListener("pageshow", () => (sending = false));
window.addEventListener("beforeunload", (e) => {
  if (list.value.trim() && !sending) e.preventDefault();
});
