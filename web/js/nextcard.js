// The card of the next one: one big name and one filled button. Ready: met at once. Here but not ready: called. Or
// nobody, paused, or the call that goes out now.
import { h } from "./dom.js";
import { plural, say } from "./i18n.js";
import { leftNow } from "./clock.js";
import { skipDialog, takeDialog } from "./reason.js";
import { rowSentence, rowState } from "./rows.js";
import { busy, button, firstName, plain, relabel, state, swap } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./room.js").Room} Room */

/** @param {Room} room */
export function nextCard(room) {
  const eyebrow = h("p", { class: "eyebrow" });
  const name = h("h2", { class: "nextname" });
  const pill = h("span", {});
  const sentence = h("span", { class: "small" });
  const how = h("p", { class: "row row--tight" }, pill, sentence);
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
  const link = (/** @type {string} */ key, /** @type {string} */ picture, /** @type {string} */ act, /** @type {() => void} */ press) =>
    button({ key, icon: picture, class: "quiet quiet--link", act, press });
  const other = link("room.takeOther", "persons", "take-other", () => takeDialog(room));
  const skip = link("room.skip", "skip", "skip", () => room.view.nextUp && skipDialog(room, room.view.nextUp));
  const rest = link("room.pause", "hold", "pause", () => void room.act({ do: "pause" }));
  const links = h("div", { class: "row row--split" }, other, skip, rest);
  const element = h(
    "section",
    { class: "sheet sheet--next stack g5", "aria-live": "off" },
    h("div", { class: "stack g2" }, eyebrow, name, how),
    next,
    unpause,
    off,
    links,
  );

  /** @type {string} */
  let mode = "";
  const show = (/** @type {Record<string, boolean>} */ parts) => {
    for (const [e, on] of /** @type {[HTMLElement, boolean | undefined][]} */ ([
      [next, parts.next], [unpause, parts.unpause], [off, parts.off], [other, parts.other], [skip, parts.skip], [rest, parts.rest],
    ]))
      e.hidden = !on;
    links.hidden = other.hidden && skip.hidden && rest.hidden;
  };

  const update = () => {
    const v = room.view;
    const { you, queue } = v;
    const up = queue.find((r) => r.id === v.nextUp);
    const was = mode;
    const someone = queue.some((r) => r.state !== "away");
    if (you.state === "calling" && you.candidate) {
      mode = "calling";
      plain(name, you.candidate.name);
      say(eyebrow, `room.stage.${you.stage ?? "called"}`);
      show({ off: true });
      tick();
    } else if (you.state === "paused") {
      mode = "paused";
      say(eyebrow, "room.pausedTitle");
      say(name, "room.paused");
      pill.replaceChildren();
      plain(sentence, up ? plural("room.waitingFor", queue.length) : "");
      show({ unpause: true });
    } else if (up) {
      mode = "up";
      say(eyebrow, "room.next");
      plain(name, up.name);
      swap(pill, rowState(up, room.at, true));
      plain(sentence, rowSentence(up, room.at));
      const ready = up.state === "ready";
      relabel(next, ready ? "between.admit" : "room.call", { name: firstName(up.name) });
      // One down needs somebody behind.
      const last = queue[queue.length - 1]?.id === up.id;
      show({ next: true, other: queue.length > 1, skip: !last, rest: true });
    } else {
      mode = "none";
      say(eyebrow, "room.next");
      say(name, queue.length > 0 ? "room.waitingNext" : "room.empty");
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
