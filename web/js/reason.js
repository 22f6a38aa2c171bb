// Leaving turn order: taking somebody, letting somebody wait, stepping aside. Each wants a reason: one press on a
// ready-made one does it, own words are possible, and it says who will see them.
import { h } from "./dom.js";
import { popover } from "./popover.js";
import { rowState } from "./rows.js";
import { busy, button, firstName, words } from "./ui.js";
import { offerUndo } from "./undo.js";

/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./room.js").Room} Room */

/** Which ready-made reasons make sense for what. */
const fitting = {
  skip: ["trouble", "wait", "other"],
  take: ["knows", "language", "time", "other"],
  recuse: ["conflict", "other"],
};

let forms = 0;

/**
 * The reasons as buttons: a press does it. "Other" opens a field.
 * @param {readonly string[]} presets
 * @param {{go: string, act: string, run: (preset: string, words: string) => Promise<unknown>, ready?: () => boolean}} how
 *   ready: says what else is missing, and is false then
 */
function reasons(presets, how) {
  const id = `reason-words-${++forms}`;
  const own = h("input", { class: "ds-input", id, maxlength: 300, autocomplete: "off", "data-act": "reason-words" });
  const error = words("p", "reason.missing", undefined, { class: "state state--bad wrapline", role: "alert", hidden: true });
  const send = () => {
    const text = own.value.trim();
    if (!text) {
      error.hidden = false;
      own.focus();
      return;
    }
    if (how.ready && !how.ready()) return;
    void busy(go, () => how.run("other", text));
  };
  const go = button({ key: how.go, act: how.act, press: send });
  own.addEventListener("input", () => (error.hidden = true));
  own.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    send();
  });
  const more = h(
    "div",
    { class: "stack g3", hidden: true },
    h("div", { class: "field" }, words("label", "reason.words", undefined, { for: id }), own),
    error,
    h("div", { class: "row" }, go),
  );
  const element = h(
    "fieldset",
    { class: "stack g3" },
    words("legend", "reason.why"),
    h(
      "div",
      { class: "chips" },
      ...presets.map((p) => {
        const b = button({
          key: `preset.${p}`,
          class: "chip",
          act: `reason-${p}`,
          props: p === "other" ? { "aria-expanded": "false" } : {},
          press: () => {
            if (p === "other") {
              more.hidden = false;
              b.setAttribute("aria-expanded", "true");
              own.focus();
            } else if (!how.ready || how.ready()) void busy(b, () => how.run(p, ""));
          },
        });
        return b;
      }),
    ),
    more,
  );
  return { element };
}

/** @param {Room} room @param {HTMLElement} anchor @param {string} id candidate */
export function skipPopover(room, anchor, id) {
  const row = room.view.queue.find((r) => r.id === id);
  if (!row) return;
  const index = room.view.queue.indexOf(row);
  let toEnd = false;
  const places = h(
    "fieldset",
    {},
    words("legend", "reason.place"),
    h(
      "div",
      { class: "pick" },
      ...[false, true].map((end) =>
        h(
          "label",
          {},
          h("input", { type: "radio", name: "to", checked: !end, "data-act": end ? "to-end" : "one-down", on: { change: () => (toEnd = end) } }),
          words("span", end ? "reason.last" : "reason.number", end ? undefined : { n: index + 2 }),
        ),
      ),
    ),
  );
  const name = firstName(row.name);
  const why = reasons(fitting.skip, {
    go: "room.skip",
    act: "skip-yes",
    run: async (preset, text) => {
      if (!(await room.act({ do: "skip", candidate: id, toEnd, preset, words: text }))) return;
      d.close();
      offerUndo("undo.skipped", { name }, () => room.act({ do: "undo_skip", candidate: id }));
    },
  });
  const d = popover(anchor, "reason.skip", { name }, [places, why.element, words("p", "reason.seen", { name }, { class: "small soft" })]);
}

/**
 * Taking somebody out of turn: who, if not given, and why.
 * @param {Room} room
 * @param {HTMLElement} anchor
 * @param {string} [id] somebody who waits, did not answer, or was met already
 */
export function takePopover(room, anchor, id) {
  const { queue, missing, finished, nextUp, you } = room.view;
  const person = [...queue, ...missing, ...(finished ?? [])].find((r) => r.id === id);
  if (id && !person) return;
  let chosen = id ?? "";
  const others = queue.filter((r) => r.id !== nextUp && !r.recused && (!r.for || r.for.id === you.id));
  const error = words("p", "reason.nobody", undefined, { class: "state state--bad wrapline", role: "alert", hidden: true });
  const who = h(
    "fieldset",
    { class: "stack g2 pop__list" },
    words("legend", "reason.who"),
    ...others.map((r) =>
      h(
        "label",
        { class: "option live-option" },
        h("input", {
          class: "ds-input",
          type: "radio",
          name: "who",
          value: r.id,
          disabled: r.state === "away",
          "data-act": `who-${r.id}`,
          on: {
            change: () => {
              chosen = r.id;
              error.hidden = true;
            },
          },
        }),
        h("b", {}, r.name),
        h("span", { class: "row row--tight" }, rowState(r, room.at)),
      ),
    ),
    error,
  );
  const talking = you.state === "talk";
  const why = reasons(fitting.take, {
    go: "reason.takeGo",
    act: "take-yes",
    ready: () => {
      error.hidden = chosen !== "";
      if (!chosen) who.querySelector("input")?.focus();
      return chosen !== "";
    },
    run: async (preset, text) => {
      if (await room.act({ do: "take", after: room.view.you.last, endTalk: talking, candidate: chosen, preset, words: text })) d.close();
    },
  });
  const empty = !id && others.length === 0;
  const d = popover(anchor, person ? "reason.takeOne" : "reason.take", person && { name: firstName(person.name) }, [
    !id && (empty ? words("p", "reason.nobodyElse", undefined, { class: "soft" }) : who),
    talking && words("p", "reason.endsTalk", undefined, { class: "state state--wait wrapline" }),
    !empty && why.element,
    !empty && words("p", "reason.seenAll", undefined, { class: "small soft" }),
  ]);
}

/** Stepping aside for good: he is never offered to me again. @param {Room} room @param {HTMLElement} anchor @param {Row} row */
export function recusePopover(room, anchor, row) {
  const name = firstName(row.name);
  const talking = room.view.you.state === "talk" && room.view.you.candidate?.id === row.id;
  const why = reasons(fitting.recuse, {
    go: "room.recuse",
    act: "recuse-yes",
    run: async (preset, text) => {
      if (await room.act({ do: "recuse", candidate: row.id, preset, words: text })) d.close();
    },
  });
  const d = popover(anchor, "reason.recuse", { name }, [
    words("p", talking ? "reason.recuseTalk" : "reason.recuseText", { name }),
    why.element,
    words("p", "reason.seen", { name }, { class: "small soft" }),
  ]);
}

/** The actions on one row of the queue. @param {Room} room @param {HTMLElement} anchor @param {Row} row */
export function rowMenu(room, anchor, row) {
  const { you, queue } = room.view;
  const started = room.view.starts <= 0;
  const last = queue[queue.length - 1]?.id === row.id;
  const other = row.for && row.for.id !== you.id;
  const then = (/** @type {() => unknown} */ f) => () => {
    d.close();
    void f();
  };
  const wide = { class: "ds-button ds-button--wide", variant: /** @type {const} */ ("secondary") };
  const d = popover(anchor, "room.plainName", { name: row.name }, [
    h(
      "div",
      { class: "stack g3 pop__acts" },
      started && !row.recused && !other && button({ key: "room.takeNow", icon: "cam", ...wide, act: "row-take", press: then(() => takePopover(room, anchor, row.id)) }),
      started &&
        !row.for &&
        (last
          ? words("p", "room.lastInLine", undefined, { class: "small soft" })
          : button({ key: "room.skip", icon: "skip", ...wide, act: "row-skip", press: then(() => skipPopover(room, anchor, row.id)) })),
      row.skipped &&
        button({ key: "room.undoSkip", icon: "undo", ...wide, act: "row-undo", press: then(() => room.act({ do: "undo_skip", candidate: row.id })) }),
      row.recused
        ? words("p", "room.recused", undefined, { class: "small soft" })
        : button({ key: "room.recuse", icon: "gavel", ...wide, act: "row-recuse", press: then(() => recusePopover(room, anchor, row)) }),
    ),
  ], { class: "pop--menu" });
  const first = d.querySelector(".pop__acts button");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
}
