// Leaving turn order: taking somebody, or letting somebody wait. Both want a reason, and say who will see it.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { rowState } from "./rows.js";
import { busy, button, dialog, firstName, words } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */
/** @typedef {import("./room.js").Room} Room */

/** The fields of a reason. @param {readonly string[]} presets */
function reasonFields(presets) {
  let preset = "";
  const own = h("input", { class: "ds-input", id: "reason-words", maxlength: 300, autocomplete: "off", "data-act": "reason-words" });
  const ownField = h("div", { class: "field", hidden: true }, words("label", "reason.words", undefined, { for: "reason-words" }), own);
  const error = words("p", "reason.missing", undefined, { class: "state state--bad wrapline", role: "alert", hidden: true });
  const element = h(
    "fieldset",
    { class: "stack g2" },
    words("legend", "reason.why"),
    ...presets.map((p) =>
      h(
        "label",
        { class: "tick" },
        h("input", {
          class: "ds-input",
          type: "radio",
          name: "reason",
          value: p,
          "data-act": `reason-${p}`,
          on: {
            change: () => {
              preset = p;
              error.hidden = true;
              ownField.hidden = p !== "other";
              if (p === "other") own.focus();
            },
          },
        }),
        words("span", `preset.${p}`),
      ),
    ),
    ownField,
    error,
  );
  return {
    element,
    /** The reason, or undefined after saying what is missing. */
    read: () => {
      const text = own.value.trim();
      if (preset && (preset !== "other" || text)) return { preset, words: preset === "other" ? text : "" };
      error.hidden = false;
      (preset === "other" ? own : element.querySelector("input"))?.focus();
      return undefined;
    },
  };
}

/**
 * @param {Room} room
 * @param {string} id candidate
 */
export function skipDialog(room, id) {
  const row = room.view.queue.find((r) => r.id === id);
  if (!row) return;
  const index = room.view.queue.indexOf(row);
  const reason = reasonFields(room.presets);
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
          h("input", {
            type: "radio",
            name: "to",
            checked: !end,
            "data-act": end ? "to-end" : "one-down",
            on: { change: () => (toEnd = end) },
          }),
          words("span", end ? "reason.last" : "reason.number", end ? undefined : { n: index + 2 }),
        ),
      ),
    ),
  );
  const name = firstName(row.name);
  const go = button({
    key: "room.skip",
    act: "skip-yes",
    press: () => {
      const r = reason.read();
      if (!r) return;
      void busy(go, async () => {
        if (await room.act({ do: "skip", candidate: id, toEnd, ...r })) d.close();
      });
    },
  });
  const d = dialog("reason.skip", { name }, [
    reason.element,
    places,
    h("div", { class: "row" }, go, button({ key: "common.cancel", variant: "tertiary", press: () => d.close() })),
    words("p", "reason.seen", { name }, { class: "small soft" }),
  ]);
}

/**
 * Taking somebody out of turn: who, if not given, and why.
 * @param {Room} room
 * @param {string} [id]
 */
export function takeDialog(room, id) {
  const { queue, missing, nextUp } = room.view;
  const everybody = [...queue, ...missing];
  const reason = reasonFields(room.presets);
  let chosen = id ?? "";
  const error = words("p", "reason.nobody", undefined, { class: "state state--bad wrapline", role: "alert", hidden: true });
  const who = h(
    "fieldset",
    { class: "stack g2" },
    words("legend", "reason.who"),
    ...queue
      .filter((r) => r.id !== nextUp)
      .map((r) => {
        const away = r.state === "away";
        return h(
          "label",
          { class: "option live-option" },
          h("input", {
            class: "ds-input",
            type: "radio",
            name: "who",
            value: r.id,
            disabled: away,
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
        );
      }),
    error,
  );
  const talking = room.view.you.state === "talk";
  const go = button({
    key: "reason.takeGo",
    act: "take-yes",
    press: () => {
      if (!chosen) {
        error.hidden = false;
        who.querySelector("input")?.focus();
        return;
      }
      const r = reason.read();
      if (!r) return;
      void busy(go, async () => {
        if (await room.act({ do: "take", after: room.view.you.last, endTalk: talking, candidate: chosen, ...r })) d.close();
      });
    },
  });
  const person = everybody.find((r) => r.id === id);
  const d = dialog(person ? "reason.takeOne" : "reason.take", person && { name: firstName(person.name) }, [
    !id && (who.querySelector("label") ? who : words("p", "reason.nobodyElse", undefined, { class: "soft" })),
    reason.element,
    talking && words("p", "reason.endsTalk", undefined, { class: "state state--wait wrapline" }),
    h("div", { class: "row" }, go, button({ key: "common.cancel", variant: "tertiary", press: () => d.close() })),
    words("p", "reason.seenAll", undefined, { class: "small soft" }),
  ]);
}

/** The actions on one row of the queue. @param {Room} room @param {Row} row */
export function rowDialog(room, row) {
  const last = room.view.queue[room.view.queue.length - 1]?.id === row.id;
  const close = (/** @type {() => unknown} */ then) => () => {
    d.close();
    void then();
  };
  const wide = { class: "ds-button ds-button--wide", variant: /** @type {const} */ ("secondary") };
  const d = dialog("room.plainName", { name: row.name }, [
    h(
      "div",
      { class: "stack g3" },
      button({ key: "room.takeNow", icon: "cam", ...wide, act: "row-take", press: close(() => takeDialog(room, row.id)) }),
      last
        ? words("p", "room.lastInLine", undefined, { class: "small soft" })
        : button({ key: "room.skip", icon: "skip", ...wide, act: "row-skip", press: close(() => skipDialog(room, row.id)) }),
      row.skipped &&
        button({
          key: "room.undoSkip",
          icon: "undo",
          ...wide,
          act: "row-undo",
          press: close(() => room.act({ do: "undo_skip", candidate: row.id })),
        }),
    ),
  ]);
  d.setAttribute("aria-label", t("room.plainName", { name: row.name }));
}
