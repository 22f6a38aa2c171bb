// What stands over the desk: what the recruiter has announced, and how the session will end while people wait.
import { h, icon } from "./dom.js";
import { plural, t } from "./i18n.js";
import { leftNow } from "./clock.js";
import { clockIn } from "./cost.js";
import { plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */

/** How long before the end it is spoken of, in ms. */
const soon = 15 * 60_000;

/** The recruiter's line to everybody who waits. @param {Room} room */
export function announced(room) {
  const text = h("p", { class: "plain-words" });
  const element = h(
    "div",
    { class: "note note--act", role: "status", hidden: true },
    icon("megaphone"),
    words("p", "desk.announced", undefined, { class: "strong" }),
    text,
  );
  return {
    element,
    update: () => {
      element.hidden = !room.view.line;
      plain(text, room.view.line);
    },
  };
}

/** The planned end comes, or is over, and people wait. @param {Room} room */
export function theEnd(room) {
  const title = h("p", { class: "strong" });
  const text = h("p", {});
  const element = h("div", { class: "note note--wait", role: "status", hidden: true }, icon("clock"), title, text);
  const tick = () => {
    const { ends, queue, phase, starts, reached } = room.view;
    const left = leftNow(ends, room.at);
    const count = queue.length;
    element.hidden = phase !== "published" || starts > 0 || count === 0 || left > soon;
    if (element.hidden) return;
    const end = clockIn(room, ends);
    plain(title, left > 0 ? plural("desk.endsSoon", count, { time: end }) : plural("desk.ended", count, { time: end }));
    const last = reached?.last ? `${t("desk.lastEnds", { time: clockIn(room, reached.last) })} ` : "";
    plain(text, `${last}${t(left > 0 ? "desk.endsSoonText" : "desk.endedText")}`);
  };
  return { element, tick };
}
