// Real-time text on the page (EN 301 549, 6.2): what the other types stands over the picture letter by letter; lines
// that are ended stand over the field, his and the own, with who wrote them; a talk can be held by it alone. It is
// nowhere but on the pages of those who talk, and is gone with the talk.
import { h } from "./dom.js";
import { rewrite, say, t } from "./i18n.js";
import { receive, shown, typeInto } from "./rtt.js";
import { firstName, plain, words } from "./ui.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {{done: string[], line: string}} Text */

/** A pause in somebody's typing after which a screen reader says what he has written so far, in ms. */
const breath = 2500;
/** How many ended lines stand over the field. */
const kept = 200;

/** @param {Call} call */
export function textTalk(call) {
  const who = h("b", {});
  const line = h("span", {});
  const bubble = h("p", { class: "say", hidden: true }, who, line, h("span", { class: "caret" }));
  // Letters that come one by one cannot be listened to: whole lines are spoken, and what stands when somebody pauses.
  const spoken = h("p", { class: "ds-sr-only", role: "status" });
  const log = h("ol", { class: "rtt__log", role: "list", tabindex: 0, hidden: true, "data-i18n-attr": "aria-label:call.textLog" });
  const field = h("input", { id: "rtt", autocomplete: "off", maxlength: 2000, enterkeyhint: "send" });
  const label = h("label", { class: "ds-sr-only", for: "rtt" });
  const row = h("div", { class: "rtt", hidden: true }, log, spoken, label, field);
  let name = "";
  let writer = "";
  let many = false;
  /** @type {(id: string) => string} */
  let nameOf = () => "";
  /** What each of them wrote, by id: several may write at once. @type {Map<string, Text>} */
  let each = new Map();
  /** What of each line has been spoken. @type {Map<string, string>} */
  let told = new Map();
  let timer = 0;

  const called = (/** @type {string} */ id) => firstName(nameOf(id)) || name;
  const show = () => {
    const theirs = each.get(writer) ?? { done: [], line: "" };
    const text = shown(theirs);
    // A line that is ended stands over the field, if that is open.
    bubble.hidden = text === "" || (theirs.line === "" && !row.hidden);
    plain(line, text);
    say(who, theirs.line ? "talk.writes" : "talk.wrote", { name: called(writer) });
  };
  /** @param {string} text @param {string} [from] nobody: himself */
  const add = (text, from) => {
    const by = from === undefined ? words("b", "common.you") : h("b", {}, called(from));
    log.append(h("li", { class: from === undefined ? "rtt__own" : "" }, by, h("span", {}, text)));
    while (log.childElementCount > kept) log.firstElementChild?.remove();
    log.hidden = false;
    log.scrollTop = log.scrollHeight;
  };
  /** @param {string} id @param {string} text */
  const speak = (id, text) => {
    const before = told.get(id) ?? "";
    told.set(id, text);
    const rest = text.startsWith(before) ? text.slice(before.length) : text;
    if (rest.trim()) plain(spoken, t("call.textSpoken", { name: called(id), text: rest.trim() }));
  };
  const typing = typeInto(
    field,
    (piece) => call.say(piece),
    (text) => add(text),
  );
  call.addEventListener("open", () => typing.again());
  call.addEventListener("text", (e) => {
    const { from, text } = /** @type {CustomEvent} */ (e).detail;
    const id = (writer = String(from));
    const theirs = each.get(id) ?? { done: [], line: "" };
    each.set(id, theirs);
    const had = theirs.done.length;
    receive(theirs, String(text));
    for (const ended of theirs.done.slice(had)) {
      add(ended, id);
      speak(id, ended);
      told.delete(id);
    }
    // Only the last one is shown over the picture; the others stand in the list.
    theirs.done.splice(0, theirs.done.length - 1);
    show();
    window.clearTimeout(timer);
    timer = window.setTimeout(() => speak(id, theirs.line), breath);
    // Who writes wants to be answered: the field opens by itself, the focus stays where it is.
    if (row.hidden) open(true);
  });
  /** @type {((open: boolean) => void)[]} */
  const onOpen = [];
  const open = (/** @type {boolean} */ on) => {
    row.hidden = !on;
    show();
    if (on) log.scrollTop = log.scrollHeight;
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
      window.clearTimeout(timer);
      each = new Map();
      told = new Map();
      log.replaceChildren();
      log.hidden = true;
      plain(spoken);
      typing.clear();
      open(false);
    },
  };
}
