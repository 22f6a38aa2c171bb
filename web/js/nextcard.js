// The card of the next one: one big name and one filled button. Ready: met at once. Here but not ready: called. Or
// nobody, paused, or the call that goes out now. What I am doing stands in its corner.
import { h } from "./dom.js";
import { plural, say } from "./i18n.js";
import { leftNow } from "./clock.js";
import { facts, lights } from "./facts.js";
import { handedNote } from "./handover.js";
import { prefs } from "./prefs.js";
import { showBooked } from "./appointment.js";
import { recusePopover, skipPopover, takePopover } from "./reason.js";
import { devicesSentence, rowSentence, rowState } from "./rows.js";
import { busy, button, firstName, plain, relabel, state, swap, words } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./types.js").WorkState} WorkState */
/** @typedef {import("./room.js").Room} Room */

/** What I am doing, as a sign. @type {Record<WorkState, ["" | "ok" | "wait" | "act", string]>} */
const signs = {
  away: ["", "away"],
  free: ["ok", "ok"],
  calling: ["act", "bell"],
  talk: ["act", "cam"],
  write_up: ["act", "pen"],
  paused: ["wait", "hold"],
};

/** @param {WorkState} s */
export function ownState(s) {
  const [tone, picture] = signs[s];
  return state(tone, picture, `room.you.${s}`, undefined, { pill: true });
}

/** @param {Room} room */
export function nextCard(room) {
  const eyebrow = h("p", { class: "eyebrow" });
  const mine = h("span", { role: "status", "data-state": "" });
  const name = h("h2", { class: "nextname" });
  const pill = h("span", {});
  const sentence = h("span", { class: "small" });
  const light = lights();
  const booked = h("span", { "data-booked": true, hidden: true });
  const how = h("p", { class: "row row--tight" }, pill, booked, light.element, sentence);
  const about = facts();
  const handed = handedNote();
  const big = { class: "ds-button ds-button--big ds-button--wide" };
  const next = button({
    key: "between.admit",
    icon: "cam",
    ...big,
    act: "next",
    press: () => void busy(next, () => room.act({ do: "next", after: room.view.you.last, endTalk: false })),
  });
  const unpause = button({
    key: "room.unpause",
    ...big,
    act: "unpause",
    press: () => void busy(unpause, () => room.act({ do: "unpause" })),
  });
  const off = button({
    key: "room.callOff",
    icon: "x",
    class: "ds-button ds-button--wide",
    variant: "secondary",
    act: "call-off",
    press: () => void busy(off, () => room.act({ do: "call_off", offer: room.view.you.offer })),
  });
  const who = () => (room.view.you.state === "calling" ? room.view.you.candidate : up());
  const decline = button({
    key: "hand.decline",
    class: "ds-button ds-button--wide",
    variant: "secondary",
    act: "decline",
    press: () => void busy(decline, () => room.act({ do: "decline_hand_over", candidate: who()?.id })),
  });
  const declineText = words("p", "hand.declineText", undefined, { class: "small soft" });
  const link = (/** @type {string} */ key, /** @type {string} */ picture, /** @type {string} */ act, /** @type {() => void} */ press) =>
    button({ key, icon: picture, class: "quiet quiet--link", act, press });
  const up = () => room.view.queue.find((r) => r.id === room.view.nextUp);
  const other = link("room.takeOther", "persons", "take-other", () => takePopover(room, other));
  const skip = link("room.skip", "skip", "skip", () => room.view.nextUp && skipPopover(room, skip, room.view.nextUp));
  const recuse = link("room.recuse", "gavel", "recuse", () => {
    const row = who();
    if (row) recusePopover(room, recuse, row);
  });
  const rest = link("room.pause", "hold", "pause", () => void room.act({ do: "pause" }));
  const links = h("div", { class: "row row--split" }, other, skip, recuse, rest);
  const auto = autoNext();
  const element = h(
    "section",
    { class: "sheet sheet--next stack g5", "aria-live": "off" },
    h("div", { class: "stack g2" }, h("div", { class: "row row--split" }, eyebrow, mine), name, how),
    handed.element,
    about.element,
    next,
    unpause,
    off,
    decline,
    declineText,
    links,
    auto.element,
  );

  /** @type {string} */
  let mode = "";
  const show = (/** @type {Record<string, boolean>} */ parts) => {
    for (const [e, on] of /** @type {[HTMLElement, boolean | undefined][]} */ ([
      [next, parts.next], [unpause, parts.unpause], [off, parts.off], [other, parts.other], [skip, parts.skip], [recuse, parts.recuse], [rest, parts.rest],
      [decline, parts.decline], [declineText, parts.decline],
    ]))
      e.hidden = !on;
    links.hidden = [other, skip, recuse, rest].every((b) => b.hidden);
  };
  const person = (/** @type {Row | undefined} */ r) => {
    about.update(r);
    handed.update(r);
    showBooked(booked, r);
    light.element.hidden = !r;
    if (!r) return;
    light.update(r);
    plain(light.text, devicesSentence(r));
  };

  const update = () => {
    const v = room.view;
    const { you, queue } = v;
    const first = up();
    const was = mode;
    const someone = queue.some((r) => r.state !== "away");
    if (mine.dataset.state !== you.state) {
      mine.dataset.state = you.state;
      mine.replaceChildren(ownState(you.state));
    }
    auto.update();
    if (you.state === "calling" && you.candidate) {
      mode = "calling";
      plain(name, you.candidate.name);
      say(eyebrow, `room.stage.${you.stage ?? "called"}`);
      person(you.candidate);
      // A colleague handed him over, and he came at once: there is a no, which tells the colleague.
      const handedOver = you.candidate.for?.id === you.id;
      show({ off: !handedOver, decline: handedOver, recuse: true });
      tick();
    } else if (you.state === "paused") {
      mode = "paused";
      say(eyebrow, "room.pausedTitle");
      say(name, "room.paused");
      pill.replaceChildren();
      person(undefined);
      plain(sentence, queue.length > 0 ? plural("room.waitingFor", queue.length) : "");
      show({ unpause: true });
    } else if (first) {
      mode = "up";
      const handedOver = first.for?.id === you.id;
      if (handedOver) say(eyebrow, "hand.from", { name: first.from ?? "" });
      else say(eyebrow, "room.next");
      plain(name, first.name);
      person(first);
      swap(pill, rowState(first, room.at, true));
      plain(sentence, rowSentence(first, room.at));
      const ready = first.state === "ready";
      relabel(next, ready ? "between.admit" : "room.call", { name: firstName(first.name) });
      // One down needs somebody behind.
      const last = queue[queue.length - 1]?.id === first.id;
      show({ next: true, other: queue.length > 1, skip: !last && !handedOver, decline: handedOver, recuse: true, rest: true });
    } else {
      mode = "none";
      say(eyebrow, "room.next");
      say(name, queue.length > 0 ? "room.waitingNext" : "room.empty");
      person(undefined);
      swap(pill, state("", "hourglass", queue.length > 0 ? "room.nobodyReady" : "room.nobodyHere", undefined, { pill: true }));
      plain(sentence);
      show({ other: someone, rest: true });
    }
    pill.hidden = pill.childElementCount === 0;
    // The button that had the focus may be gone; the one in its place takes it.
    if (was && was !== mode && document.activeElement === document.body) {
      const to = [next, unpause, off].find((b) => !b.hidden);
      to?.focus({ preventScroll: true });
    }
  };

  const tick = () => {
    const { you } = room.view;
    if (you.state !== "calling") return;
    const s = Math.ceil(Math.max(0, leftNow(you.left ?? 0, room.at)) / 1000);
    const stage = you.stage ?? "called";
    const words =
      stage === "called" ? state("act", "bell", "room.rings", { count: s }, { pill: true })
      : stage === "countdown" ? state("act", "cam", "room.countdown", { count: s }, { pill: true })
      : state("act", "sync", "room.connecting", undefined, { pill: true });
    swap(pill, words);
    pill.hidden = false;
    const text = h("span", {});
    say(text, stage === "called" ? "room.ringsText" : "room.countdownText", { name: firstName(you.candidate?.name ?? "") });
    plain(sentence, text.textContent ?? "");
  };

  return { element, update, tick };
}

/** Next starts by itself only for those who chose it here. */
function autoNext() {
  const tick = h("input", {
    class: "ds-input",
    type: "checkbox",
    "data-act": "auto-next",
    on: { change: () => prefs.set("auto", tick.checked) },
  });
  return {
    element: h("label", { class: "tick small" }, tick, words("span", "room.auto")),
    update: () => (tick.checked = prefs.get("auto")),
  };
}
