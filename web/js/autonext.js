// Taking the next one by itself after a write-up was handed in: only for those who chose it, after a few seconds in
// which it can be stopped, and only for somebody who waits at that moment.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { prefs } from "./prefs.js";
import { button, firstName } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./types.js").InterviewerView} View */
/** @typedef {import("./types.js").WorkState} WorkState */

/** The time to stop it, in s. */
const pause = 5;

/** @param {Room} room */
export function autoNext(room) {
  /** @type {WorkState | undefined} */
  let was;
  let timer = 0;
  let left = 0;
  let last = 0;
  const text = h("span", {});
  const stop = button({ key: "auto.stop", class: "undo__back", act: "auto-stop", press: () => clear() });
  const element = h("div", { class: "undo undo--auto", role: "status", hidden: true }, icon("clock"), text, stop);
  const clear = () => {
    window.clearInterval(timer);
    timer = 0;
    element.hidden = true;
  };
  const next = () => room.view.queue.find((r) => r.id === room.view.nextUp);
  const show = () => {
    const row = next();
    if (!row) return clear();
    say(text, "auto.soon", { name: firstName(row.name) });
    element.hidden = false;
  };
  prefs.addEventListener("change", () => prefs.get("auto") || clear());
  return {
    element,
    /** @param {View} v */
    see: (v) => {
      const { you } = v;
      const handedIn = was === "write_up" && you.state === "free";
      was = you.state;
      if (timer && (you.state !== "free" || you.last !== last)) clear();
      if (timer) show();
      if (!handedIn || !prefs.get("auto") || v.elsewhere || v.phase !== "published" || !next()) return;
      left = pause;
      last = you.last;
      show();
      timer = window.setInterval(() => {
        left--;
        if (left > 0) return;
        clear();
        if (next()) void room.act({ do: "next", after: last, endTalk: false });
      }, 1000);
    },
  };
}
