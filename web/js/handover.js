// Handing a candidate over to a colleague: to whom, with which words; and what comes in from others.
import { h, icon, list } from "./dom.js";
import { say, t } from "./i18n.js";
import { onTick } from "./clock.js";
import { facts } from "./facts.js";
import { doing } from "./mates.js";
import { popover } from "./popover.js";
import { rowState } from "./rows.js";
import { busy, button, firstName, initials, note, plain, relabel, state, swap, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./types.js").Work} Work */
/** @typedef {import("./types.js").QueueRow} Row */

/** The free ones first, then those who will be; who is not here comes last. */
const order = ["free", "write_up", "calling", "talk", "paused", "away"];

/** @param {readonly Work[]} colleagues */
export function byFreedom(colleagues) {
  const rank = (/** @type {Work} */ w) => order.indexOf(w.connected ? w.state : "away");
  return [...colleagues].sort((a, b) => rank(a) - rank(b) || (a.left ?? 0) - (b.left ?? 0));
}

/**
 * A choice among colleagues, as radio buttons.
 * @param {Room} room
 * @param {string} legend
 * @param {(w: Work) => boolean} able
 */
export function chooseColleague(room, legend, able) {
  let chosen = "";
  const error = words("p", "reason.nobody", undefined, { class: "state state--bad wrapline", role: "alert", hidden: true });
  const all = byFreedom(room.view.colleagues);
  /** @type {(() => void)[]} */
  const refresh = [];
  const element = h(
    "fieldset",
    { class: "stack g2" },
    words("legend", legend),
    ...all.map((w) => {
      const box = h("input", {
        class: "ds-input",
        type: "radio",
        name: "to",
        value: w.id,
        disabled: !able(w),
        "data-act": `to-${w.id}`,
        on: {
          change: () => {
            chosen = w.id;
            error.hidden = true;
          },
        },
      });
      const does = h("span", {});
      // What he does goes on while the panel is open. Who was chosen stays so; the server has the last word.
      refresh.push(() => {
        const now = room.view.colleagues.find((c) => c.id === w.id) ?? w;
        plain(does, doing(now, room.at));
        does.className = now.state === "free" && now.connected ? "free" : "";
        box.disabled = !box.checked && !able(now);
      });
      return h(
        "label",
        { class: "option live-option option--mate" },
        box,
        h("span", { class: "row row--tight row--line" }, h("span", { class: "face face--sm", "aria-hidden": "true" }, initials(w.name)), h("b", {}, w.name)),
        does,
      );
    }),
    all.length === 0 && words("p", "hand.nobody", undefined, { class: "soft" }),
    error,
  );
  const update = () => refresh.forEach((f) => f());
  update();
  const ticks = onTick(update);
  document.addEventListener("languagechange", update);
  const stop = () => {
    ticks();
    document.removeEventListener("languagechange", update);
  };
  return {
    element,
    stop,
    /** Who was chosen, or "" after saying that nobody was. */
    read: () => {
      if (!chosen) {
        error.hidden = false;
        element.querySelector("input")?.focus();
      }
      return chosen;
    },
    any: all.some(able),
  };
}

/** @param {Room} room @param {HTMLElement} anchor */
export function handOverPopover(room, anchor) {
  const { you } = room.view;
  const name = firstName(you.candidate?.name ?? "");
  // Whoever is on a break or gone would only let it lapse.
  const who = chooseColleague(room, "hand.to", (w) => w.connected && w.state !== "paused" && w.state !== "away");
  const field = h("textarea", { class: "ds-input", id: "hand-note", rows: 3, maxlength: 4000, "data-act": "hand-words" });
  const go = button({
    key: "hand.go",
    icon: "hand",
    act: "hand-yes",
    press: () => {
      const to = who.read();
      if (!to) return;
      void busy(go, async () => {
        if (you.offer) room.assess(you.offer).flush();
        if (await room.act({ do: "hand_over", offer: you.offer, to, words: field.value.trim() })) d.close();
      });
    },
  });
  const d = popover(anchor, "hand.title", { name }, [
    who.element,
    h("div", { class: "field" }, words("label", "hand.note", undefined, { for: "hand-note" }), words("p", "hand.noteHint", { name }, { class: "hint" }), field),
    h("div", { class: "row" }, who.any && go, button({ key: "common.cancel", variant: "tertiary", press: () => d.close() })),
    words("p", "hand.what", { name }, { class: "small soft" }),
  ]);
  d.addEventListener("close", who.stop);
}

/** Who is handed over to me, and what of mine came back. @param {Room} room */
export function handOvers(room) {
  const came = h("div", { class: "stack g4" });
  const back = h("div", { class: "stack g3" });
  const element = h("div", { class: "stack g4 live-notices", role: "status" }, back, came);
  return {
    element,
    update: () => {
      const { you, queue, told } = room.view;
      // Who is next anyway stands in the big card, with the words and the no.
      const mine = queue.filter((r) => r.for?.id === you.id && r.id !== room.view.nextUp);
      list(came, mine, (r) => r.id, (r) => incoming(room, r), (node, r) => node.show?.(r));
      list(back, told ?? [], (r) => `${r.candidate} ${r.why}`, (r) =>
        note("wait", "undo", `hand.back.${r.why}`, { args: { name: r.name, to: firstName(r.to) }, text: "hand.backText" }),
      );
      came.hidden = mine.length === 0;
      back.hidden = !told?.length;
      element.hidden = came.hidden && back.hidden;
    },
  };
}

/** @typedef {HTMLElement & {show?: (r: Row) => void}} Card */

/** @param {Room} room @param {Row} first @returns {Card} */
function incoming(room, first) {
  let row = first;
  const eyebrow = h("p", { class: "eyebrow" });
  const name = h("h2", { class: "h2" });
  const pill = h("span", {});
  const quote = h("p", { class: "quote" });
  const about = facts();
  const accept = button({
    key: "hand.accept",
    icon: "cam",
    act: "accept",
    class: "ds-button ds-button--wide",
    press: () => void busy(accept, () => takeHandedOver(room, row)),
  });
  const decline = button({
    key: "hand.decline",
    variant: "secondary",
    act: "decline",
    class: "ds-button ds-button--wide",
    press: () => void busy(decline, () => room.act({ do: "decline_hand_over", candidate: row.id })),
  });
  /** @type {Card} */
  const element = h(
    "section",
    { class: "sheet sheet--next stack g4" },
    h("div", { class: "stack g2" }, h("p", { class: "row row--tight" }, icon("hand"), eyebrow), name, h("p", {}, pill)),
    quote,
    about.element,
    h("div", { class: "row row--pair" }, accept, decline),
    words("p", "hand.declineText", undefined, { class: "small soft" }),
  );
  element.show = (r) => {
    row = r;
    say(eyebrow, "hand.from", { name: r.from ?? "" });
    plain(name, r.name);
    swap(pill, rowState(r, room.at, true));
    plain(quote, r.note ?? "");
    quote.hidden = !r.note;
    about.update(r);
    relabel(accept, "hand.accept", { name: firstName(r.name) });
    const { you } = room.view;
    accept.hidden = you.state === "talk" || you.state === "calling";
  };
  return element;
}

/** Next, if he is the next one anyway; else out of turn, for which the hand-over is the reason. @param {Room} room @param {Row} row */
export function takeHandedOver(room, row) {
  const { you, nextUp } = room.view;
  if (nextUp === row.id) return room.act({ do: "next", after: you.last, endTalk: false });
  return room.act({ do: "take", after: you.last, endTalk: false, candidate: row.id, preset: "knows", words: "" });
}

/** The words that came along with whom I am calling or talking to. */
export function handedNote() {
  const text = h("span", {});
  const element = h("p", { class: "quote", hidden: true }, text);
  return {
    element,
    /** @param {Row | undefined} r */
    update: (r) => {
      element.hidden = !r?.note;
      plain(text, r?.note ? `${r.from ? `${t("hand.from", { name: firstName(r.from) })}: ` : ""}${r.note}` : "");
    },
  };
}

/** A row that waits for one of us. @param {Row} r @param {string} me */
export function reservedState(r, me) {
  if (!r.for) return undefined;
  return r.for.id === me ? state("act", "hand", "hand.forYou") : state("", "hand", "hand.forOther", { name: firstName(r.for.name) });
}
