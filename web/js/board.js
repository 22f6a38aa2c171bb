// What goes on in a session, for its recruiter: who talks with whom, who waits, who is missing, and when it will be
// over. Everything is built from the answer of the server; rows that hold the focus stay where they are.
import { h, icon, list } from "./dom.js";
import { say, when } from "./i18n.js";
import { plain, words } from "./ui.js";
import { bookedState } from "./appointment.js";

/** @typedef {{key: string, icon: string, tone: string}} State */
/** @typedef {{id: string, name: string, initials: string, tone: string, state: State, with?: string, others?: string, page?: string, since?: string, left: number}} Work */
/** @typedef {{id: string, name: string, page: string, state: State, waited: number, booked?: string, promised?: boolean, for?: string, needs?: string, phone?: string}} Wait */
/** @typedef {{waiting: number, talking: number, done: number, notReached: number, places: number, registered: number, tested: number, line?: string,
 *   ends: string, last?: string, late?: number, unreached: number, nobody: boolean, work: Work[], queue: Wait[], missing: Wait[]}} Board */

/** @param {State} s */
function stateOf(s) {
  return h("span", { class: s.tone ? `state state--${s.tone}` : "state" }, icon(s.icon), words("span", s.key, { count: 0 }));
}

/**
 * Shows a node in a place, unless the same is there or the focus is inside.
 * @param {Element} place
 * @param {...Node} nodes
 */
function put(place, ...nodes) {
  const now = h("div", {}, ...nodes);
  if (place.innerHTML === now.innerHTML || place.contains(document.activeElement)) return;
  place.replaceChildren(...now.childNodes);
}

/**
 * Makes the board in a place.
 * @param {HTMLElement} place
 * @param {string} session its address
 * @param {string | undefined} zone
 * @returns {(b: Board, over: boolean) => void} shows the latest
 */
export function board(place, session, zone) {
  const figures = h("dl", { class: "figures" });
  const note = h("div", { role: "status" });
  const work = h("ul", { class: "lines" });
  const queue = h("ol", { class: "lines lines--n" });
  const empty = words("p", "board.queue.nobody", undefined, { class: "soft sheet__head" });
  const missing = h("ul", { class: "lines" });
  const missingHead = words("h3", "board.missing", undefined, { class: "sheet__head h3" });
  const section = h(
    "section",
    { class: "sheet sheet--flush board", "aria-labelledby": "board-head" },
    h("div", { class: "sheet__head stack g3" }, words("h2", "board.head", undefined, { id: "board-head" }), figures, note),
    h(
      "div",
      { class: "board__two" },
      h("div", {}, words("h3", "board.work", undefined, { class: "sheet__head h3" }), work),
      h("div", {}, words("h3", "board.queue", undefined, { class: "sheet__head h3" }), empty, queue, missingHead, missing),
    ),
  );
  place.replaceChildren(section);

  /** @type {Map<string, HTMLElement>} */
  const shown = new Map();
  /**
   * @param {string} key
   * @param {string} value
   * @param {string} [tone]
   */
  const figure = (key, value, tone = "") => {
    let dd = shown.get(key);
    if (!dd) {
      dd = h("dd", {});
      shown.set(key, dd);
      figures.append(h("div", { dataset: { figure: key } }, words("dt", `board.figure.${key}`), dd));
    }
    dd.className = tone ? `state--${tone}` : "";
    plain(dd, value);
  };

  return (b, over) => {
    figure("waiting", String(b.waiting));
    figure("talking", String(b.talking));
    figure("done", String(b.done));
    figure("missing", String(b.missing.length), b.missing.length ? "wait" : "");
    if (over) figure("notReached", String(b.notReached), b.notReached ? "wait" : "");
    else figure("tested", `${b.tested}/${b.registered}`);
    if (!over) figure("last", b.last ? when(new Date(b.last), "clock", zone) : "–", b.late ? "wait" : "");
    /** @type {{key: string, args: import("./i18n.js").Args} | null} */
    const warn = over
      ? b.notReached
        ? { key: "board.notReached", args: { count: b.notReached } }
        : null
      : b.nobody && b.waiting
        ? { key: "board.nobody", args: { count: b.waiting } }
        : b.unreached
          ? { key: "board.unreached", args: { count: b.unreached, ends: when(new Date(b.ends), "clock", zone) } }
          : b.late
            ? { key: "board.late", args: { count: b.late } }
            : null;
    if (warn) put(note, h("p", { class: "note note--wait" }, icon("warn"), words("span", warn.key, warn.args)));
    else put(note);

    list(work, b.work, (w) => w.id, (w) => h("li", {}, h("span", { class: "row row--tight" }, h("span", { class: "face face--sm", "data-tone": w.tone, "aria-hidden": "true", text: w.initials }), h("span", {}, h("span", { class: "strong", text: w.name }), h("br"), h("span", { "data-with": true }))), h("span", { "data-what": true })), (row, w) => {
      const withWhom = row.querySelector("[data-with]");
      if (withWhom) {
        const who = w.with && w.page ? [h("a", { href: w.page, text: w.with })] : w.with ? [h("span", { text: w.with })] : [];
        put(withWhom, ...who, ...(w.others ? [words("span", "board.others", { names: w.others }, { class: "soft small" })] : []));
      }
      const what = row.querySelector("[data-what]");
      if (!what) return;
      /** @type {Node[]} */
      const parts = [stateOf(w.state)];
      if (w.since) {
        parts.push(h("br"), h("span", { class: "small soft" }, words("span", "board.since", { at: when(new Date(w.since), "clock", zone) }), ", ", words("span", w.left < 0 ? "board.overrun" : "board.left", { count: Math.abs(w.left) })));
      }
      put(what, ...parts);
    });

    /**
     * @param {Wait} c
     * @param {boolean} back whether he may be put back in turn
     */
    const person = (c, back) =>
      h(
        "li",
        {},
        h("span", {}, h("a", { class: "strong", href: c.page, text: c.name }), h("span", { "data-more": true })),
        h("span", { "data-what": true }),
        back && h("form", { method: "post", action: `${session}/reinstate` }, h("input", { type: "hidden", name: "candidate", value: c.id }), h("button", { class: "ds-button ds-button--slim", "data-variant": "secondary", type: "submit", "data-act": "reinstate" }, icon("undo"), words("span", "board.reinstate.go"), h("span", { class: "ds-sr-only", text: ` ${c.name}` }))),
      );
    /**
     * @param {HTMLElement} row
     * @param {Wait} c
     */
    const fill = (row, c) => {
      const more = row.querySelector("[data-more]");
      if (more) {
        /** @type {Node[]} */
        const parts = [];
        const booked = bookedState(c);
        if (booked) parts.push(h("br"), booked);
        for (const [picture, text] of [["phone", c.phone], ["info", c.needs]]) {
          if (picture && text) parts.push(h("br"), h("span", { class: "small soft row row--tight" }, icon(picture), h("span", { text })));
        }
        put(more, ...parts);
      }
      const what = row.querySelector("[data-what]");
      if (!what) return;
      /** @type {Node[]} */
      const parts = [stateOf(c.state)];
      if (c.state.key !== "state.noShow") {
        parts.push(h("br"), h("span", { class: "small soft" }, words("span", "board.waited", { count: c.waited }), ...(c.for ? [" ", words("span", "board.for", { name: c.for })] : [])));
      }
      put(what, ...parts);
    };
    list(queue, b.queue, (c) => c.id, (c) => person(c, false), fill);
    list(missing, b.missing, (c) => c.id, (c) => person(c, !over), fill);
    empty.toggleAttribute("hidden", b.queue.length > 0);
    missing.toggleAttribute("hidden", b.missing.length === 0);
    missingHead.toggleAttribute("hidden", b.missing.length === 0);
  };
}

/** The words for how many have tried their devices. @param {Element | null} place @param {number} tested @param {number} of */
export function readiness(place, tested, of) {
  const words = place?.querySelector("[data-i18n]");
  if (words) say(words, "board.ready", { count: tested, of });
}
