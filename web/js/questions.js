// The panel beside the picture: questions one after the other, traits, a note, the verdict. Writing must not need a
// look away from the person: one question is open at a time, arrow keys move on.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { showJob } from "./doors.js";
import { savedLine } from "./saved.js";
import { anchorFold, anchorHint, ends } from "./anchors.js";
import { notAsked } from "./assess.js";
import { conflictCard } from "./conflict.js";
import { facts } from "./facts.js";
import { handedNote } from "./handover.js";
import { leftOut, noteField, scale, verdict } from "./sheet.js";
import { firstName, plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./assess.js").Assess} Assess */

/**
 * @param {Room} room
 * @param {Assess} assess
 * @param {string} name of the candidate
 */
export function questionPanel(room, assess, name) {
  const { questions, traits } = room.sheet;
  /** @type {{update: () => void}[]} */
  const fields = [];
  const marked = (/** @type {string} */ item) => {
    const m = assess.mark(item);
    return m.rating !== 0 || m.note !== "";
  };
  const firstUnasked = () => Math.max(0, questions.findIndex((q) => !marked(`q:${q.id}`)));
  /** Which question is open. */
  let now = firstUnasked();
  /** Whether he chose it himself; until then it follows what the server has. */
  let chosen = assess.loaded;

  const rows = questions.map((q, i) => {
    const item = `q:${q.id}`;
    const s = scale({ legend: q.text, item, value: () => assess.mark(item).rating, set: (n) => assess.rate(item, n), sheet: () => room.sheet });
    const n = noteField(assess, item, { rows: 2, id: `n-${q.id}` });
    const out = leftOut(assess, item);
    const hint = anchorHint(room, () => assess.mark(item).rating);
    fields.push(s, n, out, hint);
    const number = h("span", { class: "n" }, String(i + 1));
    const asked = icon("ok");
    const figure = h("span", { class: "mini" });
    const head = h(
      "button",
      { type: "button", class: "q", "data-act": `open-${item}`, on: { click: () => open(i, false) } },
      number,
      asked,
      h("span", {}, q.text),
      figure,
    );
    const label = words("label", "assess.noteTo", { n: i + 1 }, { class: "ds-sr-only", for: `n-${q.id}` });
    const body = h(
      "div",
      { class: "stack g3" },
      h("div", { class: "row row--split" }, hint.element, s.element),
      h("div", { class: "field" }, label, n.element),
      h("div", { class: "row" }, out.element),
    );
    const li = h("li", {}, head, body);
    return {
      li,
      head,
      update: () => {
        const isNow = i === now;
        li.className = isNow ? "q__now stack g3" : "";
        head.setAttribute("aria-expanded", String(isNow));
        body.hidden = !isNow;
        const done = !isNow && marked(item);
        number.toggleAttribute("hidden", done);
        asked.toggleAttribute("hidden", !done);
        const rating = assess.mark(item).rating;
        // A dash for a question left out, with the word for those who hear it.
        if (done && rating === notAsked) figure.replaceChildren(h("span", { "aria-hidden": "true" }, "–"), words("span", "assess.notAsked", undefined, { class: "ds-sr-only" }));
        else plain(figure, done && rating ? String(rating) : "");
        figure.hidden = !(done && rating);
      },
    };
  });

  const open = (/** @type {number} */ i, /** @type {boolean} */ focus) => {
    if (i < 0 || i >= rows.length) return;
    now = i;
    chosen = true;
    update();
    if (focus) rows[i]?.head.focus();
    rows[i]?.li.scrollIntoView({ block: "nearest" });
  };

  const list = h(
    "ol",
    {
      class: "qs",
      id: "questions",
      on: {
        keydown: (/** @type {KeyboardEvent} */ e) => {
          const i = rows.findIndex((r) => r.head === e.target);
          if (i < 0 || (e.key !== "ArrowDown" && e.key !== "ArrowUp")) return;
          e.preventDefault();
          open(i + (e.key === "ArrowDown" ? 1 : -1), true);
        },
      },
    },
    ...rows.map((r) => r.li),
  );

  const traitRow = (/** @type {{id: string, text: string}} */ q) => {
    const item = `t:${q.id}`;
    const s = scale({ legend: q.text, item, value: () => assess.mark(item).rating, set: (n) => assess.rate(item, n), sheet: () => room.sheet });
    const n = noteField(assess, item, { rows: 1, id: `n-${q.id}` });
    const box = h("div", { class: "field live-traitnote" }, h("label", { class: "ds-sr-only", for: `n-${q.id}` }, q.text), n.element);
    box.hidden = !assess.mark(item).note;
    const pen = h(
      "button",
      {
        type: "button",
        class: "iconbtn live-pen",
        "data-act": `pen-${item}`,
        "data-i18n-attr": "aria-label:assess.addNote",
        "data-i18n-args": JSON.stringify({ trait: q.text }),
        on: {
          click: () => {
            box.hidden = !box.hidden;
            if (!box.hidden) n.element.focus();
          },
        },
      },
      icon("pen"),
    );
    fields.push(s, n);
    return h("div", { class: "trait live-trait" }, h("span", {}, q.text), s.element, pen, box);
  };

  const scaleEnds = ends(room, "scalehint");
  const meaning = anchorFold(room);
  const clash = conflictCard(room, assess);
  const about = facts();
  const handed = handedNote();
  fields.push(scaleEnds, clash, meaning);
  const note = noteField(assess, "note", { rows: 3, id: "n-note" });
  const overall = verdict(assess);
  fields.push(note, overall);
  const saved = savedLine(room.live, room.boot.zone, { long: true });
  const counts = [h("span", { class: "soft" }), h("span", { class: "soft" })];

  const traitsPart = h(
    "div",
    { class: "stack g1 traits", id: "traits" },
    traits.length > 0 &&
      h(
        "div",
        { class: "row row--split live-trait" },
        words("h2", "assess.traits", undefined, { class: "strong small" }),
        scaleEnds.element,
      ),
    ...traits.map(traitRow),
    meaning.element,
    h("div", { class: "field live-notefield" }, words("label", "assess.note", undefined, { for: "n-note" }), note.element),
  );

  const jump = (/** @type {HTMLElement} */ to) => (/** @type {Event} */ e) => {
    e.preventDefault();
    to.scrollIntoView({ block: "start" });
    const field = to.querySelector("button, input, textarea");
    if (field instanceof HTMLElement) field.focus({ preventScroll: true });
  };
  const heading = h("h1", { class: "ds-sr-only" });
  const tabs = h(
    "nav",
    { class: "tabs" },
    questions.length > 0 && h("a", { href: "#questions", on: { click: jump(list) } }, words("span", "assess.questions"), " ", counts[0]),
    traits.length > 0 && h("a", { href: "#traits", on: { click: jump(traitsPart) } }, words("span", "assess.traits"), " ", counts[1]),
    document.getElementById("job") &&
      h(
        "a",
        {
          href: "#job",
          role: "button",
          on: {
            click: (/** @type {Event} */ e) => {
              e.preventDefault();
              showJob();
            },
          },
        },
        words("span", "assess.job"),
      ),
  );
  tabs.querySelector("a")?.setAttribute("aria-current", "true");

  const element = h(
    "aside",
    { class: "assess" },
    h("div", { class: "assess__head" }, heading, tabs),
    h("div", { class: "assess__body" }, clash.element, handed.element, about.element, list, traitsPart),
    h(
      "div",
      { class: "assess__foot stack g2" },
      h(
        "fieldset",
        { class: "stack g2" },
        h("legend", { class: "full" }, h("span", { class: "row row--split" }, words("span", "assess.overall"), saved.element)),
        overall.element,
      ),
    ),
  );

  const update = () => {
    if (!chosen && assess.loaded) {
      chosen = true;
      now = firstUnasked();
    }
    say(heading, "room.talkWith", { name });
    rows.forEach((r) => r.update());
    fields.forEach((f) => f.update());
    const done = (/** @type {string} */ p, /** @type {{id: string}[]} */ all) => all.filter((q) => marked(p + q.id)).length;
    if (counts[0]) say(counts[0], "assess.of", { n: done("q:", questions), all: questions.length });
    if (counts[1]) say(counts[1], "assess.of", { n: done("t:", traits), all: traits.length });
    saved.update(assess);
    const { you } = room.view;
    const row = you.offer === assess.offer ? you.candidate : undefined;
    about.update(row);
    handed.update(row);
  };
  update();
  assess.addEventListener("change", update);
  return {
    element,
    assess,
    update,
    stop: () => {
      assess.removeEventListener("change", update);
      assess.flush();
    },
    name: firstName(name),
  };
}
