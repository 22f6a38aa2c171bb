// The keyboard at the desk: single letters for what is done often, a list of them under "?". They never fire in a
// text field or with Ctrl, Alt or Cmd, and can be turned off (WCAG 2.1.4), for those whose speech input types letters.
// A key presses the button that is seen, so it can do nothing that the page does not offer.
import { h } from "./dom.js";
import { prefs } from "./prefs.js";
import { dialog, words } from "./ui.js";

/**
 * @typedef {object} Shortcut
 * @property {string} key as in KeyboardEvent.key, lower case
 * @property {string} words what it does
 * @property {readonly string[]} [acts] the buttons it presses: the first that is seen
 * @property {string} [focus] or the field it goes to
 */

/** @type {readonly {title: string, all: readonly Shortcut[]}[]} */
export const groups = [
  {
    title: "keys.queue",
    all: [
      { key: "n", words: "keys.next", acts: ["accept", "join", "next"] },
      { key: "k", words: "keys.skip", acts: ["skip"] },
      { key: "t", words: "keys.take", acts: ["take-other"] },
      { key: "j", words: "keys.recuse", acts: ["recuse"] },
      { key: "p", words: "keys.pause", acts: ["pause", "unpause"] },
      { key: "x", words: "keys.callOff", acts: ["call-off"] },
      { key: "u", words: "keys.undo", acts: ["undo", "undo-skip"] },
    ],
  },
  {
    title: "keys.talk",
    all: [
      { key: "m", words: "keys.microphone", acts: ["mute-microphone"] },
      { key: "c", words: "keys.camera", acts: ["mute-camera"] },
      { key: "+", words: "keys.extend", acts: ["extend"] },
      { key: "h", words: "keys.handOver", acts: ["hand-over"] },
      { key: "i", words: "keys.invite", acts: ["invite"] },
      { key: "w", words: "keys.window", acts: ["pip"] },
      { key: "e", words: "keys.end", acts: ["end"] },
    ],
  },
  {
    title: "keys.assess",
    all: [
      { key: "q", words: "keys.question", focus: ".q__now .q, #wu-name" },
      { key: "b", words: "keys.note", focus: "#n-note, #wu-note" },
      { key: "v", words: "keys.verdict", focus: ".assess .pick input:checked, .pick input:checked, .assess .pick input, .between .pick input" },
      { key: "l", words: "keys.submit", acts: ["submit"] },
    ],
  },
];

const shortcuts = groups.flatMap((g) => g.all);

/** Listens from now on. */
export function listen() {
  document.addEventListener("keydown", (e) => {
    if (e.defaultPrevented || e.repeat || e.ctrlKey || e.altKey || e.metaKey || e.isComposing || typing(e.target)) return;
    // A modal dialog is between him and the page.
    if (document.querySelector("dialog:modal")) return;
    // Without letters the list is still there, as a button.
    if (!prefs.get("keys")) return;
    if (e.key === "?") {
      e.preventDefault();
      showKeys();
      return;
    }
    const s = shortcuts.find((k) => k.key === e.key.toLowerCase());
    if (!s) return;
    if (s.focus) {
      const to = [...document.querySelectorAll(s.focus)].find((f) => f.checkVisibility());
      if (!(to instanceof HTMLElement)) return;
      e.preventDefault();
      if (to.tabIndex < 0) to.tabIndex = -1;
      to.focus();
      return;
    }
    const b = seen(s.acts ?? []);
    if (!b) return;
    e.preventDefault();
    b.focus({ preventScroll: true });
    b.click();
  });
}

/** The first button of these that can be pressed. @param {readonly string[]} acts */
function seen(acts) {
  for (const act of acts) {
    for (const b of document.querySelectorAll(`[data-act="${act}"]`)) {
      if (b instanceof HTMLElement && b.checkVisibility() && b.getAttribute("aria-disabled") !== "true") return b;
    }
  }
  return undefined;
}

/** Whether letters belong to what has the focus. @param {EventTarget | null} e */
function typing(e) {
  if (!(e instanceof HTMLElement)) return false;
  if (e.isContentEditable || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) return true;
  return e instanceof HTMLInputElement && !["radio", "checkbox", "button"].includes(e.type);
}

/** The list, and the switch. */
export function showKeys() {
  const on = h("input", {
    class: "ds-input",
    type: "checkbox",
    "data-act": "keys-on",
    checked: prefs.get("keys"),
    on: { change: () => prefs.set("keys", on.checked) },
  });
  dialog(
    "keys.title",
    undefined,
    [
      h("label", { class: "tick" }, on, words("span", "keys.on")),
      words("p", "keys.text", undefined, { class: "small soft" }),
      ...groups.map((g) =>
        h(
          "section",
          { class: "stack g2" },
          words("h3", g.title, undefined, { class: "small strong" }),
          h("dl", { class: "keys" }, ...g.all.flatMap((s) => [h("dt", {}, h("kbd", {}, s.key.toUpperCase())), words("dd", s.words)])),
        ),
      ),
      h("dl", { class: "keys" }, h("dt", {}, h("kbd", {}, "?")), words("dd", "keys.help"), h("dt", {}, h("kbd", {}, "1"), "–", h("kbd", {}, "5")), words("dd", "keys.rate")),
    ],
    { class: "live-wide" },
  );
}
