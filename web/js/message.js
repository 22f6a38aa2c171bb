// The message to applicants while it is written: the previews follow what is typed, the counts follow the ticks.
import { must } from "./dom.js";
import { ready, say } from "./i18n.js";

/** @type {{job: string, names: Record<string, string>, free: number}} */
const boot = JSON.parse(must("#boot", HTMLScriptElement).textContent ?? "{}");
const form = must("form[data-message]", HTMLFormElement);
let touched = false;

/** @param {string} words @param {string} lang */
function filled(words, lang) {
  return words.replace(/\{(name|job)\}/g, (_, what) => (what === "name" ? (boot.names[lang] ?? "") : boot.job));
}

/** @param {Element} letter */
function preview(letter) {
  const lang = letter.getAttribute("data-letter") ?? "";
  for (const [field, shown] of [["input", "[data-shown-subject]"], ["textarea", "[data-shown]"]]) {
    const typed = letter.querySelector(/** @type {string} */ (field));
    const place = letter.querySelector(/** @type {string} */ (shown));
    if (place && (typed instanceof HTMLInputElement || typed instanceof HTMLTextAreaElement)) place.textContent = filled(typed.value.trim(), lang);
  }
}

function count() {
  const ticked = [...form.querySelectorAll("input[name=to]:checked")];
  const told = form.querySelector("[data-count] [data-i18n]");
  if (told) say(told, "rounds.msg.count", { count: ticked.length });
  const send = form.querySelector("[data-send] [data-i18n]");
  if (send) say(send, "rounds.msg.send", { count: ticked.length });
  form.querySelector("[data-short]")?.toggleAttribute("hidden", ticked.length <= boot.free);
  for (const letter of form.querySelectorAll("[data-letter]")) {
    const some = ticked.filter((t) => t.getAttribute("data-lang") === letter.getAttribute("data-letter")).length;
    const words = letter.querySelector("[data-letter-count] [data-i18n]");
    if (words) say(words, "rounds.msg.count", { count: some });
    letter.toggleAttribute("hidden", some === 0 && ticked.length > 0); // nobody reads that language
  }
}

form.addEventListener("input", (e) => {
  touched = true;
  const letter = e.target instanceof Element ? e.target.closest("[data-letter]") : null;
  if (letter) preview(letter);
  else count();
});
form.addEventListener("submit", (e) => {
  if (form.querySelector("button[data-act=send][aria-disabled=true]")) {
    e.preventDefault();
    const why = form.querySelector("#why a");
    if (why instanceof HTMLElement) why.focus();
    return;
  }
  touched = false;
});
// What was typed is not lost by a slip.
window.addEventListener("beforeunload", (e) => {
  if (touched) e.preventDefault();
});
window.addEventListener("pageshow", () => {
  for (const letter of form.querySelectorAll("[data-letter]")) preview(letter);
});

// After a refusal the first field that has to be looked at is at hand.
const wrong = form.querySelector("[aria-invalid=true]");
if (wrong instanceof HTMLElement) wrong.focus();

await ready;
count();
