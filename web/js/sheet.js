// The fields of an assessment: a scale, a question left out, a verdict, a note. All are real radio buttons and text areas; nothing is
// chosen at the start, and what was chosen can be taken back.
import { anchorWord } from "./anchors.js";
import { notAsked } from "./assess.js";
import { h, icon } from "./dom.js";
import { plain, words } from "./ui.js";

/** @typedef {import("./assess.js").Assess} Assess */

let groups = 0;

/**
 * Five radio buttons, 1 weak to 5 strong. The keys 1 to 5 choose, 0, Delete or a press on the chosen one clears.
 * @param {{legend: HTMLElement | string, wide?: boolean, item: string, value: () => number, set: (rating: number) => void,
 *   sheet: () => import("./types.js").Sheet}} s sheet: has the words for the figures
 */
export function scale(s) {
  const name = `scale-${++groups}`;
  const inputs = [1, 2, 3, 4, 5].map((n) =>
    h("input", { type: "radio", name, value: n, "data-act": `${s.item}=${n}`, on: { change: () => s.set(n) } }),
  );
  clearable(inputs, () => s.set(0));
  const legend = h("legend", { class: "ds-sr-only" }, s.legend);
  const meanings = inputs.map(() => h("span", { class: "ds-sr-only" }));
  const labels = inputs.map((i, n) => h("label", {}, i, String(n + 1), " ", meanings[n]));
  const element = h(
    "fieldset",
    {
      class: s.wide ? "rate rate--wide" : "rate",
      on: {
        keydown: (/** @type {KeyboardEvent} */ e) => {
          const n = Number(e.key);
          if (e.ctrlKey || e.altKey || e.metaKey || e.key === " " || !(n >= 1 && n <= 5)) return;
          inputs[n - 1]?.click();
          inputs[n - 1]?.focus();
        },
      },
    },
    legend,
    ...labels,
  );
  const update = () => {
    inputs.forEach((i, n) => {
      i.checked = s.value() === n + 1;
      const word = anchorWord(s.sheet(), n + 1);
      plain(/** @type {Element} */ (meanings[n]), word);
      const label = labels[n];
      if (label && label.title !== word) label.title = word;
    });
  };
  update();
  return { element, update };
}

/**
 * A question that was left out on purpose: a button that stays in.
 * @param {Assess} assess
 * @param {string} item
 */
export function leftOut(assess, item) {
  const element = h(
    "button",
    {
      type: "button",
      class: "leftout",
      "data-act": `${item}=not-asked`,
      on: { click: () => assess.rate(item, assess.mark(item).rating === notAsked ? 0 : notAsked) },
    },
    icon("minus"),
    words("span", "assess.notAsked"),
  );
  const update = () => element.setAttribute("aria-pressed", String(assess.mark(item).rating === notAsked));
  update();
  return { element, update };
}

/** The overall verdicts, as ratings of the item "overall". */
export const verdicts = /** @type {const} */ ([
  [3, "assess.interesting"],
  [2, "assess.maybe"],
  [1, "assess.no"],
]);

/** @param {Assess} assess */
export function verdict(assess) {
  const name = `verdict-${++groups}`;
  const inputs = verdicts.map(([n]) =>
    h("input", { type: "radio", name, value: n, "data-act": `overall=${n}`, on: { change: () => set(n) } }),
  );
  const checks = inputs.map(() => icon("check"));
  const set = (/** @type {number} */ n) => {
    assess.rate("overall", n);
    update();
  };
  clearable(inputs, () => set(0));
  const element = h(
    "div",
    { class: "pick" },
    ...verdicts.map(([, key], i) => h("label", {}, inputs[i], checks[i], words("span", key))),
  );
  const update = () =>
    verdicts.forEach(([n], i) => {
      const on = assess.mark("overall").rating === n;
      const input = inputs[i];
      if (input) input.checked = on;
      checks[i]?.toggleAttribute("hidden", !on);
    });
  update();
  return { element, update };
}

/**
 * A text area that saves what is typed.
 * @param {Assess} assess
 * @param {string} item
 * @param {{rows: number, id: string}} how
 */
export function noteField(assess, item, how) {
  const field = h("textarea", {
    class: "ds-input",
    id: how.id,
    rows: how.rows,
    maxlength: 4000,
    "data-act": `note:${item}`,
    on: { input: () => assess.write(item, field.value) },
  });
  const update = () => {
    const text = assess.mark(item).note;
    if (field.value !== text) field.value = text;
  };
  update();
  return { element: field, update };
}

/**
 * Radio buttons know no way back to none; these do.
 * @param {HTMLInputElement[]} inputs
 * @param {() => void} clear
 */
function clearable(inputs, clear) {
  for (const i of inputs) {
    let was = false;
    i.addEventListener("pointerdown", () => (was = i.checked));
    i.addEventListener("click", (e) => {
      // The press that chose it fires change; a press on the chosen one only click.
      if (was && e.detail > 0) {
        i.checked = false;
        clear();
      }
      was = false;
    });
    i.addEventListener("keydown", (e) => {
      if (!["Delete", "Backspace", "0"].includes(e.key)) return;
      e.preventDefault();
      inputs.forEach((o) => (o.checked = false));
      clear();
    });
  }
}
