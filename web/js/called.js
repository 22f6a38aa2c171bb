// His turn. Called: the whole screen rings until he enters or asks for more time. Counting down: he sees himself, a
// number, and one button to stop it. In both nobody sees or hears him yet.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { leftNow } from "./clock.js";
import { selfVideo } from "./selfview.js";
import { busy, button, draw, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./lobby.js").Context} Context */
/**
 * What differs between the two.
 * @typedef {object} Way
 * @property {string} title
 * @property {string} who with {name}
 * @property {string} unseen
 * @property {HTMLElement[]} [number] between ring and foot
 * @property {(Node | string)[]} foot
 * @property {(left: number, v: View, ring: ReturnType<typeof emptyingRing>) => void} tick left: ms
 */

const around = 2 * Math.PI * 102;

/** The ring that empties, with something in it. @param {HTMLElement} inside */
function emptyingRing(inside) {
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

/** The screen of both. @param {Context} c @param {View} first @param {Way} way */
function turnScreen(c, first, way) {
  let view = first;
  let at = performance.now();
  const self = selfVideo(c.devices);
  const ring = emptyingRing(h("div", { class: "live-face" }, icon("person"), self.element));
  const who = words("p", way.who, { name: first.with ?? "" });
  const element = h(
    "div",
    { class: "called" },
    h("p", { class: "logo logo--light" }, document.querySelector(".top .mark")?.cloneNode(true) ?? null, "nextup"),
    h("div", { class: "stack g3 mid", role: "alert" }, words("h1", way.title, { name: c.boot.firstName }), who),
    ring.element,
    ...(way.number ?? []),
    words("p", way.unseen, undefined, { class: "small" }),
    h("div", { class: "foot full" }, ...way.foot),
  );
  const tick = () => way.tick(Math.max(0, leftNow(view.left ?? 0, at)), view, ring);
  tick();
  return {
    element,
    full: true,
    tick,
    /** @param {View} v @param {number} when */
    update: (v, when) => {
      view = v;
      at = when;
      say(who, way.who, { name: v.with ?? "" });
      tick();
    },
    stop: self.stop,
  };
}

/** @param {Context} c @param {View} first */
export function calledScreen(c, first) {
  let offer = first.offer ?? 0;
  const enter = button({
    key: "called.enter",
    icon: "cam",
    class: "ds-button ds-button--go",
    act: "enter",
    props: { "data-focus": "" },
    press: () => void busy(enter, () => c.answer(offer)),
  });
  const later = button({
    key: "called.later",
    class: "ds-button ds-button--later",
    act: "later",
    press: () => void busy(later, () => c.act({ do: "hold" })),
  });
  return turnScreen(c, first, {
    title: "called.title",
    who: "called.ready",
    unseen: "called.unseen",
    foot: [enter, later, words("p", "called.again", undefined, { class: "small" })],
    tick: (left, v, ring) => {
      offer = v.offer ?? 0;
      ring.set(left / (v.length || 1));
      say(ring.output, "common.seconds", { count: Math.ceil(left / 1000) });
    },
  });
}

/** Admitted and counting down. @param {Context} c @param {View} first */
export function countdownScreen(c, first) {
  const number = h("p", { class: "live-count", role: "timer", "aria-hidden": "true" });
  const wait = button({
    key: "called.wait",
    class: "ds-button ds-button--later",
    act: "wait",
    press: () => void busy(wait, () => c.act({ do: "hold" })),
  });
  return turnScreen(c, first, {
    title: "called.connecting",
    who: "called.with",
    unseen: "called.unseenUntil",
    number: [number],
    foot: [wait],
    tick: (left, v, ring) => {
      const counting = v.moment === "countdown";
      ring.output.hidden = true;
      ring.set(counting ? left / (v.length || 1) : 1);
      number.textContent = counting ? String(Math.ceil(left / 1000)) : "";
    },
  });
}
