// The line that says whether what was typed is safe.
import { h, icon, setIcon } from "./dom.js";
import { say, when } from "./i18n.js";
import { refusal } from "./ui.js";

/** @typedef {import("./assess.js").Assess} Assess */
/** @typedef {import("./socket.js").Live} Live */

/**
 * @param {Live} live
 * @param {string} zone
 * @param {{long?: boolean}} [how] long: with who sees it
 */
export function savedLine(live, zone, how = {}) {
  const text = h("span", { role: "status" });
  const element = h("span", { class: "soft small saved" }, icon("check"), " ", text);
  return {
    element,
    /** @param {Assess | undefined} a */
    update: (a) => {
      element.hidden = !a;
      if (!a) return;
      if (a.failed) {
        setIcon(element, "warn");
        text.removeAttribute("data-i18n");
        text.textContent = refusal(a.failed);
      } else if (a.conflicts.length > 0) {
        setIcon(element, "warn");
        say(text, "assess.twoDevices");
      } else if (!a.saved) {
        setIcon(element, live.online ? "sync" : "warn");
        say(text, live.online ? "assess.saving" : "assess.keptHere");
      } else {
        setIcon(element, "check");
        if (how.long) say(text, "assess.savedWho");
        else if (a.savedAt) say(text, "common.savedAt", { time: when(new Date(a.savedAt), "clock", zone) });
        else say(text, "assess.onlyUs");
      }
    },
  };
}
