// The time that somebody has chosen for his talk, as he and the interviewers read it.
import { h, icon } from "./dom.js";
import { say, when } from "./i18n.js";
import { recall, remember, storage } from "./boot.js";
import { plain, state, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./lobby.js").Context} Context */

/**
 * Whether what the page was made with is not his time any more: it has to be made anew, once for each time.
 * @param {Context} c
 * @param {View} v
 */
export function moved(c, v) {
  if (!c.boot.appointment) return false;
  const { start } = c.boot.appointment;
  if ((start && clock(start, c.boot.zone)) === (v.booked ?? "")) return false;
  const store = storage("session");
  const before = recall(store, "nextup.moved", "");
  remember(store, "nextup.moved", v.booked ?? "none");
  return before !== (v.booked ?? "none");
}

/** "10:20", as views have it. @param {string} start RFC 3339 @param {string} zone */
function clock(start, zone) {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(start));
}

/** What his time means now: he is early, it has come, or he is late. @param {View} v @returns {"early" | "promised" | "late" | ""} */
function stage(v) {
  if (v.promised) return "promised";
  if (v.late) return "late";
  return (v.due ?? 0) > 0 ? "early" : "";
}

/** In the lobby: his time, and what it means. @param {Context} c */
export function ownTime(c) {
  const time = h("p", { class: "strong" });
  const own = h("p", { class: "soft small", "data-own": true });
  const text = h("p", { class: "small" });
  const element = h("div", { class: "note", "data-own-time": true, hidden: true }, icon("cal"), time, own, text);
  let shown = "";
  return {
    element,
    /** @param {View} v */
    update: (v) => {
      element.hidden = !v.booked;
      if (!v.booked) return;
      const start = c.boot.appointment?.start;
      own.hidden = !c.otherZone || !start;
      if (!own.hidden) say(own, "lobby.yourTime", { time: when(new Date(start ?? ""), "clock", undefined) });
      const now = stage(v);
      const key = `${v.booked} ${now} ${document.documentElement.lang}`;
      if (key === shown) return;
      shown = key;
      say(time, now === "late" ? "appointments.wasTime" : "appointments.yourTime", { time: v.booked });
      text.hidden = !now;
      if (now) say(text, `appointments.${now}`);
      element.classList.toggle("note--act", now === "promised");
      element.classList.toggle("note--wait", now === "late");
    },
  };
}

/** The way to his own page, where he changes or cancels his time. @param {Context} c @param {string} key @param {"pen" | "left"} picture */
export function ownPage(c, key, picture) {
  const to = c.boot.appointment?.personal;
  return !!to && h("a", { class: "quiet quiet--link", href: to, "data-act": "own-page" }, icon(picture), words("span", key));
}

/** The chosen time in a row of the queue; nothing where there is none. @param {{booked?: string, promised?: boolean} | undefined} r */
export function bookedState(r) {
  if (!r?.booked) return undefined;
  return r.promised
    ? state("act", "clock", "appointments.row.promised", { time: r.booked })
    : state("", "cal", "appointments.row.booked", { time: r.booked });
}

/**
 * Shows it in a place of its own.
 * @param {HTMLElement} place
 * @param {Row | undefined} r
 */
export function showBooked(place, r) {
  const key = r?.booked ? `${r.booked} ${!!r.promised} ${document.documentElement.lang}` : "";
  place.hidden = key === "";
  if (place.dataset.shown === key) return;
  place.dataset.shown = key;
  const s = bookedState(r);
  if (s) place.replaceChildren(s);
  else plain(place, "");
}

/** Those who have a time come first, in its order; the others as they registered. @param {readonly Row[]} rows */
export function byTime(rows) {
  return rows
    .map((r, i) => ({ r, i }))
    .sort((a, b) => (a.r.booked && b.r.booked ? a.r.booked.localeCompare(b.r.booked) : +!a.r.booked - +!b.r.booked) || a.i - b.i)
    .map(({ r }) => r);
}
