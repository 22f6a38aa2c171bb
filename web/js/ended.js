// The ends: each says what happened, and what can be done now.
import { h, icon } from "./dom.js";
import { ownPage } from "./appointment.js";
import { contact, doors } from "./doors.js";
import { busy, button, dots, words } from "./ui.js";

/** @typedef {import("./types.js").Moment} Moment */
/** @typedef {import("./lobby.js").Context} Context */

/** Where somebody may want to speak to a person. @type {readonly string[]} */
const asking = ["no_show", "not_reached", "closed", "cancelled"];
/** What is said in more than one paragraph, by how many. @type {Record<string, number>} */
const long = { no_show: 2, not_reached: 2 };

/** What is otherwise for who chose his time on a page of his own. @type {readonly string[]} */
const elsewhere = ["withdrawn", "cancelled"];

/** @param {string} moment */
function paragraphs(moment) {
  const all = [words("span", `end.${moment}.text`)];
  for (let i = 2; i <= (long[moment] ?? 1); i++) all.push(words("span", `end.${moment}.text${i}`));
  return all;
}

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
  const appointed = !!c.boot.appointment && moment !== "elsewhere" && moment !== "refused";
  const own = appointed && elsewhere.includes(moment);
  const element = h(
    "div",
    { class: "live-screen" },
    h(
      "div",
      { class: "empty empty--phone" },
      dots(moment === "elsewhere" ? "waiting" : "cancelled"),
      words("h1", own ? `appointments.end.${moment}.title` : `end.${moment}.title`, { name: c.boot.firstName }),
      h("p", { class: "soft" }, c.boot.title),
    ),
    h("p", { class: "note" }, icon("info"), h("span", { class: "stack g2" }, ...(own ? [words("span", `appointments.end.${moment}.text`)] : paragraphs(moment)))),
    appointed && h("p", { class: "center" }, ownPage(c, "appointments.ownPage", "left")),
    asking.includes(moment) && contact(c, "end.contact"),
    moment === "no_show" && h("div", { class: "foot" }, doors(c, ["devices", "help", "withdraw"])),
    moment === "elsewhere" && h("div", { class: "foot" }, again, words("p", "end.elsewhere.devices", undefined, { class: "small soft center" })),
    moment === "refused" && h("div", { class: "foot" }, reload),
  );
  return { element, tick: () => {}, update: () => {}, stop: () => {} };
}
