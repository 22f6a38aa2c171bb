// The form for a quick interview: the capacity figure follows what is typed, rows are added, moved and removed in
// place, pasted job texts keep their headings and lists, and nothing typed is lost. Without this the same buttons go
// to the server.
import { capacity } from "./capacity.js";
import { must } from "./dom.js";
import { rows } from "./formrows.js";
import { ready, when } from "./i18n.js";
import { markdownOf } from "./paste.js";
import { keeping } from "./typed.js";

const form = must("form[data-session-form]", HTMLFormElement);
/** @type {{new: boolean, keep: number, limit: number, max: number, store: string, fresh: boolean, made?: string}} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** @param {string} name */
function field(name) {
  const e = form.elements.namedItem(name);
  return e instanceof HTMLInputElement || e instanceof HTMLSelectElement || e instanceof HTMLTextAreaElement ? e : null;
}

// ---- what is typed

let typed = false; // since the last sign of life
let sending = false;
let changed = false; // here; what was typed before a refusal is kept by typed.js

/** After every change, by hand or by a button. */
function touched() {
  typed = true;
  changed = true;
  capacity(form);
  tooLong();
  kept?.touch();
}

/** A job text that is too long is said at once, not after it was sent. */
function tooLong() {
  const job = field("job");
  const long = [...(job?.value ?? "")].length > boot.limit;
  must("#job-long", HTMLElement, form).hidden = !long || document.getElementById("job-fault") !== null;
  return long;
}

form.addEventListener("input", touched);
form.addEventListener("change", touched);

form.addEventListener("submit", (e) => {
  if (tooLong()) {
    e.preventDefault();
    field("job")?.focus();
    return;
  }
  sending = true;
  kept?.sent();
});

const job = must("#job", HTMLTextAreaElement, form);
job.addEventListener("paste", (e) => {
  const html = e.clipboardData?.getData("text/html");
  if (!html) return;
  const text = markdownOf(html);
  if (!text) return;
  e.preventDefault();
  // The browser's own insertion, so that undo works; where it is gone, the text is put in by hand.
  if (!document.execCommand("insertText", false, text)) {
    job.setRangeText(text, job.selectionStart, job.selectionEnd, "end");
    job.dispatchEvent(new Event("input", { bubbles: true }));
  }
});

// Somebody who types for hours is not signed out under his hands.
setInterval(() => {
  if (!typed || document.visibilityState !== "visible") return;
  typed = false;
  fetch("/alive", { cache: "no-store" }).catch(() => {
    typed = true;
  });
}, boot.keep * 1000);

window.addEventListener("beforeunload", (e) => {
  if (changed && !sending) e.preventDefault();
});
window.addEventListener("pageshow", () => (sending = false));

// ---- time zones: all that the browser knows, and its own for a new session

function zones() {
  const select = must("#zone", HTMLSelectElement, form);
  const more = must("optgroup[data-more]", HTMLOptGroupElement, select);
  const known = new Set([...select.options].map((o) => o.value));
  for (const z of Intl.supportedValuesOf?.("timeZone") ?? []) {
    if (!known.has(z)) more.append(new Option(z.replaceAll("_", " ").replaceAll("/", " / "), z));
  }
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (boot.new && own && own !== "UTC" && [...select.options].some((o) => o.value === own)) select.value = own;
  if (select.dataset.fixed !== undefined) {
    const fixed = select.value;
    select.addEventListener("change", () => (select.value = fixed));
  }
}

// ---- what an earlier page kept

/**
 * @param {Date} at
 * @param {() => void} bring
 * @param {() => void} forget
 */
function offer(at, bring, forget) {
  const note = must("[data-restore]", HTMLElement, document);
  const time = must("time[data-restore-at]", HTMLTimeElement, note);
  time.dateTime = at.toISOString();
  time.dataset.format = "short";
  time.textContent = when(at, "short");
  note.hidden = false;
  note.addEventListener("click", (e) => {
    const act = e.target instanceof Element ? e.target.closest("button[data-act]")?.getAttribute("data-act") : "";
    if (act !== "restore" && act !== "forget") return;
    (act === "restore" ? bring : forget)();
    note.hidden = true;
    field("title")?.focus();
  });
}

/**
 * Makes a list have n rows.
 * @param {string} kind
 * @param {number} n
 */
function grow(kind, n) {
  const section = must(`[data-rows="${kind}"]`, HTMLElement, form);
  const list = must("[data-list]", HTMLElement, section);
  const add = must('button[data-do="add"]', HTMLButtonElement, section);
  for (let have = list.children.length; have < n && list.children.length === have; have++) add.click();
  while (list.children.length > n) list.lastElementChild?.remove();
}

/** @type {ReturnType<typeof keeping> | undefined} */
let kept;

await ready;
zones();
rows(form, touched);
capacity(form);
kept = keeping(form, boot, { grow, changed: touched, offer });
document.addEventListener("languagechange", () => capacity(form));
