// The form for a quick interview: the capacity figure follows what is typed, rows are added, moved and removed in
// place, pasted job texts keep their headings and lists. Without this the same buttons go to the server.
import { must } from "./dom.js";
import { plural, ready, say, t } from "./i18n.js";
import { markdownOf } from "./paste.js";

const form = must("form[data-session-form]", HTMLFormElement);
/** @type {{new: boolean, keep: number, limit: number, max: number}} */
const boot = JSON.parse(document.getElementById("boot")?.textContent ?? "{}");

/** @param {string} name */
function field(name) {
  const e = form.elements.namedItem(name);
  return e instanceof HTMLInputElement || e instanceof HTMLSelectElement || e instanceof HTMLTextAreaElement ? e : null;
}

/** @param {string} name */
function number(name) {
  const typed = (field(name)?.value ?? "").trim();
  const n = /^\d{1,5}$/.test(typed) ? Number(typed) : 0;
  return n <= 10000 ? n : 0;
}

// ---- capacity

const SVG = "http://www.w3.org/2000/svg";
// As in capacity.go.
const width = 288, gap = 4, height = 24, rowHeight = 30, maxRows = 8, maxColumns = 24;

function interviewers() {
  let n = 0;
  for (const row of form.querySelectorAll('[data-rows="interviewer"] [data-list] > li')) {
    if ([...row.querySelectorAll("input:not([type=hidden])")].some((i) => i instanceof HTMLInputElement && i.value.trim())) n++;
  }
  return n;
}

function capacity() {
  const length = number("length"), talk = number("talk"), pause = number("pause"), places = number("places");
  const people = interviewers();
  const each = talk > 0 && length >= talk ? Math.floor((length + pause) / (talk + pause)) : 0;
  const total = each * people;
  must("[data-total]", HTMLElement, form).textContent = String(total);
  const unit = form.querySelector("[data-unit] [data-i18n]");
  if (unit) say(unit, "form.candidates", { count: total });
  const sum = form.querySelector("[data-sum] [data-i18n]");
  if (sum) say(sum, "form.sum", { minutes: length + pause, each: talk + pause, count: people });
  draw(Math.min(each, maxColumns), Math.min(people, maxRows));

  const over = must("#over", HTMLElement, form);
  const words = must("[data-over]", HTMLElement, over);
  over.hidden = places <= total;
  const text = over.hidden ? "" : [plural("form.over", places - total), until(places, people, talk, pause)].filter(Boolean).join(" ");
  if (words.textContent !== text) words.replaceChildren(text);
}

/**
 * When the last talk would end, in words; "" if nobody can say.
 * @param {number} places
 * @param {number} people
 * @param {number} talk
 * @param {number} pause
 */
function until(places, people, talk, pause) {
  const at = /^(\d{1,2}):(\d{2})/.exec(field("clock")?.value ?? "");
  if (!at || people === 0 || talk === 0) return "";
  const end = Number(at[1]) * 60 + Number(at[2]) + Math.ceil(places / people) * (talk + pause) - pause;
  if (end >= 24 * 60) return "";
  return t("form.until", { time: `${String(Math.floor(end / 60)).padStart(2, "0")}:${String(end % 60).padStart(2, "0")}` });
}

/**
 * @param {number} columns
 * @param {number} rows
 */
function draw(columns, rows) {
  const svg = must("[data-blocks]", SVGElement, form);
  const w = columns > 0 ? Math.floor((width - gap * (columns - 1)) / columns) : 0;
  const blocks = [];
  for (let y = 0; columns > 0 && y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const r = document.createElementNS(SVG, "rect");
      for (const [k, v] of Object.entries({ x: x * (w + gap), y: y * rowHeight, width: w, height, rx: 5 })) r.setAttribute(k, String(v));
      blocks.push(r);
    }
  }
  svg.setAttribute("viewBox", `0 0 ${width} ${blocks.length > 0 ? rows * rowHeight - (rowHeight - height) : 0}`);
  svg.toggleAttribute("hidden", blocks.length === 0);
  svg.replaceChildren(...blocks);
}

// ---- rows

/** @param {HTMLElement} section */
function renumber(section) {
  const kind = section.dataset.rows ?? "";
  const rows = [...must("[data-list]", HTMLElement, section).children];
  rows.forEach((row, i) => {
    const n = i + 1;
    must(".n", HTMLElement, row).textContent = String(n);
    for (const e of row.querySelectorAll("[data-i18n-attr]")) {
      e.setAttribute("data-i18n-args", JSON.stringify({ n }));
      for (const pair of (e.getAttribute("data-i18n-attr") ?? "").split(" ")) {
        const colon = pair.indexOf(":");
        e.setAttribute(pair.slice(0, colon), t(pair.slice(colon + 1), { n }));
      }
    }
    for (const b of row.querySelectorAll("button[data-do]")) {
      if (!(b instanceof HTMLButtonElement)) continue;
      b.value = `${kind}.${b.dataset.do}.${i}`;
      const words = b.querySelector("[data-i18n]");
      if (words) say(words, `form.${kind}.${b.dataset.do}`, { n });
    }
  });
  const used = rows.filter((r) => [...r.querySelectorAll("input:not([type=hidden])")].some((i) => i instanceof HTMLInputElement && i.value.trim())).length;
  const max = Number(section.dataset.max);
  const count = section.querySelector("h2 .soft [data-i18n]");
  if (count) say(count, "form.used", { used, max });
  const full = rows.length >= max;
  section.querySelector(`#${kind}-full`)?.toggleAttribute("hidden", !full);
  const add = must('button[data-do="add"]', HTMLButtonElement, section);
  if (full) add.setAttribute("aria-disabled", "true");
  else add.removeAttribute("aria-disabled");
}

/** @param {Element} row */
function focusRow(row) {
  const first = row.querySelector("input:not([type=hidden])");
  if (first instanceof HTMLElement) first.focus();
}

/**
 * Carries out a row's button here. The focus stays on what was pressed, or goes to the neighbour of what went away.
 * @param {HTMLButtonElement} b
 */
function press(b) {
  const section = must(`[data-rows="${(b.value.split(".")[0] ?? "").replace(/\W/g, "")}"]`, HTMLElement, form);
  const rows = must("[data-list]", HTMLElement, section);
  const row = b.closest("[data-row]");
  switch (b.dataset.do) {
    case "add": {
      if (rows.children.length >= Number(section.dataset.max)) return;
      const blank = must("template", HTMLTemplateElement, section).content.firstElementChild?.cloneNode(true);
      if (!(blank instanceof HTMLElement)) return;
      rows.append(blank);
      renumber(section);
      focusRow(blank);
      break;
    }
    case "up":
      if (row?.previousElementSibling) row.previousElementSibling.before(row);
      renumber(section);
      b.focus();
      break;
    case "down":
      if (row?.nextElementSibling) row.nextElementSibling.after(row);
      renumber(section);
      b.focus();
      break;
    case "remove": {
      const near = row?.nextElementSibling ?? row?.previousElementSibling;
      row?.remove();
      renumber(section);
      if (near) focusRow(near);
      else must('button[data-do="add"]', HTMLElement, section).focus();
      break;
    }
  }
  capacity();
}

form.addEventListener("click", (e) => {
  const b = e.target instanceof Element ? e.target.closest("button[data-do]") : null;
  if (!(b instanceof HTMLButtonElement)) return;
  e.preventDefault();
  press(b);
});

// ---- what is typed

let typed = false; // since the last sign of life
let sending = false;

form.addEventListener("input", (e) => {
  typed = true;
  capacity();
  const section = e.target instanceof Element ? e.target.closest("[data-rows]") : null;
  if (section instanceof HTMLElement && section.dataset.rows !== "interviewer") {
    const count = section.querySelector("h2 .soft [data-i18n]");
    const used = [...section.querySelectorAll("[data-list] input:not([type=hidden])")].filter((i) => i instanceof HTMLInputElement && i.value.trim()).length;
    if (count) say(count, "form.used", { used, max: Number(section.dataset.max) });
  }
  tooLong();
});

/** A job text that is too long is said at once, not after it was sent. */
function tooLong() {
  const job = field("job");
  const long = [...(job?.value ?? "")].length > boot.limit;
  must("#job-long", HTMLElement, form).hidden = !long || document.getElementById("job-fault") !== null;
  return long;
}

form.addEventListener("submit", (e) => {
  if (tooLong()) {
    e.preventDefault();
    field("job")?.focus();
    return;
  }
  sending = true;
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
let changed = false;
form.addEventListener("input", () => (changed = true));
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

await ready;
zones();
for (const s of form.querySelectorAll("[data-rows]")) if (s instanceof HTMLElement) renumber(s);
capacity();
document.addEventListener("languagechange", capacity);
const first = document.querySelector("[data-first]");
if (first instanceof HTMLElement) first.focus();
