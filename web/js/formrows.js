// The form's rows (questions, traits, interviewers): added, moved by button, key or pointer, removed, and brought back.
// Without this the same buttons go to the server.
import { must } from "./dom.js";
import { say, t } from "./i18n.js";

/** @param {Element} row */
const fields = (row) => [...row.querySelectorAll("input:not([type=hidden])")].filter((i) => i instanceof HTMLInputElement);

/** @param {Element} row */
const filled = (row) => fields(row).some((i) => i.value.trim());

/** @param {HTMLElement} section */
const rowsOf = (section) => must("[data-list]", HTMLElement, section);

/** How many rows say something. @param {HTMLElement} section */
function count(section) {
  const used = [...rowsOf(section).children].filter(filled).length;
  const words = section.querySelector("h2 .soft [data-i18n]");
  if (words) say(words, "form.used", { used, max: Number(section.dataset.max) });
}

/** Numbers, names and buttons follow the order. @param {HTMLElement} section */
export function renumber(section) {
  const kind = section.dataset.rows ?? "";
  const rows = [...rowsOf(section).children];
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
  count(section);
  const full = rows.length >= Number(section.dataset.max);
  section.querySelector(`#${kind}-full`)?.toggleAttribute("hidden", !full);
  const add = must('button[data-do="add"]', HTMLButtonElement, section);
  if (full) add.setAttribute("aria-disabled", "true");
  else add.removeAttribute("aria-disabled");
}

/** @param {Element} row */
function focusRow(row) {
  fields(row)[0]?.focus();
}

/** @type {WeakMap<HTMLElement, {row: HTMLElement, index: number}>} */
const removed = new WeakMap();

/**
 * Offers the removed row back; undefined: nothing to bring back.
 * @param {HTMLElement} section
 * @param {{row: HTMLElement, index: number}} [what]
 */
function offer(section, what) {
  const line = section.querySelector("[data-undo]");
  if (!(line instanceof HTMLElement)) return;
  line.hidden = !what;
  for (const old of line.querySelectorAll("input[type=hidden]")) old.remove(); // the server's
  if (!what) {
    removed.delete(section);
    return;
  }
  removed.set(section, what);
  const words = line.querySelector("p [data-i18n]");
  if (words) say(words, `form.${section.dataset.rows}.removed`, { n: what.index + 1 });
}

/** Says where a row is now, to those who do not see it. @param {HTMLElement} section @param {Element} row */
function tell(section, row) {
  let region = section.querySelector("[data-moved]");
  if (!region) {
    region = document.createElement("p");
    region.className = "ds-sr-only";
    region.setAttribute("role", "status");
    region.setAttribute("data-moved", "");
    section.append(region);
  }
  region.textContent = t("form.moved", { n: [...rowsOf(section).children].indexOf(row) + 1 });
}

/**
 * Moves a row one place; the focus stays on what was pressed.
 * @param {HTMLElement} section
 * @param {Element} row
 * @param {"up" | "down"} way
 */
function move(section, row, way) {
  const active = document.activeElement;
  if (way === "up") row.previousElementSibling?.before(row);
  else row.nextElementSibling?.after(row);
  renumber(section);
  if (active instanceof HTMLElement && row.contains(active)) active.focus();
  tell(section, row);
}

/**
 * Carries out a row's button here. False: the server must.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} b
 */
function press(form, b) {
  const section = must(`[data-rows="${(b.value.split(".")[0] ?? "").replace(/\W/g, "")}"]`, HTMLElement, form);
  const rows = rowsOf(section);
  const row = b.closest("[data-row]");
  switch (b.dataset.do) {
    case "add": {
      if (rows.children.length >= Number(section.dataset.max)) return true;
      const blank = must("template", HTMLTemplateElement, section).content.firstElementChild?.cloneNode(true);
      if (!(blank instanceof HTMLElement)) return true;
      rows.append(blank);
      renumber(section);
      grip(section);
      focusRow(blank);
      return true;
    }
    case "up":
    case "down":
      if (row) move(section, row, b.dataset.do);
      b.focus();
      return true;
    case "remove": {
      if (!(row instanceof HTMLElement)) return true;
      const index = [...rows.children].indexOf(row);
      const near = row.nextElementSibling ?? row.previousElementSibling;
      row.remove();
      offer(section, filled(row) ? { row, index } : undefined);
      renumber(section);
      if (near) focusRow(near);
      else must('button[data-do="add"]', HTMLElement, section).focus();
      return true;
    }
    case "undo": {
      const what = removed.get(section);
      if (!what) return false;
      if (rows.children.length >= Number(section.dataset.max)) return true;
      rows.insertBefore(what.row, rows.children[what.index] ?? null);
      offer(section);
      renumber(section);
      focusRow(what.row);
      return true;
    }
  }
  return false;
}

/** The numbers of a section become handles. @param {HTMLElement} section */
function grip(section) {
  if (section.dataset.rows === "interviewer") return; // their order means nothing
  for (const n of rowsOf(section).querySelectorAll(":scope > li > .n")) n.setAttribute("data-grip", "");
}

/**
 * A row that is held by its number follows the pointer, up and down among its neighbours.
 * @param {HTMLFormElement} form
 * @param {() => void} changed
 */
function dragging(form, changed) {
  /** @type {{row: HTMLElement, section: HTMLElement, grip: HTMLElement} | null} */
  let held = null;
  const drop = () => {
    if (!held) return;
    held.row.removeAttribute("data-held");
    renumber(held.section);
    tell(held.section, held.row);
    held = null;
    changed();
  };
  form.addEventListener("pointerdown", (e) => {
    const handle = e.target instanceof Element ? e.target.closest("[data-grip]") : null;
    const row = handle?.closest("li");
    const section = handle?.closest("[data-rows]");
    if (!(handle instanceof HTMLElement) || !(row instanceof HTMLElement) || !(section instanceof HTMLElement) || e.button !== 0) return;
    e.preventDefault();
    held = { row, section, grip: handle };
    row.setAttribute("data-held", "");
    handle.setPointerCapture(e.pointerId);
  });
  form.addEventListener("pointermove", (e) => {
    if (!held) return;
    const { row, grip } = held;
    const before = row.previousElementSibling?.getBoundingClientRect();
    const after = row.nextElementSibling?.getBoundingClientRect();
    if (before && e.clientY < before.top + before.height / 2) row.previousElementSibling?.before(row);
    else if (after && e.clientY > after.top + after.height / 2) row.nextElementSibling?.after(row);
    else return;
    if (!grip.hasPointerCapture(e.pointerId)) grip.setPointerCapture(e.pointerId); // moving in the tree lets go
  });
  form.addEventListener("pointerup", drop);
  form.addEventListener("pointercancel", drop);
}

/**
 * Makes the rows of a form work here.
 * @param {HTMLFormElement} form
 * @param {() => void} changed called after every change of the rows
 */
export function rows(form, changed) {
  form.addEventListener("click", (e) => {
    const b = e.target instanceof Element ? e.target.closest("button[data-do]") : null;
    if (!(b instanceof HTMLButtonElement) || !press(form, b)) return;
    e.preventDefault();
    changed();
  });
  form.addEventListener("input", (e) => {
    const section = e.target instanceof Element ? e.target.closest("[data-rows]") : null;
    if (section instanceof HTMLElement) count(section);
  });
  // Alt and an arrow move the row one is in; Enter in the last one begins another.
  form.addEventListener("keydown", (e) => {
    const row = e.target instanceof HTMLInputElement ? e.target.closest("[data-row]") : null;
    const section = row?.closest("[data-rows]");
    if (!row || !(section instanceof HTMLElement) || section.dataset.rows === "interviewer") return;
    if (e.altKey && (e.key === "ArrowUp" || e.key === "ArrowDown")) {
      e.preventDefault();
      move(section, row, e.key === "ArrowUp" ? "up" : "down");
      changed();
    } else if (e.key === "Enter" && !e.isComposing) {
      e.preventDefault();
      const next = row.nextElementSibling;
      if (next) focusRow(next);
      else if (filled(row)) must('button[data-do="add"]', HTMLButtonElement, section).click();
    }
  });
  dragging(form, changed);
  for (const s of form.querySelectorAll("[data-rows]")) {
    if (!(s instanceof HTMLElement)) continue;
    renumber(s);
    grip(s);
  }
}
