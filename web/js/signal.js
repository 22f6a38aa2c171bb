// The sign of how a connection does: three bars, with words for whoever does not see them. One's own stands at the own
// picture and opens what is known and one thing to do about it; the others' stand with their names.
import { h } from "./dom.js";
import { say } from "./i18n.js";
import { popover } from "./popover.js";
import { draw, firstName, words } from "./ui.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./figures.js").Grade} Grade */
/** @typedef {import("./figures.js").Why} Why */

/** What is worth doing, one thing for each reason. @type {Record<Exclude<Why, "">, string>} */
const steps = {
  lost: "call.do.lost",
  loss: "call.do.loss",
  slow: "call.do.slow",
  freezes: "call.do.loss",
  room: "call.do.room",
  busy: "call.do.busy",
};

/** Three bars, as many of them full as the grade has. */
export function bars() {
  const svg = draw("svg", { class: "bars", viewBox: "0 0 18 16", "aria-hidden": "true" },
    draw("rect", { x: 1, y: 10, width: 4, height: 5, rx: 1 }),
    draw("rect", { x: 7, y: 6, width: 4, height: 9, rx: 1 }),
    draw("rect", { x: 13, y: 1, width: 4, height: 14, rx: 1 }),
  );
  return svg;
}

/** Bars for somebody else, with the word for them. */
export function theirSign() {
  const word = h("span", { class: "ds-sr-only" });
  const element = h("span", { class: "sign sign--theirs", hidden: true }, bars(), word);
  return {
    element,
    /** @param {string | undefined} grade @param {string} name */
    set: (grade, name) => {
      element.hidden = !grade;
      if (!grade) return;
      element.dataset.grade = grade;
      say(word, `call.their.${grade}`, { name });
    },
  };
}

/** The own bars, to be pressed. @param {Call} call @param {(person: string) => string} nameOf */
export function ownSign(call, nameOf) {
  const word = h("span", { class: "ds-sr-only" });
  const spoken = h("span", { class: "ds-sr-only", role: "status" });
  /** @type {{element: HTMLElement, update: () => void} | undefined} */
  let told;
  const press = h(
    "button",
    {
      type: "button",
      class: "sign sign--own",
      "data-act": "connection",
      "aria-haspopup": "dialog",
      on: {
        click: () => {
          told = explained(call, nameOf);
          popover(press, "call.connection", undefined, [told.element], { class: "pop--sign" }).addEventListener("close", () => (told = undefined));
        },
      },
    },
    bars(),
    word,
  );
  const element = h("span", { class: "signs", hidden: true }, press, spoken);
  /** @type {Grade | ""} */
  let said = "";
  const update = () => {
    const sign = call.sign;
    element.hidden = !sign;
    if (!sign) {
      said = "";
      return;
    }
    press.dataset.grade = sign.grade;
    say(word, `call.own.${sign.grade}`);
    // Aloud only what changes: that a talk begins well is no news.
    if (said !== sign.grade && (said !== "" || sign.grade !== "good")) say(spoken, `call.own.${sign.grade}`);
    said = sign.grade;
    told?.update();
  };
  update();
  call.addEventListener("change", update);
  return element;
}

/** What is known of the connections, and what to do. @param {Call} call @param {(person: string) => string} nameOf */
function explained(call, nameOf) {
  const own = words("p", "call.own.good", undefined, { class: "strong" });
  const why = h("p", {});
  const others = h("ul", { class: "stack g1", role: "list" });
  const todo = h("p", { class: "note note--wait sign__do" }, h("span", {}));
  const figures = h("p", { class: "small soft sign__figures" });
  const element = h("div", { class: "stack g3" }, own, why, todo, others, figures);
  const update = () => {
    const sign = call.sign ?? { grade: "good", why: "" };
    say(own, `call.own.${sign.grade}`);
    why.hidden = !sign.why;
    if (sign.why) say(why, `call.why.${sign.why}`);
    const step = sign.why ? steps[/** @type {Exclude<Why, "">} */ (sign.why)] : undefined;
    todo.hidden = !step || (sign.grade !== "poor" && sign.why !== "busy");
    if (step && todo.firstElementChild) say(todo.firstElementChild, step);
    const known = call.seats.filter((s) => s.person !== "" && s.state?.quality);
    others.hidden = known.length === 0;
    others.replaceChildren(
      ...known.map((s) => words("li", `call.their.${s.state?.quality}`, { name: firstName(nameOf(s.person)) })),
    );
    const f = call.figures;
    figures.hidden = f.seconds === 0;
    say(figures, f.way === "relay" ? "call.figuresRelay" : "call.figures", {
      rtt: f.rtt,
      loss: Math.round(Math.max(f.lossUp, f.lossDown) * 100),
      up: f.up,
      down: f.down,
    });
  };
  update();
  return { element, update };
}
