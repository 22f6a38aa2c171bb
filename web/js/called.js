// His turn. Called: the whole screen rings until he enters or asks for more time. Counting down: he sees himself, a
// number, and one button to stop it. In both nobody sees or hears him yet.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { leftNow } from "./clock.js";
import { selfVideo } from "./selfview.js";
import { busy, button, draw, firstName, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./lobby.js").Context} Context */

const around = 2 * Math.PI * 102;

/** The ring that empties, with something in it. @param {HTMLElement} inside */
function ring(inside) {
  const arc = draw("circle", {
    cx: 108, cy: 108, r: 102, fill: "none", stroke: "#ff9b62", "stroke-width": 8, "stroke-linecap": "round",
    transform: "rotate(-90 108 108)", "stroke-dasharray": around,
  });
  const output = h("output", { "aria-hidden": "true" });
  const element = h(
    "div",
    { class: "ring" },
    draw(
      "svg",
      { viewBox: "0 0 216 216", "aria-hidden": "true" },
      draw("circle", { cx: 108, cy: 108, r: 102, fill: "none", stroke: "#fff", "stroke-opacity": 0.2, "stroke-width": 8 }),
      arc,
    ),
    h("div", { class: "frame" }, inside),
    output,
  );
  return {
    element,
    output,
    /** @param {number} part of the whole that is left */
    set: (part) => arc.setAttribute("stroke-dashoffset", String(around * (1 - Math.max(0, Math.min(1, part))))),
  };
}

/** @param {HTMLElement} video */
function face(video) {
  return h("div", { class: "live-face" }, icon("person"), video);
}

function logo() {
  return h("p", { class: "logo logo--light" }, document.querySelector(".top .mark")?.cloneNode(true) ?? null, "nextup");
}

/** @param {Context} c @param {View} first */
export function calledScreen(c, first) {
  let view = first;
  let at = performance.now();
  const self = selfVideo(c.devices);
  const r = ring(face(self.element));
  const title = words("h1", "called.title", { name: c.boot.firstName });
  const who = words("p", "called.ready", { name: first.with ?? "" });
  const enter = button({
    key: "called.enter",
    icon: "cam",
    class: "ds-button ds-button--go",
    act: "enter",
    props: { "data-focus": "" },
    press: () => void busy(enter, () => c.answer(view.offer ?? 0)),
  });
  const later = button({
    key: "called.later",
    class: "ds-button ds-button--later",
    act: "later",
    press: () => void busy(later, () => c.act({ do: "hold" })),
  });
  const element = h(
    "div",
    { class: "called" },
    logo(),
    h("div", { class: "stack g3 mid", role: "alert" }, title, who),
    r.element,
    words("p", "called.unseen", undefined, { class: "small" }),
    h("div", { class: "foot full" }, enter, later, words("p", "called.again", undefined, { class: "small" })),
  );
  const tick = () => {
    const left = Math.max(0, leftNow(view.left ?? 0, at));
    r.set(left / (view.length || 1));
    say(r.output, "common.seconds", { count: Math.ceil(left / 1000) });
  };
  tick();
  return {
    element,
    full: true,
    tick,
    /** @param {View} v @param {number} when */
    update: (v, when) => {
      view = v;
      at = when;
      say(who, "called.ready", { name: v.with ?? "" });
      tick();
    },
    stop: self.stop,
  };
}

/** Admitted and counting down: the same screen. @param {Context} c @param {View} first */
export function countdownScreen(c, first) {
  let view = first;
  let at = performance.now();
  const self = selfVideo(c.devices);
  const r = ring(face(self.element));
  const number = h("p", { class: "live-count", role: "timer", "aria-hidden": "true" });
  const wait = button({
    key: "called.wait",
    class: "ds-button ds-button--later",
    act: "wait",
    press: () => void busy(wait, () => c.act({ do: "hold" })),
  });
  const who = words("p", "called.with", { name: first.with ?? "" });
  const element = h(
    "div",
    { class: "called" },
    logo(),
    h(
      "div",
      { class: "stack g3 mid", role: "alert" },
      words("h1", "called.connecting", { name: firstName(c.boot.firstName) }),
      who,
    ),
    r.element,
    number,
    words("p", "called.unseenUntil", undefined, { class: "small" }),
    h("div", { class: "foot full" }, wait),
  );
  r.output.hidden = true;
  const tick = () => {
    const counting = view.moment === "countdown";
    const left = Math.max(0, leftNow(view.left ?? 0, at));
    r.set(counting ? left / (view.length || 1) : 1);
    number.textContent = counting ? String(Math.ceil(left / 1000)) : "";
  };
  tick();
  return {
    element,
    full: true,
    tick,
    /** @param {View} v @param {number} when */
    update: (v, when) => {
      view = v;
      at = when;
      say(who, "called.with", { name: v.with ?? "" });
      tick();
    },
    stop: self.stop,
  };
}
