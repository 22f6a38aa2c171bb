// How many fit: the figure, the formula in words and the picture beside the form follow what is typed. It reckons as
// capacity.go does.
import { must } from "./dom.js";
import { plural, say, t } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const width = 288, gap = 4, height = 24, rowHeight = 30, maxRows = 8, maxColumns = 24;

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function typed(form, name) {
  const e = form.elements.namedItem(name);
  return e instanceof HTMLInputElement ? e.value.trim() : "";
}

/**
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function number(form, name) {
  const words = typed(form, name);
  const n = /^\d{1,5}$/.test(words) ? Number(words) : 0;
  return n <= 10000 ? n : 0;
}

/** @param {HTMLFormElement} form */
function interviewers(form) {
  let n = 0;
  for (const row of form.querySelectorAll('[data-rows="interviewer"] [data-list] > li')) {
    if ([...row.querySelectorAll("input:not([type=hidden])")].some((i) => i instanceof HTMLInputElement && i.value.trim())) n++;
  }
  return n;
}

/** Writes the figure anew. @param {HTMLFormElement} form */
export function capacity(form) {
  const length = number(form, "length"), talk = number(form, "talk"), pause = number(form, "pause"), places = number(form, "places");
  const people = interviewers(form);
  const each = talk > 0 && length >= talk ? Math.floor((length + pause) / (talk + pause)) : 0;
  const total = each * people;
  const figure = must("[data-total]", HTMLElement, form);
  if (figure.textContent !== String(total)) figure.textContent = String(total); // a live region speaks of changes only
  const unit = form.querySelector("[data-unit] [data-i18n]");
  if (unit) say(unit, "form.candidates", { count: total });
  const sum = form.querySelector("[data-sum] [data-i18n]");
  if (sum) say(sum, pause > 0 ? "form.sumPause" : "form.sum", { minutes: length + pause, each: talk + pause, count: people });
  draw(must("[data-blocks]", SVGElement, form), Math.min(each, maxColumns), Math.min(people, maxRows));

  const over = must("#over", HTMLElement, form);
  const words = must("[data-over]", HTMLElement, over);
  over.hidden = places <= total;
  const text = over.hidden ? "" : [plural("form.over", places - total), until(typed(form, "clock"), places, people, talk, pause)].filter(Boolean).join(" ");
  if (words.textContent !== text) words.replaceChildren(text);
}

/**
 * When the last talk would end, in words; "" if nobody can say.
 * @param {string} clock
 * @param {number} places
 * @param {number} people
 * @param {number} talk
 * @param {number} pause
 */
function until(clock, places, people, talk, pause) {
  const at = /^(\d{1,2}):(\d{2})/.exec(clock);
  if (!at || people === 0 || talk === 0) return "";
  const end = Number(at[1]) * 60 + Number(at[2]) + Math.ceil(places / people) * (talk + pause) - pause;
  if (end >= 24 * 60) return "";
  return t("form.until", { time: `${String(Math.floor(end / 60)).padStart(2, "0")}:${String(end % 60).padStart(2, "0")}` });
}

/**
 * @param {SVGElement} svg
 * @param {number} columns
 * @param {number} rows
 */
function draw(svg, columns, rows) {
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
