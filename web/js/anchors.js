// What the figures 1 to 5 mean: the recruiter's words, or the standard ones.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./types.js").Sheet} Sheet */

/** @param {Sheet} sheet @param {number} n 1 to 5 */
export function anchorWord(sheet, n) {
  return sheet.anchors?.[n - 1] || t(`assess.anchor.${n}`);
}

/** The meaning of the chosen figure, or of both ends. @param {Room} room @param {() => number} rating */
export function anchorHint(room, rating) {
  const element = h("span", { class: "small soft anchor" });
  const update = () => {
    const n = rating();
    plain(element, n > 0 ? `${n} ${anchorWord(room.sheet, n)}` : n < 0 ? t("assess.notAsked") : `1 ${anchorWord(room.sheet, 1)} – 5 ${anchorWord(room.sheet, 5)}`);
  };
  return { element, update };
}

/** The words of both ends over a column of scales. @param {Room} room @param {string} classes */
export function ends(room, classes) {
  const [low, high] = [h("span", {}), h("span", {})];
  return {
    element: h("span", { class: classes }, low, high),
    update: () => {
      plain(low, `1 ${anchorWord(room.sheet, 1)}`);
      plain(high, `5 ${anchorWord(room.sheet, 5)}`);
    },
  };
}

/** All five, on demand. @param {Room} room */
export function anchorFold(room) {
  const rows = [1, 2, 3, 4, 5].map(() => h("dd", {}));
  const element = h(
    "details",
    { class: "fold fold--small", "data-act": "anchors" },
    h("summary", {}, words("span", "assess.meaning")),
    h("dl", { class: "anchors" }, ...rows.flatMap((r, i) => [h("dt", {}, String(i + 1)), r])),
  );
  return { element, update: () => rows.forEach((r, i) => plain(r, anchorWord(room.sheet, i + 1))) };
}
