// The banner of a lost connection: what is shown stays, with its age, and after a while the help in its order.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { onTick } from "./clock.js";
import { ladder } from "./steps.js";
import { button, words } from "./ui.js";

/** @typedef {import("./socket.js").Live} Live */

/** A blink is not worth an alarm; after this long, in ms, it is said. */
const quietFor = 2000;
/** And after this long help is offered. */
const helpAfter = 20_000;

/** When this page lost its connection; undefined while it is there. @type {number | undefined} */
let since;

/** ms since this page lost its connection to the server; 0 while it is there. */
export function offlineFor() {
  return since === undefined ? 0 : performance.now() - since;
}

/**
 * @param {Live} live
 * @param {string} text catalogue key of what stays safe meanwhile
 */
export function netBanner(live, text) {
  const age = h("p", { class: "small" });
  const help = h(
    "details",
    { class: "fold" },
    h("summary", {}, words("span", "live.help.title")),
    ladder(),
  );
  const element = h(
    "div",
    { class: "note note--wait live-net", role: "alert", hidden: true },
    icon("sync"),
    words("p", "live.lost", undefined, { class: "strong" }),
    words("p", text),
    age,
    h(
      "div",
      { class: "live-noteact" },
      button({ key: "live.tryNow", icon: "sync", class: "ds-button ds-button--slim", variant: "secondary", act: "try-now", press: () => live.now() }),
      help,
    ),
  );
  const tick = () => {
    if (since === undefined) return;
    const gone = performance.now() - since;
    element.hidden = gone < quietFor;
    help.hidden = gone < helpAfter;
    const s = Math.round(gone / 1000);
    if (s < 60) say(age, "live.ageSeconds", { count: s - (s % 5) || 1 });
    else say(age, "live.ageMinutes", { count: Math.round(s / 60) });
  };
  onTick(tick);
  return {
    element,
    /** @param {boolean} online */
    online: (online) => {
      if (online) {
        since = undefined;
        element.hidden = true;
      } else since ??= performance.now();
    },
  };
}
