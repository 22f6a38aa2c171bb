// After the talk: one question, saved the moment it is answered, so that closing the page early loses nothing. The
// answer can be changed from the same link later.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { recall, remember, storage } from "./boot.js";
import { focusHeading } from "./check.js";
import { contact } from "./doors.js";
import { button, dots, refusal, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./types.js").Interest} Interest */
/** @typedef {import("./lobby.js").Context} Context */

/** The pause in typing after which a comment is saved, in ms. */
const pause = 700;

/** @param {Context} c @param {View} first */
export function afterScreen(c, first) {
  let view = first;
  // What an earlier life of this page could not send any more: the page was closed, or the network was away.
  const key = `nextup.after.${c.boot.live}`;
  const unsent = recall(storage("local"), key, /** @type {{interest: Interest, comment: string} | undefined} */ (undefined));
  /** What he chose here; the view catches up. @type {Interest} */
  let chosen = unsent?.interest || first.interest || "";
  let comment = unsent?.comment ?? c.boot.comment ?? "";
  let saved = c.boot.comment ?? "";
  let timer = 0;
  /** The question again, though it is answered. */
  let asking = chosen === "" || chosen === "skip";

  const status = h("p", { class: "small soft", role: "status" });
  const element = h("div", { class: "live-screen" });

  /** Until the server has it, this browser does. */
  const keep = () => remember(storage("local"), key, { interest: chosen, comment });

  const send = async () => {
    window.clearTimeout(timer);
    const words = comment;
    keep();
    say(status, c.live.online ? "after.saving" : "after.willSave");
    try {
      await c.live.command({ do: "respond", interest: chosen || "skip", comment: words });
      saved = words;
      c.boot.comment = words;
      if (comment === words) {
        remember(storage("local"), key, undefined);
        say(status, "common.saved");
      }
    } catch (e) {
      status.removeAttribute("data-i18n");
      status.textContent = refusal(e);
    }
  };

  const question = () => {
    const radio = (/** @type {Interest} */ value, /** @type {string} */ picture, /** @type {string} */ key) =>
      h(
        "label",
        {},
        h("input", {
          type: "radio",
          name: "interest",
          value,
          "data-act": `interest-${value}`,
          checked: chosen === value,
          on: {
            change: () => {
              chosen = value;
              void send();
            },
          },
        }),
        icon(picture),
        words("span", key),
      );
    const box = h("textarea", {
      class: "ds-input",
      id: "comment",
      rows: 4,
      maxlength: 2000,
      on: {
        input: () => {
          comment = box.value;
          window.clearTimeout(timer);
          keep();
          if (chosen) timer = window.setTimeout(() => void send(), pause);
        },
      },
    });
    box.value = comment;
    const end = () => {
      if (!chosen) chosen = "skip";
      if (comment !== saved || chosen !== view.interest) void send();
      asking = false;
      show(true);
    };
    return [
      h(
        "div",
        { class: "stack g2" },
        h("p", { class: "state state--pill state--ok self-start" }, icon("ok"), words("span", "after.thanks", { name: c.boot.firstName })),
        words("h1", "after.interesting"),
        h("p", { class: "soft" }, c.boot.title),
      ),
      h(
        "fieldset",
        {},
        words("legend", "after.interesting", undefined, { class: "ds-sr-only" }),
        h("div", { class: "choice" }, radio("yes", "up", "common.yes"), radio("no", "thumbdown", "common.no")),
      ),
      h(
        "div",
        { class: "field" },
        h("label", { for: "comment" }, words("span", "after.more"), " ", words("span", "common.optional", undefined, { class: "soft" })),
        box,
        status,
      ),
      h("p", { class: "note note--act" }, icon("info"), words("span", "after.who")),
      h(
        "div",
        { class: "foot" },
        button({ key: "after.send", class: "ds-button ds-button--big ds-button--wide", act: "send", press: end }),
        button({
          key: "after.skip",
          class: "ds-button ds-button--wide",
          variant: "tertiary",
          act: "skip",
          press: () => {
            chosen = chosen || "skip";
            end();
          },
        }),
      ),
    ];
  };

  const done = () => [
    h(
      "div",
      { class: "empty empty--phone" },
      dots("done"),
      words("h1", "after.done", { name: c.boot.firstName }),
      words("p", chosen === "yes" ? "after.saidYes" : chosen === "no" ? "after.saidNo" : "after.saidNothing", undefined, { class: "soft" }),
      status,
    ),
    h("p", { class: "note" }, icon("info"), words("span", "after.next")),
    ...[contact(c, "end.contact")].filter((e) => e !== undefined),
    words("p", "after.close", undefined, { class: "soft center" }),
    h(
      "div",
      { class: "foot" },
      button({
        key: chosen === "skip" ? "after.answer" : "after.change",
        class: "ds-button ds-button--wide",
        variant: "secondary",
        act: "change",
        press: () => {
          asking = true;
          if (chosen === "skip") chosen = "";
          show(true);
        },
      }),
    ),
  ];

  const show = (/** @type {boolean} */ focus) => {
    element.replaceChildren(...(asking ? question() : done()));
    if (focus) focusHeading(element);
  };
  show(false);
  if (unsent && (unsent.interest || unsent.comment !== saved)) void send();
  const pending = () => comment !== saved || (chosen !== "" && chosen !== (view.interest ?? ""));
  const flush = () => {
    if (pending()) void send();
  };
  // A page that goes away cannot wait for its socket; the browser sends a form by itself.
  const leave = () => {
    if (!pending()) return;
    keep();
    navigator.sendBeacon(c.boot.respond, new URLSearchParams({ interest: chosen || "skip", comment }));
  };
  window.addEventListener("pagehide", leave);
  return {
    element,
    tick: () => {},
    /** @param {View} v */
    update: (v) => {
      view = v;
    },
    stop: () => {
      flush();
      window.removeEventListener("pagehide", leave);
    },
  };
}
