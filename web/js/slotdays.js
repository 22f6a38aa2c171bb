// The days of a round with the times that are proposed: what can be pressed, and what is sent with the form.
import { h, icon, list, setIcon } from "./dom.js";
import { say, t, when } from "./i18n.js";

/**
 * @typedef {object} Day
 * @property {string} date
 * @property {boolean} video
 * @property {string} address
 * @property {Set<string>} chosen moments in UTC, "2026-12-01T08:00:00Z"
 * @property {string[]} times those that the frame gives
 * @property {Set<string>} kept shown though the frame does not give them
 * @property {{from: string, to: string} | null} change of the clocks
 * @property {Fault | null} fault
 * @property {Fault | null} wrong of the address
 */

/** @typedef {{key: string, count: number}} Fault */
/** @typedef {{at: string, minutes: number, seats: number, booked: number}} Slot a time that is saved */

/**
 * @typedef {object} DaysWays
 * @property {string} zone
 * @property {Map<string, Slot>} slots by moment
 * @property {() => {minutes: number, seats: number, cutOff: number}} frame in minutes
 * @property {() => number} count of days
 * @property {() => void} changed
 * @property {(day: Day) => void} remove
 * @property {(day: Day) => void} same the place of this day on all
 */

/** What a time looks like: how long it is, how many may choose it, who has. @param {DaysWays} ways @param {string} at */
export function facts(ways, at) {
  const slot = ways.slots.get(at);
  const frame = ways.frame();
  const seats = Math.max(slot?.seats ?? 0, frame.seats, slot?.booked ?? 0);
  const near = Date.parse(at) - frame.cutOff * 60_000 < Date.now();
  return {
    near: near && seats > (slot?.booked ?? 0), // applicants are not offered it any more
    room: near ? (slot?.booked ?? 0) : seats,
    minutes: slot?.minutes ?? frame.minutes,
    seats,
    booked: slot?.booked ?? 0,
    other: slot !== undefined && slot.minutes !== frame.minutes,
  };
}

/** The chosen time that a time would run into. @param {DaysWays} ways @param {Day} day @param {string} at */
function clash(ways, day, at) {
  const begins = Date.parse(at);
  const ends = begins + facts(ways, at).minutes * 60_000;
  for (const other of day.chosen) {
    if (other === at) continue;
    const from = Date.parse(other);
    if (begins < from + facts(ways, other).minutes * 60_000 && from < ends) return other;
  }
  return "";
}

/** @param {string} tag @param {string} key @param {Record<string, unknown>} [props] */
function words(tag, key, props) {
  const e = h(/** @type {"span"} */ (tag), props);
  say(e, key);
  return e;
}

/**
 * @param {HTMLElement} place
 * @param {DaysWays} ways
 * @returns {(days: Day[]) => void} shows them
 */
export function slotDays(place, ways) {
  const sheet = h("div", { class: "sheet sheet--flush" });
  const empty = words("p", "slots.empty", { class: "sheet soft" });
  /** @type {WeakMap<Element, (day: Day) => void>} */
  const updates = new WeakMap();
  place.replaceChildren(sheet, empty);
  return (days) => {
    empty.hidden = days.length > 0;
    sheet.hidden = days.length === 0;
    list(sheet, days, (d) => d.date, row, (node, day) => updates.get(node)?.(day));
  };

  /** @param {Day} day */
  function row(day) {
    const id = `h-${day.date}`;
    const title = h("time", { dateTime: day.date });
    const all = h("button", { class: "quiet quiet--link", type: "button", "data-act": "all", "aria-describedby": id, on: { click: () => chooseAll() } });
    const remove = h("button", { class: "iconbtn", type: "button", "data-act": "remove-day", on: { click: () => ways.remove(day) } }, icon("trash"), words("span", "slots.removeDay", { class: "ds-sr-only" }));
    remove.setAttribute("aria-describedby", id);
    const together = h("p", { class: "small soft" });
    const change = h("p", { class: "small soft" });
    const note = h("p", { class: "small soft" });
    const times = h("div", { class: "times", role: "group", "aria-labelledby": id });
    const keptHead = words("p", "slots.kept", { class: "small strong" });
    const kept = h("div", { class: "times times--kept", role: "group" });
    const keptPart = h("div", { class: "stack g2", "data-kept": true }, keptHead, kept);
    const near = h("p", { class: "small soft" });
    const loses = h("p", { class: "state state--wait wrapline", role: "status" }, icon("warn"), h("span", {}));
    const fault = h("p", { class: "state state--bad wrapline", id: `day.${day.date}-fault`, "data-fault": true }, icon("bang"), h("span", {}));
    const starts = h("div", { hidden: true });
    const radio = (/** @type {boolean} */ video) => {
      const input = h("input", { type: "radio", name: `place.${day.date}`, value: video ? "video" : "address", "data-act": video ? "video" : "address", on: { change: () => set(video) } });
      return { input, label: h("label", {}, input, icon(video ? "cam" : "pin"), words("span", video ? "slots.video" : "slots.address")) };
    };
    const at = radio(false);
    const video = radio(true);
    const address = h("input", { class: "ds-input", name: `address.${day.date}`, "data-act": "place", autocomplete: "off", maxlength: 200, on: { input: () => { day.address = address.value; day.wrong = null; ways.changed(); } } });
    const wrong = h("p", { class: "state state--bad wrapline", id: `address.${day.date}-fault`, "data-fault": true }, icon("bang"), h("span", {}));
    const hint = words("p", "slots.noAddress", { class: "small soft" });
    const addressPart = h("div", { class: "field" }, address, wrong, hint);
    const videoHint = words("p", "slots.videoHint", { class: "small soft" });
    const same = h("p", { class: "row" }, h("button", { class: "quiet quiet--link", type: "button", "data-act": "same", "aria-describedby": id, on: { click: () => ways.same(day) } }, words("span", "slots.same")));
    const element = h(
      "section",
      { class: "dayrow stack g4", "aria-labelledby": id, "data-day": day.date },
      h("input", { type: "hidden", name: "day", value: day.date }),
      starts,
      h("div", { class: "row row--split row--line" }, h("div", {}, h("h3", { class: "capital", id }, title), together), h("span", { class: "row row--tight row--line" }, all, remove)),
      change,
      times,
      keptPart,
      note,
      near,
      loses,
      fault,
      h("fieldset", { class: "placeline" }, words("legend", "slots.place"), h("div", { class: "pick" }, at.label, video.label), addressPart, videoHint),
      same,
    );

    /** @param {boolean} toVideo */
    function set(toVideo) {
      day.video = toVideo;
      ways.changed();
      if (!toVideo) address.focus();
    }

    /** Those that can be pressed together: chosen already, or in nobody's way. */
    function free() {
      return day.times.filter((x) => day.chosen.has(x) || !clash(ways, day, x));
    }

    function chooseAll() {
      const every = free().every((x) => day.chosen.has(x));
      for (const x of free()) {
        if (!every) {
          if (!clash(ways, day, x)) day.chosen.add(x);
        } else if (!facts(ways, x).booked) day.chosen.delete(x); // who has one loses it only by its own button
      }
      day.fault = null;
      ways.changed();
    }

    /** @param {string} x */
    function press(x) {
      if (day.chosen.has(x)) day.chosen.delete(x);
      else if (clash(ways, day, x)) return;
      else day.chosen.add(x);
      day.fault = null;
      ways.changed();
    }

    /** @param {string} x */
    function time(x) {
      return h("button", { type: "button", "data-act": "time", "data-at": x, on: { click: () => press(x) } }, icon("plus"), h("span", { class: "num" }), h("span", { class: "small" }));
    }

    /** @param {HTMLButtonElement} b @param {string} x */
    function show(b, x) {
      const on = day.chosen.has(x);
      const f = facts(ways, x);
      const hit = on ? "" : clash(ways, day, x);
      b.setAttribute("aria-pressed", String(on));
      b.toggleAttribute("aria-disabled", hit !== "");
      if (hit) b.setAttribute("aria-disabled", "true");
      setIcon(b, on ? "check" : hit ? "x" : "plus");
      const [clock, about] = b.querySelectorAll("span");
      if (clock) clock.textContent = when(new Date(x), "clock", ways.zone);
      const parts = [];
      if (f.other) parts.push(t("common.minutes", { count: f.minutes }));
      if (hit) parts.push(t("slots.overlaps", { clock: when(new Date(hit), "clock", ways.zone) }));
      if (f.seats !== Math.max(1, ways.frame().seats)) parts.push(t("slots.at", { count: f.seats }));
      if (f.booked) parts.push(t("slots.booked", { count: f.booked }));
      if (about) about.textContent = parts.join(", ");
    }

    updates.set(element, (now) => {
      day = now;
      title.textContent = when(new Date(`${day.date}T12:00:00Z`), "date", "UTC");
      together.hidden = ways.frame().seats < 2;
      say(together, "slots.at", { count: ways.frame().seats });
      const able = free();
      say(all, able.length > 0 && able.every((x) => day.chosen.has(x)) ? "slots.noneOf" : "slots.all");
      all.hidden = day.times.length === 0;
      change.hidden = !day.change;
      if (day.change) say(change, "slots.change", day.change);
      list(times, day.times, (x) => x, time, show);
      const extra = [...new Set([...day.kept, ...day.chosen])].filter((x) => !day.times.includes(x)).sort();
      keptPart.hidden = extra.length === 0;
      list(kept, extra, (x) => x, time, show);
      const none = day.times.length === 0 && extra.length === 0;
      note.hidden = !none && day.chosen.size > 0;
      say(note, none ? "slots.none" : "slots.dayEmpty");
      const late = [...day.chosen].filter((x) => facts(ways, x).near).length;
      near.hidden = late === 0;
      say(near, "slots.near", { count: late });
      let lost = 0;
      for (const s of ways.slots.values()) {
        if ((day.times.includes(s.at) || day.kept.has(s.at)) && !day.chosen.has(s.at)) lost += s.booked;
      }
      loses.hidden = lost === 0;
      const losing = loses.querySelector("span");
      if (losing && lost) say(losing, "slots.loses", { count: lost });
      tell(fault, day.fault);
      tell(wrong, day.wrong);
      if (day.wrong) {
        address.setAttribute("aria-invalid", "true");
        address.setAttribute("aria-describedby", wrong.id);
      } else {
        address.removeAttribute("aria-invalid");
        address.removeAttribute("aria-describedby");
      }
      at.input.checked = !day.video;
      video.input.checked = day.video;
      addressPart.hidden = day.video;
      videoHint.hidden = !day.video;
      hint.hidden = day.address.trim() !== "";
      if (address.value !== day.address) address.value = day.address;
      address.setAttribute("aria-label", `${t("slots.addressOf")}, ${title.textContent}`);
      address.placeholder = t("slots.addressHint");
      same.hidden = ways.count() < 2;
      list(starts, [...day.chosen].sort(), (x) => x, (x) => h("input", { type: "hidden", name: "start", value: x }));
    });
    return element;
  }

  /** @param {HTMLElement} p @param {Fault | null} f */
  function tell(p, f) {
    p.hidden = !f;
    const span = p.querySelector("span");
    if (span && f) say(span, f.key, { count: f.count });
  }
}
