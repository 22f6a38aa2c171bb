// The same note written on two devices: both stand side by side until he has chosen. Nothing is thrown away before.
import { h, list } from "./dom.js";
import { t } from "./i18n.js";
import { notAsked } from "./assess.js";
import { verdicts } from "./sheet.js";
import { button, plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./assess.js").Assess} Assess */

/** @param {Room} room @param {Assess} assess */
export function conflictCard(room, assess) {
  const rows = h("ul", { class: "stack g4" });
  const element = h(
    "section",
    { class: "note note--wait clash", role: "alert", hidden: true },
    h("div", { class: "stack g3 clash__in" }, words("h2", "clash.title", undefined, { class: "strong" }), words("p", "clash.text"), rows),
  );
  const title = (/** @type {string} */ item) => {
    const id = item.slice(2);
    const text = [...room.sheet.questions, ...room.sheet.traits].find((q) => q.id === id)?.text;
    return text ? h("h3", { class: "small" }, text) : words("h3", item === "overall" ? "assess.overall" : "assess.note", undefined, { class: "small" });
  };
  return {
    element,
    update: () => {
      const all = assess.conflicts;
      element.hidden = all.length === 0;
      list(
        rows,
        all,
        (c) => c.item,
        (c) => {
          const side = (/** @type {"mine" | "theirs"} */ which) =>
            h(
              "div",
              { class: "stack g2 clash__side" },
              words("p", `clash.${which}`, undefined, { class: "small strong" }),
              h("p", { class: `quote clash__${which}` }),
              button({ key: `clash.keep.${which}`, variant: "secondary", class: "ds-button ds-button--slim", act: `keep-${which}`, press: () => assess.settle(c.item, which) }),
            );
          return h(
            "li",
            { class: "stack g2" },
            title(c.item),
            h("div", { class: "clash__pair" }, side("mine"), side("theirs")),
            h("div", { class: "clash__both" }, button({ key: "clash.keep.both", variant: "tertiary", class: "ds-button ds-button--slim", act: "keep-both", press: () => assess.settle(c.item, "both") })),
          );
        },
        (li, c) => {
          for (const which of /** @type {const} */ (["mine", "theirs"])) {
            const e = li.querySelector(`.clash__${which}`);
            if (e) plain(e, inWords(c.item, c[which]));
          }
          li.querySelector(".clash__both")?.toggleAttribute("hidden", c.mine.note === "" || c.theirs.note === "" || c.mine.note === c.theirs.note);
        },
      );
    },
  };
}

/** A mark in one line. @param {string} item @param {{rating: number, note: string}} m */
function inWords(item, m) {
  const verdict = verdicts.find(([n]) => n === m.rating)?.[1];
  const figure =
    m.rating === notAsked ? t("assess.notAsked")
    : item === "overall" ? (verdict ? t(verdict) : "")
    : m.rating ? String(m.rating) : "";
  return [figure, m.note].filter(Boolean).join(". ") || t("clash.nothing");
}
