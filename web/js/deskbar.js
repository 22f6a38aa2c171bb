// The quiet row at the end of the desk: how it tells of arrivals, the keyboard's letters, the job.
import { h } from "./dom.js";
import { wantNotices } from "./arrival.js";
import { canNotify } from "./alert.js";
import { showJob } from "./doors.js";
import { showKeys } from "./keys.js";
import { popover } from "./popover.js";
import { prefs } from "./prefs.js";
import { chime, unlock } from "./sound.js";
import { button, words } from "./ui.js";

/** @typedef {import("./prefs.js").Pref} Pref */

export function deskBar() {
  const link = (/** @type {string} */ key, /** @type {string} */ picture, /** @type {string} */ act, /** @type {() => void} */ press) =>
    button({ key, icon: picture, class: "quiet quiet--link", act, press });
  const settings = link("desk.settings", "cog", "desk-settings", () => settingsPopover(settings));
  return h(
    "div",
    { class: "row deskbar" },
    document.getElementById("job") && link("door.job", "job", "door-job", showJob),
    settings,
    link("desk.keys", "key", "keys", showKeys),
  );
}

/** @param {HTMLElement} anchor */
function settingsPopover(anchor) {
  const refused = words("p", "desk.noNotices", undefined, { class: "small soft", role: "status", hidden: true });
  const tick = (/** @type {Pref} */ p, /** @type {(on: boolean, box: HTMLInputElement) => void} */ then = () => {}) => {
    const box = h("input", {
      class: "ds-input",
      type: "checkbox",
      "data-act": `pref-${p}`,
      checked: prefs.get(p),
      on: {
        change: () => {
          prefs.set(p, box.checked);
          then(box.checked, box);
        },
      },
    });
    return h("label", { class: "tick" }, box, words("span", `desk.pref.${p}`));
  };
  popover(anchor, "desk.settings", undefined, [
    h(
      "fieldset",
      { class: "stack g2" },
      words("legend", "desk.whenSomebodyComes"),
      tick("sound", (on) => {
        if (!on) return;
        unlock();
        chime();
      }),
      canNotify() &&
        tick("notify", (on, box) => {
          if (!on) return;
          void wantNotices().then((may) => {
            box.checked = may;
            prefs.set("notify", may);
            refused.hidden = may;
          });
        }),
      refused,
    ),
    h("fieldset", { class: "stack g2" }, words("legend", "desk.work"), tick("auto"), tick("keys")),
  ]);
}
