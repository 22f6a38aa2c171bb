// After a talk: the verdict, the traits, a note, and the questions to finish. Leaving it hands it in; what is changed
// afterwards is kept as a correction.
import { h } from "./dom.js";
import { plural, say, t } from "./i18n.js";
import { clockText, leftNow } from "./clock.js";
import { savedLine } from "./saved.js";
import { anchorFold, ends } from "./anchors.js";
import { conflictCard } from "./conflict.js";
import { leftOut, noteField, scale, verdict } from "./sheet.js";
import { busy, button, plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./assess.js").Assess} Assess */

/**
 * @param {Room} room
 * @param {Assess} assess
 * @param {{name: string, talked: number}} talk
 */
export function writeUp(room, assess, talk) {
  const eyebrow = h("p", { class: "eyebrow" });
  const length = h("p", { class: "soft" });
  const saved = savedLine(room.live, room.boot.zone);
  const done = button({
    key: "room.done",
    variant: "secondary",
    act: "submit",
    press: () => {
      assess.flush();
      void busy(done, () => room.act({ do: "submit", offer: assess.offer }));
    },
  });
  const overall = verdict(assess);
  const { questions, traits } = room.sheet;
  /** @type {{update: () => void}[]} */
  const fields = [overall];
  const trait = (/** @type {{id: string, text: string}} */ q) => {
    const s = scale({ legend: q.text, wide: true, item: `t:${q.id}`, value: () => assess.mark(`t:${q.id}`).rating, set: (n) => assess.rate(`t:${q.id}`, n), sheet: () => room.sheet });
    fields.push(s);
    return h("div", { class: "trait trait--wide" }, h("span", {}, q.text), s.element);
  };
  const question = (/** @type {{id: string, text: string}} */ q, /** @type {number} */ i) => {
    const item = `q:${q.id}`;
    const s = scale({ legend: q.text, item, value: () => assess.mark(item).rating, set: (n) => assess.rate(item, n), sheet: () => room.sheet });
    const n = noteField(assess, item, { rows: 2, id: `wu-${q.id}` });
    const out = leftOut(assess, item);
    fields.push(s, n, out);
    return h(
      "li",
      { class: "stack g2 live-q" },
      h("div", { class: "row row--split row--line row--top" }, h("p", { class: "strong" }, `${i + 1}. ${q.text}`), h("div", { class: "row row--tight row--end" }, out.element, s.element)),
      h("div", { class: "field" }, h("label", { class: "ds-sr-only", for: `wu-${q.id}` }, q.text), n.element),
    );
  };
  const note = noteField(assess, "note", { rows: 5, id: "wu-note" });
  fields.push(note);
  const scaleHint = ends(room, "scalehint scalehint--wide");
  const clash = conflictCard(room, assess);
  const meaning = anchorFold(room);
  fields.push(scaleHint, clash, meaning);
  const element = h(
    "section",
    { class: "stack g6", "aria-labelledby": "wu-name" },
    h("div", { class: "stack g2" }, eyebrow, h("h1", { id: "wu-name" }, talk.name), length),
    clash.element,
    h("fieldset", { class: "stack g2" }, words("legend", "assess.overall"), overall.element),
    traits.length > 0 &&
      h(
        "div",
        { class: "stack g1" },
        h("div", { class: "row row--split live-wrap" }, words("h2", "assess.traits", undefined, { class: "strong small" }), scaleHint.element),
        ...traits.map(trait),
        meaning.element,
      ),
    h(
      "div",
      { class: "field" },
      words("label", "assess.note", undefined, { for: "wu-note" }),
      note.element,
      h("p", {}, saved.element),
    ),
    questions.length > 0 &&
      h(
        "details",
        { class: "fold" },
        h("summary", {}, words("span", "assess.questions"), " ", h("span", { class: "soft" }, String(questions.length))),
        h("ol", { class: "stack g4" }, ...questions.map(question)),
      ),
    h("div", { class: "row" }, done),
  );

  const show = () => {
    fields.forEach((f) => f.update());
    saved.update(assess);
  };
  assess.addEventListener("change", show);
  const tick = () => {
    const { you } = room.view;
    const open = you.state === "write_up" && you.offer === assess.offer;
    done.hidden = !open;
    if (!open) say(eyebrow, "room.handedIn");
    else if (!you.length) say(eyebrow, "room.writeUp");
    else {
      const left = leftNow(you.left ?? 0, room.at);
      if (left > 0) say(eyebrow, "room.writeUpLeft", { time: clockText(left) });
      else say(eyebrow, "room.writeUpOver");
    }
  };
  const update = () => {
    plain(length, talk.talked ? lengthText(talk.talked) : "");
    length.hidden = !talk.talked;
    show();
    tick();
  };
  update();
  return {
    element,
    assess,
    update,
    tick,
    stop: () => {
      assess.removeEventListener("change", show);
      assess.flush();
    },
  };
}

/** @param {number} ms */
function lengthText(ms) {
  const s = Math.round(ms / 1000);
  return s < 60 ? plural("common.seconds", s) : t("room.talked", { m: Math.floor(s / 60), s: s % 60 });
}
