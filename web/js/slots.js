// The times of a round: days from the calendar, times as the server proposes them by the frame, and a sum that says
// whether they suffice. What is chosen stays when the frame changes, over a reload, and when saving is refused.
import { boot as born, recall, remember, storage } from "./boot.js";
import { h, icon, must } from "./dom.js";
import { ready, say } from "./i18n.js";
import { month } from "./month.js";
import { facts, slotDays } from "./slotdays.js";

/** @typedef {import("./slotdays.js").Day} Day */
/** @typedef {import("./slotdays.js").Fault} Fault */
/** @typedef {{date: string, video: boolean, address: string, chosen: string[], times: string[], change: {from: string, to: string} | null, fault: Fault | null, wrong: Fault | null}} DayBoot */
/** @typedef {{round: string, zone: string, proposals: string, today: string, last: string, max: number, people: number, revision: number, saved: number, fresh: boolean, days: DayBoot[], slots: import("./slotdays.js").Slot[], holidays: Record<string, string[]>}} Boot */
/** @typedef {{revision: number, sent: boolean, fields: Record<string, string>, days: {date: string, video: boolean, address: string, chosen: string[]}[]}} Draft */

const boot = /** @type {Boot} */ (born());
const form = must("form[data-slots]", HTMLFormElement);
const frameFields = ["length", "pause", "from", "until", "seats"];
const fields = [...frameFields, "cutoff"];
const typing = 300; // ms after the last key before times are proposed anew

/** @param {string} name */
function field(name) {
  const e = form.elements.namedItem(name);
  if (e instanceof HTMLInputElement || e instanceof HTMLSelectElement) return e;
  throw new Error(`no field ${name}`);
}

// ---- what is chosen

/** @type {Map<string, Day>} */
const days = new Map();
/** Days that were taken away, as they were: who chooses one again finds it so. @type {Map<string, Day>} */
const shelf = new Map();
const slots = new Map(boot.slots.map((s) => [s.at, s]));

const sorted = () => [...days.values()].sort((a, b) => (a.date < b.date ? -1 : 1));

/** @param {{date: string, video: boolean, address: string, chosen: string[]} & Partial<DayBoot>} d @returns {Day} */
function dayOf(d) {
  return {
    date: d.date, video: d.video, address: d.address, chosen: new Set(d.chosen), times: d.times ?? [], kept: new Set(d.chosen),
    change: d.change ?? null, fault: d.fault ?? null, wrong: d.wrong ?? null,
  };
}

function frame() {
  const whole = (/** @type {string} */ name, /** @type {number} */ otherwise) => {
    const n = Number.parseInt(field(name).value, 10);
    return Number.isFinite(n) && n > 0 ? n : otherwise;
  };
  return { minutes: whole("length", 45), seats: whole("seats", 1), cutOff: whole("cutoff", 0) };
}

/** All that would be saved, as text. */
function snapshot() {
  return JSON.stringify([
    fields.map((f) => field(f).value),
    sorted().map((d) => [d.date, d.video, d.video ? "" : d.address, [...d.chosen].sort()]),
  ]);
}

// ---- keeping it

const store = storage("session");
const key = `nextup.slots.${boot.round}`;
let first = "";
let sending = false;
const dirty = () => !boot.fresh || snapshot() !== first;

function keep(sent = false) {
  if (!dirty() && !sent) {
    remember(store, key, undefined);
    return;
  }
  /** @type {Draft} */
  const draft = {
    revision: Number(field("revision").value), sent,
    fields: Object.fromEntries(fields.map((f) => [f, field(f).value])),
    days: sorted().map((d) => ({ date: d.date, video: d.video, address: d.address, chosen: [...d.chosen] })),
  };
  remember(store, key, draft);
}

/** Brings back what this tab had not saved. */
function restore() {
  const draft = recall(store, key, /** @type {Draft | null} */ (null));
  if (!draft || !boot.fresh) return;
  if (draft.sent && draft.revision < boot.saved) {
    remember(store, key, undefined); // it arrived
    return;
  }
  for (const f of fields) field(f).value = draft.fields[f] ?? field(f).value;
  for (const d of sorted()) shelf.set(d.date, d);
  days.clear();
  for (const d of draft.days) if (d.date >= boot.today) days.set(d.date, dayOf(d));
  field("revision").value = String(draft.revision); // if somebody saved since, saving will show both
  if (!dirty()) return;
  must("[data-restored]", HTMLElement).hidden = false;
  void propose();
}

// ---- proposals

let asked = 0;
let timer = 0;
const offline = must("[data-offline]", HTMLElement);

function proposeSoon() {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void propose(), typing);
}

async function propose() {
  window.clearTimeout(timer);
  const mine = ++asked;
  const q = new URLSearchParams();
  for (const f of frameFields) q.set(f, field(f).value);
  for (const d of sorted()) q.append("date", d.date);
  try {
    const r = await fetch(`${boot.proposals}?${q}`, { cache: "no-store", headers: { Accept: "application/json" } });
    if (!r.ok) throw new Error(String(r.status));
    /** @type {{faults: Record<string, Fault>, days: DayBoot[]}} */
    const answer = await r.json();
    if (mine !== asked) return;
    offline.hidden = true;
    for (const f of frameFields) fault(f, answer.faults[f] ?? null);
    for (const d of answer.days) {
      const day = days.get(d.date);
      if (!day) continue;
      for (const x of day.chosen) day.kept.add(x);
      day.times = d.times;
      day.change = d.change;
    }
    show();
  } catch {
    if (mine !== asked) return;
    offline.hidden = false;
    say(must("[data-words]", HTMLElement, offline), "slots.offline");
  }
}

/** An error under its field, as the server writes it. @param {string} name @param {Fault | null} f */
function fault(name, f) {
  const input = field(name);
  const id = `${name}-fault`;
  const hints = (input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter((x) => x && x !== id);
  document.getElementById(id)?.remove();
  if (f) {
    const span = h("span", {});
    say(span, f.key, { count: f.count });
    input.closest(".field")?.append(h("p", { class: "state state--bad wrapline", id, "data-fault": true }, icon("bang"), span));
    input.setAttribute("aria-invalid", "true");
    hints.push(id);
  } else input.removeAttribute("aria-invalid");
  if (hints.length) input.setAttribute("aria-describedby", hints.join(" "));
  else input.removeAttribute("aria-describedby");
}

// ---- choosing days

/** @param {string} date */
function toggle(date) {
  const there = days.get(date);
  if (there) {
    shelf.set(date, there);
    days.delete(date);
    changed();
    return;
  }
  if (days.size >= boot.max) {
    fault("date", { key: "slots.error.days", count: boot.max });
    return;
  }
  const before = sorted().filter((d) => d.date < date).at(-1) ?? sorted()[0];
  days.set(date, shelf.get(date) ?? dayOf({ date, video: before?.video ?? true, address: before?.address ?? "", chosen: [] }));
  changed();
  void propose();
}

function addDate() {
  const date = field("date").value;
  if (!/^\d{4}-\d\d-\d\d$/.test(date)) fault("date", { key: "slots.error.date", count: 0 });
  else if (date < boot.today) fault("date", { key: "slots.error.past", count: 0 });
  else if (date > boot.last) fault("date", { key: "slots.error.far", count: 2 });
  else {
    fault("date", null);
    if (!days.has(date)) toggle(date);
    grid.show(date);
    if (days.has(date)) field("date").value = "";
    return;
  }
  field("date").focus();
}

// ---- showing

const ways = {
  zone: boot.zone,
  slots,
  frame,
  count: () => days.size,
  changed,
  remove: (/** @type {Day} */ day) => {
    toggle(day.date);
    must("#times", HTMLElement).focus({ preventScroll: true });
  },
  same: (/** @type {Day} */ day) => {
    for (const d of days.values()) {
      d.video = day.video;
      d.address = day.address;
    }
    changed();
  },
};

await ready;
const showDays = slotDays(must("[data-days]", HTMLElement), ways);
for (const d of boot.days) days.set(d.date, dayOf(d));
first = snapshot();
const calendar = must("[data-calendar]", HTMLElement);
const opener = must('[data-act="calendar"]', HTMLButtonElement);
const grid = month({ today: boot.today, last: boot.last, holidays: boot.holidays, chosen: (d) => days.has(d), count: () => days.size, toggle, done });
calendar.append(...grid.nodes);
calendar.hidden = false;
must("[data-only-narrow]", HTMLElement).hidden = false;
if (boot.days[0]) grid.show(boot.days[0].date);

/** @param {boolean} open */
function openCalendar(open) {
  calendar.toggleAttribute("data-closed", !open);
  opener.setAttribute("aria-expanded", String(open));
}
openCalendar(days.size === 0);
opener.addEventListener("click", () => openCalendar(calendar.hasAttribute("data-closed")));

function done() {
  openCalendar(false);
  const head = must("#times", HTMLElement);
  head.focus({ preventScroll: true });
  head.scrollIntoView({ block: "nearest" });
}

const sum = must("[data-sum]", HTMLElement);
const [times, room, people, short] = [h("span", {}), h("span", {}), h("span", {}), h("span", {})];
const warn = h("span", { class: "state state--wait" }, icon("warn"), short);
sum.replaceChildren(h("b", { class: "strong" }, times, " ", room, " ", people), warn);

function total() {
  let n = 0;
  let places = 0;
  for (const d of days.values()) {
    for (const at of d.chosen) {
      n++;
      places += facts(ways, at).room;
    }
  }
  say(times, "slots.sum.times", { count: n });
  room.hidden = places === n;
  say(room, "slots.sum.room", { count: places });
  say(people, "slots.sum.people", { count: boot.people });
  warn.hidden = places >= boot.people;
  if (!warn.hidden) say(short, "slots.sum.short", { count: boot.people - places });
}

function show() {
  showDays(sorted());
  grid.update();
  total();
}

function changed() {
  show();
  keep();
}

restore();
show();
document.addEventListener("languagechange", show);
// ---- fields and buttons

form.addEventListener("input", (e) => {
  if (!(e.target instanceof HTMLInputElement || e.target instanceof HTMLSelectElement)) return;
  if (!fields.includes(e.target.name)) return;
  changed();
  if (frameFields.includes(e.target.name)) proposeSoon();
});
form.addEventListener("keydown", (e) => {
  if (e.key !== "Enter" || !(e.target instanceof HTMLInputElement)) return;
  e.preventDefault(); // Enter proposes or adds; it never saves half of it
  if (e.target.name === "date") addDate();
  else if (frameFields.includes(e.target.name)) void propose();
});
must('[data-act="add-date"]', HTMLButtonElement).addEventListener("click", (e) => {
  e.preventDefault();
  addDate();
});
must('[data-act="discard"]', HTMLButtonElement).addEventListener("click", () => {
  remember(store, key, undefined);
  sending = true;
  location.reload();
});
form.addEventListener("submit", () => {
  sending = true;
  keep(true);
});
window.addEventListener("pageshow", () => (sending = false));

// ---- leaving

window.addEventListener("beforeunload", (e) => {
  if (dirty() && !sending) e.preventDefault();
});
const leave = must("dialog[data-leave]", HTMLDialogElement);
let to = "";
document.addEventListener("click", (e) => {
  const a = e.target instanceof Element ? e.target.closest("a[href]") : null;
  if (!(a instanceof HTMLAnchorElement) || e.defaultPrevented || e.ctrlKey || e.metaKey || e.shiftKey || a.target === "_blank" || a.hash || !dirty()) return;
  e.preventDefault();
  to = a.href;
  leave.showModal();
});
must('[data-act="stay"]', HTMLButtonElement, leave).addEventListener("click", () => leave.close());
must('[data-act="leave"]', HTMLButtonElement, leave).addEventListener("click", () => {
  remember(store, key, undefined);
  sending = true;
  location.assign(to);
});
