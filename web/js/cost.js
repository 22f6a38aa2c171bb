// More time for a talk, with what it costs those who wait shown before it is pressed.
import { h } from "./dom.js";
import { plural, t, when } from "./i18n.js";
import { leftNow, serverNow } from "./clock.js";
import { busy, plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./types.js").Cost} Cost */

/** "Moves 4, the last ends 14:06". @param {Room} room @param {Cost} c */
export function costText(room, c) {
  if (c.moves === 0) return t("cost.nobody");
  return `${plural("cost.moves", c.moves)}, ${t("cost.last", { time: clockIn(room, c.last) })}`;
}

/** The time of day, where the session is, so long after the last view. @param {Room} room @param {number} ms */
export function clockIn(room, ms) {
  const at = serverNow(room.boot.start, room.view.starts, room.at) + leftNow(ms, room.at);
  return when(new Date(at), "clock", room.boot.zone);
}

/** The buttons that give more time. @param {Room} room */
export function extendTool(room) {
  const rows = [2, 5].map((minutes) => {
    const cost = h("span", {});
    const b = h(
      "button",
      {
        type: "button",
        class: "more__row",
        "data-act": minutes === 2 ? "extend" : `extend-${minutes}`,
        on: { click: () => void busy(b, () => room.act({ do: "extend", offer: room.view.you.offer, minutes })) },
      },
      words("b", "cost.plus", { minutes }),
      " ",
      cost,
    );
    return { minutes, b, cost };
  });
  const element = h("div", { class: "more", role: "group", "data-i18n-attr": "aria-label:cost.more" }, ...rows.map((r) => r.b));
  return {
    element,
    update: () => {
      for (const r of rows) {
        const c = room.view.you.costs?.find((k) => k.minutes === r.minutes);
        plain(r.cost, c ? costText(room, c) : plural("cost.moves", room.view.queue.length));
        r.b.hidden = !c && r.minutes !== 2;
      }
    },
  };
}

/**
 * The line under the clock once the time is up: what going on costs.
 * @param {Room} room
 * @returns {{key: string, args: import("./i18n.js").Args}}
 */
export function overCost(room) {
  const next = room.view.you.costs?.[0];
  // What has run over already stands in the queue's forecast: the cheapest step more tells whom it moves and until when.
  if (next && next.moves > 0) return { key: "cost.over", args: { count: next.moves, time: clockIn(room, next.last - next.minutes * 60_000) } };
  return { key: "room.overCost", args: { count: room.view.queue.length } };
}
