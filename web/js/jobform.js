// The form for a job: pasted texts keep their headings and lists, all time zones are offered, and what was typed is not
// left behind by accident. Without this the form works as it is.
import { must } from "./dom.js";
import { markdownOf } from "./paste.js";

const form = must("form[data-job-form]", HTMLFormElement);
const text = must("#text", HTMLTextAreaElement, form);
const zone = must("#zone", HTMLSelectElement, form);

let changed = document.querySelector("[data-first]") !== null; // what was refused is not saved either
let sending = false;
form.addEventListener("input", () => (changed = true));
form.addEventListener("submit", () => (sending = true));
window.addEventListener("pageshow", () => (sending = false));
window.addEventListener("beforeunload", (e) => {
  if (changed && !sending) e.preventDefault();
});

text.addEventListener("paste", (e) => {
  const html = e.clipboardData?.getData("text/html");
  const words = html ? markdownOf(html) : "";
  if (!words) return;
  e.preventDefault();
  // The browser's own insertion, so that undo works; where it is gone, the text is put in by hand.
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

const more = must("optgroup[data-more]", HTMLOptGroupElement, zone);
const known = new Set([...zone.options].map((o) => o.value));
for (const z of Intl.supportedValuesOf?.("timeZone") ?? []) {
  if (!known.has(z)) more.append(new Option(z.replaceAll("_", " ").replaceAll("/", " / "), z));
}
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (form.dataset.new !== undefined && !changed && own && own !== "UTC" && [...zone.options].some((o) => o.value === own)) zone.value = own;
