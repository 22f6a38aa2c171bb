// The colleagues in the top bar: what each is doing.
import { h, list } from "./dom.js";
import { t } from "./i18n.js";
import { leftNow } from "./clock.js";
import { firstName, initials, plain } from "./ui.js";

/** @typedef {import("./types.js").Work} Work */

const tones = ["b", "c", "a"];

/**
 * @param {HTMLElement} place
 * @param {readonly Work[]} colleagues
 * @param {number} at
 */
export function showMates(place, colleagues, at) {
  place.setAttribute("aria-label", t("room.colleagues"));
  list(
    place,
    colleagues,
    (w) => w.id,
    (w) =>
      h(
        "li",
        {},
        h("span", { class: "face face--sm", "data-tone": tones[colleagues.indexOf(w) % tones.length] }, initials(w.name)),
        h("span", {}, h("b", {}, firstName(w.name)), h("span", {})),
      ),
    (li, w) => {
      const words = li.querySelector("b + span");
      if (words) plain(words, doing(w, at));
      li.title = w.name;
    },
  );
}

/** @param {Work} w @param {number} at */
export function doing(w, at) {
  if (!w.connected && w.state !== "away") return t("state.reconnecting");
  const left = Math.ceil(leftNow(w.left ?? 0, at) / 60_000);
  if (w.state === "talk") return left > 0 ? t("room.work.talkLeft", { count: left }) : t("room.work.talkOver");
  return t(`room.work.${w.state}`);
}
