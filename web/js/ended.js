// The ends: each says what happened, and what can be done now.
import { h, icon } from "./dom.js";
import { busy, button, dots, words } from "./ui.js";

/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./lobby.js").Context} Context */

/**
 * @param {Context} c
 * @param {Moment | "refused"} moment
 */
export function endScreen(c, moment) {
  const again = button({
    key: "end.continueHere",
    icon: "mobile",
    class: "ds-button ds-button--big ds-button--wide",
    act: "continue",
    press: () => void busy(again, () => c.continueHere()),
  });
  const reload = button({
    key: "end.reload",
    icon: "sync",
    class: "ds-button ds-button--big ds-button--wide",
    act: "reload",
    press: () => location.reload(),
  });
  const element = h(
    "div",
    { class: "live-screen" },
    h(
      "div",
      { class: "empty empty--phone" },
      dots(moment === "elsewhere" ? "waiting" : "cancelled"),
      words("h1", `end.${moment}.title`, { name: c.boot.firstName }),
      h("p", { class: "soft" }, c.boot.title),
    ),
    h("p", { class: "note" }, icon("info"), words("span", `end.${moment}.text`)),
    moment === "elsewhere" && h("div", { class: "foot" }, again, words("p", "end.elsewhere.devices", undefined, { class: "small soft center" })),
    moment === "refused" && h("div", { class: "foot" }, reload),
  );
  return { element, tick: () => {}, update: () => {}, stop: () => {} };
}
