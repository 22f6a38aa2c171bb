// Before checking in: when it is, whom he will meet, what it is about, the device check at any time, and the check-in
// from the moment the lobby opens.
import { h, icon } from "./dom.js";
import { say, when } from "./i18n.js";
import { leftNow } from "./clock.js";
import { canNotify } from "./alert.js";
import { ownPage } from "./appointment.js";
import { checkScreen } from "./check.js";
import { contact, doors } from "./doors.js";
import { busy, button, plain, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./lobby.js").Context} Context */

/**
 * The check-in button with what it means. The click is his agreement, and unlocks sound. It stays at the lower edge
 * whatever grows above it.
 * @param {Context} c
 * @param {() => View} view
 * @param {() => number} at
 */
function checkIn(c, view, at) {
  const tick = h("input", { class: "ds-input", type: "checkbox", id: "notify", checked: c.notify });
  const go = button({
    key: "lobby.checkIn",
    class: "ds-button ds-button--big ds-button--wide",
    act: "check-in",
    press: () => void busy(go, () => c.checkIn(tick.checked)),
  });
  const soon = words("p", "lobby.opensIn", { count: 0 }, { class: "note note--act live-plainnote" });
  const agreement = words("p", "lobby.agree", undefined, { class: "small soft center" });
  const notify = canNotify() && h("label", { class: "tick small center" }, tick, words("span", "lobby.notify"));
  const dock = h("div", { class: "dock" }, go, agreement, notify);
  const update = () => {
    const left = leftNow(view().opens, at());
    soon.hidden = left <= 0;
    if (left > 0) opensIn(soon, left);
    // One filled button: the device check until it is done, the check-in after it.
    dock.hidden = left > 0 || !c.devices.settled;
    return left <= 0;
  };
  update();
  return { soon, dock, update };
}

/** @param {HTMLElement} e @param {number} left ms */
function opensIn(e, left) {
  const minutes = Math.ceil(left / 60_000);
  if (minutes > 48 * 60) say(e, "lobby.opensDays", { count: Math.floor(minutes / 1440) });
  else if (minutes > 90) say(e, "lobby.opensHours", { count: Math.round(minutes / 60) });
  else say(e, "lobby.opensIn", { count: minutes });
}

/** When it is, in the session's zone and, if that is another, on his own clock. @param {Context} c */
function times(c) {
  const chosen = c.boot.appointment?.start;
  const start = new Date(chosen || c.boot.start);
  const end = new Date(start.valueOf() + (chosen ? c.boot.talkMinutes : c.boot.lengthMinutes) * 60_000);
  const there = h("b", {});
  const zone = h("span", { class: "soft" });
  const own = h("span", { "data-own": true });
  const element = h(
    "p",
    { class: "row row--tight row--line" },
    icon("cal"),
    h("span", {}, there, h("br"), zone, c.otherZone && h("br"), c.otherZone && own),
  );
  const span = (/** @type {string | undefined} */ z) => `${when(start, "date", z)}, ${when(start, "clock", z)}–${when(end, "clock", z)}`;
  const update = () => {
    plain(there, capital(span(c.boot.zone)));
    say(zone, "time.zone", { city: c.boot.city, offset: c.boot.offset });
    if (c.otherZone) say(own, "lobby.yourTime", { time: span(undefined) });
  };
  return { element, update };
}

/** @param {string} s */
function capital(s) {
  return s.slice(0, 1).toLocaleUpperCase() + s.slice(1);
}

/** The names of those he may meet, as a sentence would have them. @param {readonly string[]} names */
function meet(names) {
  const p = h("span", {});
  const last = names.at(-1) ?? "";
  const update = () => {
    if (names.length === 1) say(p, "lobby.meetOne", { name: last });
    else say(p, "lobby.meetOneOf", { names: names.slice(0, -1).join(", "), last });
  };
  update();
  return p;
}

/** @param {Context} c @param {View} first */
export function registeredScreen(c, first) {
  let view = first;
  let at = performance.now();
  const foot = checkIn(c, () => view, () => at);
  const check = button({
    key: "lobby.check",
    icon: "cam",
    class: "ds-button ds-button--wide",
    act: "check",
    press: () => c.go("check"),
  });
  // At the lower edge it is the one thing to do; once the check-in stands there, it is one choice among others.
  const ask = h("div", { class: "dock" }, check);
  const later = h("div", { class: "stack g4" }, foot.soon);
  const clock = times(c);
  const fact = (/** @type {string} */ picture, /** @type {Node} */ what) => h("p", { class: "row row--tight row--line" }, icon(picture), what);
  const element = h(
    "div",
    { class: "live-screen" },
    h(
      "div",
      { class: "stack g2" },
      words("p", "lobby.hello", { name: c.boot.firstName }, { class: "eyebrow" }),
      h("h1", {}, c.boot.title),
      c.boot.appointment?.start && words("p", "appointments.yours", undefined, { class: "strong" }),
    ),
    h(
      "section",
      { class: "sheet stack g3 live-facts" },
      clock.element,
      fact("clock", words("span", "lobby.length", { count: c.boot.talkMinutes })),
      c.boot.interviewers.length > 0 && fact("person", meet(c.boot.interviewers)),
      fact("persons", words("span", c.boot.appointment?.start ? "appointments.order" : "lobby.order")),
      h(
        "p",
        {},
        h("a", { class: "quiet quiet--link", href: c.boot.appointment?.start ? c.boot.appointment.calendar : c.boot.calendar, "data-act": "calendar" }, icon("cal"), words("span", "lobby.calendar")),
      ),
      c.boot.appointment?.start && h("p", {}, ownPage(c, "appointments.change", "pen")),
    ),
    later,
    contact(c, "lobby.contact"),
    doors(c, ["job", "ad", "how", "ways", "other", "help", "details", "withdraw"]),
    ask,
    foot.dock,
  );
  const update = () => {
    const open = foot.update();
    const done = c.devices.settled;
    const place = done && open ? later : ask;
    if (check.parentElement !== place) place.append(check);
    ask.hidden = place !== ask;
    if (done) check.dataset.variant = "secondary";
    else delete check.dataset.variant;
    const label = check.querySelector("[data-i18n]");
    if (label) say(label, !open || done ? "lobby.check" : "lobby.checkThenIn");
  };
  clock.update();
  update();
  c.devices.addEventListener("change", update);
  return {
    element,
    tick: update,
    /** @param {View} v @param {number} w */
    update: (v, w) => {
      view = v;
      at = w;
      clock.update();
      update();
    },
    stop: () => c.devices.removeEventListener("change", update),
  };
}

/** The device check before the lobby. @param {Context} c @param {View} first */
export function registeredCheck(c, first) {
  let view = first;
  let at = performance.now();
  const foot = checkIn(c, () => view, () => at);
  const back = button({ key: "check.back", icon: "left", class: "quiet center", act: "back", press: () => c.go("") });
  const screen = checkScreen(c, { foot: () => [h("div", { class: "foot" }, foot.soon, back), foot.dock], back: () => c.go("") });
  return {
    element: screen.element,
    tick: foot.update,
    /** @param {View} v @param {number} w */
    update: (v, w) => {
      view = v;
      at = w;
      foot.update();
    },
    stop: screen.stop,
  };
}
