// What lies over the other's picture, for candidate and interviewer alike: the clock, notices at two minutes and half
// a minute, the letters being typed, his own picture, and the button that lets the sound through.
import { h, icon } from "./dom.js";
import { rewrite, say } from "./i18n.js";
import { clockText } from "./clock.js";
import { receive, shown, typeInto } from "./rtt.js";
import { selfVideo } from "./selfview.js";
import { button, firstName, plain, words } from "./ui.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./devices.js").Devices} Devices */

/** When a notice is given, in ms before the end. */
const notices = [120_000, 30_000];

/** The clock's plate, and its notices. */
export function clockPlate() {
  const figure = h("span", { class: "clock", role: "timer" });
  const under = h("span", {});
  const notice = h("p", { class: "over over--mid live-over", role: "status" });
  let last = Number.POSITIVE_INFINITY;
  let until = 0;
  return {
    /** @param {string} extra class */
    plate: (extra) => h("p", { class: `plate plate--clock ${extra}` }, figure, under),
    notice,
    /**
     * @param {number} left ms; negative is overrun
     * @param {{key: string, args?: import("./i18n.js").Args}} below the line under the figure before the end
     * @param {{key: string, args?: import("./i18n.js").Args}} over and after it
     * @returns {boolean} whether the last two minutes have begun
     */
    set: (left, below, over) => {
      // Overtime begins a whole second late rather than showing +0:00.
      const past = left <= -1000;
      plain(figure, past ? `+${clockText(-left - 999)}` : clockText(left));
      const u = past ? over : below;
      say(under, u.key, u.args);
      // Only a limit that was crossed just now is told: a reload in the last minute says nothing old.
      const crossed = notices.find((n) => left <= n && last > n && last < n + 5000);
      if (crossed) {
        say(notice, crossed === 120_000 ? "talk.twoMinutes" : "talk.halfMinute");
        until = performance.now() + 8000;
      } else if (left <= 0 && last > 0 && last < 5000) {
        say(notice, "talk.timeUp");
        until = performance.now() + 8000;
      } else if (until && performance.now() > until) {
        plain(notice);
        until = 0;
      }
      notice.hidden = !until;
      last = left;
      return left <= 120_000;
    },
    /** For the next talk. */
    reset: () => {
      last = Number.POSITIVE_INFINITY;
      until = 0;
      plain(notice);
      notice.hidden = true;
    },
  };
}

/** His own picture in the corner, with a word for what is off. @param {Devices} devices @param {string} extra class */
export function selfFigure(devices, extra = "") {
  const self = selfVideo(devices);
  const caption = h("span", {});
  const element = h("figure", { class: `self ${extra}` }, self.element, caption);
  const update = () => {
    const off = Boolean(self.element.hidden);
    element.classList.toggle("self--off", off);
    if (caption.childElementCount && element.dataset.off === String(off)) return;
    element.dataset.off = String(off);
    caption.replaceChildren(...(off ? [icon("camoff"), words("span", "talk.cameraOff")] : [words("span", "common.you")]));
  };
  update();
  devices.addEventListener("change", update);
  return { element, stop: () => { devices.removeEventListener("change", update); self.stop(); } };
}

/** One big button when the browser does not let the sound through. @param {Call} call */
export function soundButton(call) {
  const b = button({ key: "talk.hear", icon: "speaker", class: "ds-button ds-button--big live-hear", act: "hear", press: () => void call.play() });
  const update = () => (b.hidden = !call.blocked || call.state !== "connected");
  update();
  call.addEventListener("change", update);
  return b;
}

/**
 * Real-time text: what the other types, over the picture, and the own field, which keeps its words when it is closed.
 * @param {Call} call
 */
export function textTalk(call) {
  const who = h("b", {});
  const line = h("span", {});
  const bubble = h("p", { class: "say", hidden: true }, who, line, h("span", { class: "caret" }));
  const field = h("input", { id: "rtt", autocomplete: "off", maxlength: 2000 });
  const label = h("label", { class: "ds-sr-only", for: "rtt" });
  const row = h("div", { class: "rtt", hidden: true }, label, field);
  const typing = typeInto(field, (piece) => call.say(piece));
  /** @type {{done: string[], line: string}} */
  let theirs = { done: [], line: "" };
  /** What each of them wrote, by id: several may write at once. @type {Map<string, {done: string[], line: string}>} */
  let each = new Map();
  let name = "";
  let writer = "";
  let many = false;
  /** @type {(id: string) => string} */
  let nameOf = () => "";
  const show = () => {
    const text = shown(theirs);
    bubble.hidden = text === "";
    plain(line, text);
    say(who, theirs.line ? "talk.writes" : "talk.wrote", { name: firstName(nameOf(writer)) || name });
  };
  call.addEventListener("text", (e) => {
    const { from, text } = /** @type {CustomEvent} */ (e).detail;
    writer = String(from);
    const known = each.get(writer);
    theirs = known ?? { done: [], line: "" };
    if (!known) each.set(writer, theirs);
    receive(theirs, String(text));
    show();
    // Who writes wants to be answered: the field opens by itself, the focus stays where it is.
    if (row.hidden) open(true);
  });
  /** @type {((open: boolean) => void)[]} */
  const onOpen = [];
  const open = (/** @type {boolean} */ on) => {
    row.hidden = !on;
    onOpen.forEach((f) => f(on));
  };
  return {
    bubble,
    row,
    field,
    onOpen,
    open,
    /** @param {string} other @param {(id: string) => string} names who is who, by id @param {boolean} several */
    with: (other, names, several) => {
      nameOf = names;
      if (firstName(other) === name && several === many) return;
      name = firstName(other);
      many = several;
      say(label, many ? "talk.writeAll" : "talk.writeTo", { name });
      field.setAttribute("data-i18n-attr", `placeholder:${many ? "talk.writeAllHint" : "talk.writeHint"}`);
      field.setAttribute("data-i18n-args", JSON.stringify({ name }));
      rewrite(row);
      show();
    },
    reset: () => {
      theirs = { done: [], line: "" };
      each = new Map();
      typing.clear();
      open(false);
      show();
    },
  };
}
