// The queue as the interviewer sees it: who waits, in turn order; who did not answer; who has registered. The rows
// are keyed, so that the keyboard keeps its place while the queue moves.
import { h, icon, list } from "./dom.js";
import { plural, say, t, when } from "./i18n.js";
import { serverNow } from "./clock.js";
import { rowDialog, takeDialog } from "./reason.js";
import { languageName, rowMeta, rowState } from "./rows.js";
import { busy, button, plain, swap, words } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./room.js").Room} Room */

/** The card of those who wait. @param {Room} room */
export function waitingCard(room) {
  const heading = words("h3", "room.waiting");
  const count = h("span", { class: "soft small" });
  const rows = h("ol", { class: "queue" });
  const empty = words("p", "room.nobodyWaits", undefined, { class: "soft" });
  const missing = missingFold(room);
  const element = h(
    "section",
    { class: "sheet stack g3" },
    h("div", { class: "row row--split" }, heading, count),
    rows,
    empty,
    missing.element,
  );
  return {
    element,
    update: () => {
      const { queue, nextUp } = room.view;
      // Who stands in the big card is not repeated below it; the numbers stay those of the whole queue.
      const others = queue.map((r, i) => ({ r, place: i + 1 })).filter(({ r }) => r.id !== nextUp || room.view.starts > 0);
      say(count, "room.count", { count: queue.length });
      empty.hidden = others.length > 0;
      list(rows, others, ({ r }) => r.id, () => waitingRow(room), (node, { r, place }) => node.show?.(r, place));
      missing.update();
    },
  };
}

/** @typedef {HTMLLIElement & {show?: (r: Row, place: number) => void}} RowNode */

/** @param {Room} room @returns {RowNode} */
function waitingRow(room) {
  /** @type {Row | undefined} */
  let row;
  const place = h("span", { class: "place" });
  const name = h("p", { class: "name" });
  const meta = h("p", { class: "meta" });
  const undo = button({
    key: "room.undoSkip",
    icon: "undo",
    class: "quiet quiet--link live-undo",
    act: "undo-skip",
    press: () => void (row && room.act({ do: "undo_skip", candidate: row.id })),
  });
  const how = h("span", {});
  const more = h(
    "button",
    { type: "button", class: "iconbtn", "data-act": "row", on: { click: () => row && rowDialog(room, row) } },
    icon("more"),
  );
  /** @type {RowNode} */
  const li = h(
    "li",
    { class: "live-row" },
    place,
    h("div", {}, name, meta, undo),
    h("span", { class: "row row--tight row--line" }, how, more),
  );
  li.show = (r, n) => {
    row = r;
    plain(place, String(n));
    plain(name, r.name);
    plain(meta, rowMeta(r, room.at));
    undo.hidden = !r.skipped;
    more.setAttribute("aria-label", t("room.rowActions", { name: r.name }));
    swap(how, rowState(r, room.at));
  };
  return li;
}

/** @param {Room} room */
function missingFold(room) {
  const count = h("span", { class: "soft" });
  const rows = h("ul", { class: "stack g3" });
  const element = h(
    "details",
    { class: "fold" },
    h("summary", {}, words("span", "state.noShow"), " ", count),
    rows,
  );
  return {
    element,
    update: () => {
      const { missing } = room.view;
      element.hidden = missing.length === 0;
      plain(count, String(missing.length));
      list(
        rows,
        missing,
        (r) => r.id,
        (r) => {
          const slim = { class: "ds-button ds-button--slim", variant: /** @type {const} */ ("secondary") };
          const back = button({
            key: "room.correct",
            ...slim,
            act: "correct",
            press: () => void busy(back, () => room.act({ do: "correct_no_show", candidate: r.id })),
          });
          return h(
            "li",
            { class: "row row--split" },
            h("div", {}, h("p", { class: "strong" }, r.name), words("p", "room.noShowText", undefined, { class: "small soft" })),
            h("div", { class: "row row--tight" }, back, button({ key: "room.callAgain", ...slim, act: "call-again", press: () => takeDialog(room, r.id) })),
          );
        },
      );
    },
  };
}

/** Who has registered and not checked in. @param {Room} room */
export function registeredCard(room) {
  const count = h("span", { class: "soft small" });
  const rows = h("ol", { class: "queue" });
  const empty = words("p", "room.nobodyRegistered", undefined, { class: "soft" });
  const element = h(
    "section",
    { class: "sheet stack g3" },
    h("div", { class: "row row--split" }, words("h3", "room.registered"), count),
    rows,
    empty,
  );
  return {
    element,
    update: () => {
      const { registered, starts } = room.view;
      plain(count, plural("room.count.registered", registered.length));
      empty.hidden = registered.length > 0;
      list(
        rows,
        registered,
        (r) => r.id,
        () =>
          h("li", { class: "live-row" }, h("span", { class: "place" }), h("div", {}, h("p", { class: "name" }), h("p", { class: "meta" }))),
        (li, r) => {
          const at = new Date(serverNow(room.boot.start, starts, room.at) - (r.at ?? 0));
          const [place, name, meta] = li.querySelectorAll(".place, .name, .meta");
          if (!place || !name || !meta) return;
          plain(place, String(registered.indexOf(r) + 1));
          plain(name, r.name);
          plain(meta, [t("room.registeredAt", { time: when(at, "short", room.boot.zone) }), languageName(r.language)].filter(Boolean).join(", "));
        },
      );
    },
  };
}
