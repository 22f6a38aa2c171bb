// Before checking in: when it is, what it is about, the device check at any time, and the check-in from the moment
// the lobby opens.
import { h, icon } from "./dom.js";
import { say, when } from "./i18n.js";
import { leftNow } from "./clock.js";
import { canNotify } from "./alert.js";
import { checkScreen } from "./check.js";
import { doors } from "./doors.js";
import { busy, button, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./lobby.js").Context} Context */

/**
 * The check-in button with what it means. The click is his agreement, and unlocks sound.
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
  const element = h(
    "div",
    { class: "foot" },
    soon,
    go,
    agreement,
    canNotify() && h("label", { class: "tick small center" }, tick, words("span", "lobby.notify")),
  );
  const update = () => {
    const left = leftNow(view().opens, at());
    const open = left <= 0;
    soon.hidden = open;
    for (const e of [go, agreement, tick.closest("label")]) if (e instanceof HTMLElement) e.hidden = !open;
    if (!open) opensIn(soon, left);
  };
  update();
  return { element, update };
}

/** @param {HTMLElement} e @param {number} left ms */
function opensIn(e, left) {
  const minutes = Math.ceil(left / 60_000);
  if (minutes > 48 * 60) say(e, "lobby.opensDays", { count: Math.floor(minutes / 1440) });
  else if (minutes > 90) say(e, "lobby.opensHours", { count: Math.round(minutes / 60) });
  else say(e, "lobby.opensIn", { count: minutes });
}

/** @param {Context} c @param {View} first */
export function registeredScreen(c, first) {
  let view = first;
  let at = performance.now();
  const foot = checkIn(c, () => view, () => at);
  const start = new Date(c.boot.start);
  const end = new Date(start.valueOf() + c.boot.lengthMinutes * 60_000);
  const check = button({
    key: "lobby.check",
    icon: "cam",
    class: "ds-button ds-button--wide",
    act: "check",
    press: () => c.go("check"),
  });
  const date = h("time", { datetime: c.boot.start, "data-format": "date", "data-zone": c.boot.zone, class: "capital" });
  const hours = h("span", { class: "num" });
  const times = () => {
    date.textContent = when(start, "date", c.boot.zone);
    hours.textContent = `${when(start, "clock", c.boot.zone)}–${when(end, "clock", c.boot.zone)}${c.otherZone ? ` (${c.boot.zone.split("/").pop()?.replaceAll("_", " ")})` : ""}`;
  };
  times();
  const element = h(
    "div",
    { class: "live-screen" },
    h(
      "div",
      { class: "stack g2" },
      words("p", "lobby.hello", { name: c.boot.firstName }, { class: "eyebrow" }),
      h("h1", {}, c.boot.title),
    ),
    h(
      "section",
      { class: "sheet stack g3 live-facts" },
      h("p", { class: "row row--tight row--line" }, icon("cal"), h("span", {}, h("b", {}, date), ", ", hours)),
      h("p", { class: "row row--tight row--line" }, icon("clock"), words("span", "lobby.length", { count: c.boot.talkMinutes })),
      h("p", { class: "row row--tight row--line" }, icon("persons"), words("span", "lobby.order")),
    ),
    doors(c, ["job", "help", "withdraw"]),
    h("div", { class: "foot" }, check, foot.element),
  );
  const update = () => {
    foot.update();
    const open = leftNow(view.opens, at) <= 0;
    // One filled button: the device check until it is done, the check-in after it.
    const done = c.devices.settled;
    foot.element.hidden = open && !done;
    if (done) check.dataset.variant = "secondary";
    else delete check.dataset.variant;
    const label = check.querySelector("[data-i18n]");
    if (label) say(label, !open || done ? "lobby.check" : "lobby.checkThenIn");
  };
  update();
  c.devices.addEventListener("change", update);
  return {
    element,
    tick: update,
    /** @param {View} v @param {number} w */
    update: (v, w) => {
      view = v;
      at = w;
      times();
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
  foot.element.append(button({ key: "check.back", icon: "left", class: "quiet center", act: "back", press: () => c.go("") }));
  const screen = checkScreen(c.devices, c.call, { foot: () => foot.element, back: () => c.go("") });
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
