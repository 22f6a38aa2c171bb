// The queue as the interviewer sees it: who waits, in turn order; who did not answer; who was met already; who has
// registered. The rows are keyed, so that the keyboard keeps its place while the queue moves.
import { h, icon, list } from "./dom.js";
import { byTime, showBooked } from "./appointment.js";
import { plural, say, t, when } from "./i18n.js";
import { serverNow } from "./clock.js";
import { lights } from "./facts.js";
import { reservedState } from "./handover.js";
import { rowMenu, takePopover } from "./reason.js";
import { devicesSentence, languageName, minutes, rowMeta, rowState } from "./rows.js";
import { busy, button, plain, state, swap, words } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./room.js").Room} Room */

/** So many rows stand at first; a longer queue opens on demand. */
const short = 15;

/**
 * A list that shows its beginning until it is asked for all.
 * @param {HTMLElement} rows
 * @param {() => void} redraw
 */
function shortened(rows, redraw) {
  let all = false;
  const more = button({
    key: "room.showAll",
    class: "quiet quiet--link",
    act: "show-all",
    press: () => {
      const at = rows.childElementCount;
      all = true;
      redraw();
      const next = rows.children[at]?.querySelector("button");
      if (next instanceof HTMLElement) next.focus();
    },
  });
  return {
    element: more,
    /** @template T @param {readonly T[]} items @returns {readonly T[]} */
    cut: (items) => {
      // One more than fits is shown rather than hidden behind a button.
      const cut = !all && items.length > short + 1;
      more.hidden = !cut;
      if (!cut) return items;
      say(/** @type {Element} */ (more.querySelector("[data-i18n]")), "room.showAll", { count: items.length - short });
      return items.slice(0, short);
    },
  };
}

/** The card of those who wait. @param {Room} room */
export function waitingCard(room) {
  const heading = words("h3", "room.waiting");
  const count = h("span", { class: "soft small" });
  const rows = h("ol", { class: "queue" });
  const empty = words("p", "room.nobodyWaits", undefined, { class: "soft" });
  const missing = fold(room, {
    title: "state.noShow",
    rows: () => room.view.missing,
    text: "room.noShowText",
    act: "call-again",
    press: "room.callAgain",
    also: { key: "room.correct", act: "correct", run: (r) => room.act({ do: "correct_no_show", candidate: r.id }) },
  });
  const finished = fold(room, { title: "room.finished", rows: () => room.view.finished ?? [], text: "room.finishedText", act: "recall", press: "room.recall" });
  const more = shortened(rows, () => update());
  const element = h(
    "section",
    { class: "sheet stack g3" },
    h("div", { class: "row row--split" }, heading, count),
    rows,
    empty,
    more.element,
    missing.element,
    finished.element,
  );
  const update = () => {
    const { queue, nextUp, starts } = room.view;
    // Who stands in the big card is not repeated below it; the numbers stay those of the whole queue.
    const others = queue.map((r, i) => ({ r, place: i + 1 })).filter(({ r }) => r.id !== nextUp || starts > 0);
    say(count, "room.count", { count: queue.length });
    empty.hidden = others.length > 0;
    list(rows, more.cut(others), ({ r }) => r.id, () => waitingRow(room), (node, { r, place }) => node.show?.(r, place));
    missing.update();
    finished.update();
  };
  return { element, update };
}

/** @typedef {HTMLLIElement & {show?: (r: Row, place: number) => void}} RowNode */

/** @param {Room} room @returns {RowNode} */
function waitingRow(room) {
  /** @type {Row | undefined} */
  let row;
  let shown = "";
  const place = h("span", { class: "place" });
  const name = h("p", { class: "name" });
  const meta = h("p", { class: "meta" });
  const about = h("p", { class: "meta meta--about" });
  const booked = h("p", { class: "meta", "data-booked": true, hidden: true });
  const light = lights();
  const undo = button({
    key: "room.undoSkip",
    icon: "undo",
    class: "quiet quiet--link live-undo",
    act: "undo-skip",
    press: () => void (row && busy(undo, () => room.act({ do: "undo_skip", candidate: row?.id }))),
  });
  const how = h("span", {});
  const more = h(
    "button",
    { type: "button", class: "iconbtn", "data-act": "row", "aria-haspopup": "dialog", on: { click: () => row && rowMenu(room, more, row) } },
    icon("more"),
  );
  /** @type {RowNode} */
  const li = h(
    "li",
    { class: "live-row" },
    place,
    h("div", {}, name, h("p", { class: "row row--tight" }, meta, light.element), booked, about, undo),
    h("span", { class: "row row--tight row--line live-how" }, how, more),
  );
  li.show = (r, n) => {
    row = r;
    const waited = rowMeta(r, room.at);
    const reserved = reservedState(r, room.view.you.id);
    // A queue of two hundred is drawn at every view; what has not changed costs nothing.
    const now = `${n} ${waited} ${document.documentElement.lang} ${JSON.stringify({ ...r, waited: 0, away: minutes(r.away ?? 0) })}`;
    if (now === shown) return;
    shown = now;
    plain(place, String(n));
    plain(name, r.name);
    plain(meta, waited);
    plain(about, [r.recused && t("room.recused"), r.needs && `${t("facts.needs")} ${r.needs}`].filter(Boolean).join(" "));
    about.hidden = !about.textContent;
    showBooked(booked, r);
    light.update(r);
    plain(light.text, devicesSentence(r));
    undo.hidden = !r.skipped;
    more.setAttribute("aria-label", t("room.rowActions", { name: r.name }));
    swap(how, reserved ?? rowState(r, room.at));
  };
  return li;
}

/**
 * People who are out of the queue and can be called again.
 * @param {Room} room
 * @param {{title: string, rows: () => readonly Row[], text: string, act: string, press: string,
 *   also?: {key: string, act: string, run: (r: Row) => Promise<unknown>}}} what
 */
function fold(room, what) {
  const count = h("span", { class: "soft" });
  const rows = h("ul", { class: "stack g3" });
  const element = h("details", { class: "fold" }, h("summary", {}, words("span", what.title), " ", count), rows);
  return {
    element,
    update: () => {
      const all = what.rows();
      element.hidden = all.length === 0;
      plain(count, String(all.length));
      list(
        rows,
        all,
        (r) => r.id,
        (r) => {
          const slim = { class: "ds-button ds-button--slim", variant: /** @type {const} */ ("secondary") };
          const { also } = what;
          const back = also && button({ key: also.key, ...slim, act: also.act, press: () => void (back && busy(back, () => also.run(r))) });
          const again = button({ key: what.press, ...slim, act: what.act, press: () => takePopover(room, again, r.id) });
          return h(
            "li",
            { class: "row row--split" },
            h("div", {}, h("p", { class: "strong" }, r.name), words("p", what.text, undefined, { class: "small soft" })),
            h("div", { class: "row row--tight" }, back, again),
          );
        },
        (li) => {
          // Nobody is called before the start, nor during a talk without ending it.
          for (const b of li.querySelectorAll("button")) b.hidden = room.view.starts > 0;
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
  const more = shortened(rows, () => update());
  const element = h(
    "section",
    { class: "sheet stack g3" },
    h("div", { class: "row row--split" }, words("h3", "room.registered"), count),
    rows,
    empty,
    more.element,
  );
  const update = () => {
    const { registered, starts } = room.view;
    plain(count, plural("room.count.registered", registered.length));
    empty.hidden = registered.length > 0;
    list(
      rows,
      more.cut(byTime(registered).map((r, i) => ({ r, place: i + 1 }))),
      ({ r }) => r.id,
      () =>
        h(
          "li",
          { class: "live-row" },
          h("span", { class: "place" }),
          h("div", {}, h("p", { class: "name" }), h("p", { class: "meta" }), h("p", { class: "meta", "data-booked": true, hidden: true }), h("p", { class: "meta meta--about" })),
          h("span", { class: "tested" }),
        ),
      (li, { r, place: n }) => {
        const at = new Date(serverNow(room.boot.start, starts, room.at) - (r.at ?? 0));
        const [place, name, meta, booked, about, tested] = li.querySelectorAll(".place, .name, .meta, .tested");
        if (!place || !name || !meta || !(booked instanceof HTMLElement) || !about || !tested) return;
        showBooked(booked, r);
        plain(place, String(n));
        plain(name, r.name);
        plain(meta, [t("room.registeredAt", { time: when(at, "short", room.boot.zone) }), languageName(r.language)].filter(Boolean).join(", "));
        plain(about, r.needs ? `${t("facts.needs")} ${r.needs}` : "");
        about.toggleAttribute("hidden", !r.needs);
        swap(tested, r.tested ? state("ok", "ok", "room.tested") : state("", "minus", "room.notTested"));
      },
    );
  };
  return { element, update };
}
