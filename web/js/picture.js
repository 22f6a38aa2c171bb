// What lies over the other's picture, for candidate and interviewer alike: the clock, notices at two minutes and half
// a minute, his own picture, and the button that lets the sound through.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { clockText } from "./clock.js";
import { selfVideo } from "./selfview.js";
import { button, plain, words } from "./ui.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./devices.js").Devices} Devices */

/** When a notice is given, in ms before the end. */
const notices = [120_000, 30_000];

/** The clock's plate, and its notices. */
export function clockPlate() {
  const figure = h("span", { class: "clock", role: "timer" });
  const under = h("span", {});
  const notice = h("p", { class: "over over--mid live-over", role: "status" });
  let last = Number.POSITIVE_INFINITY;
  let until = 0;
  return {
    /** @param {string} extra class */
    plate: (extra) => h("p", { class: `plate plate--clock ${extra}` }, figure, under),
    notice,
    /**
     * @param {number} left ms; negative is overrun
     * @param {{key: string, args?: import("./i18n.js").Args}} below the line under the figure before the end
     * @param {{key: string, args?: import("./i18n.js").Args}} over and after it
     * @returns {boolean} whether the last two minutes have begun
     */
    set: (left, below, over) => {
      // Overtime begins a whole second late rather than showing +0:00.
      const past = left <= -1000;
      plain(figure, past ? `+${clockText(-left - 999)}` : clockText(left));
      const u = past ? over : below;
      say(under, u.key, u.args);
      // Only a limit that was crossed just now is told: a reload in the last minute says nothing old.
      const crossed = notices.find((n) => left <= n && last > n && last < n + 5000);
      if (crossed) {
        say(notice, crossed === 120_000 ? "talk.twoMinutes" : "talk.halfMinute");
        until = performance.now() + 8000;
      } else if (left <= 0 && last > 0 && last < 5000) {
        say(notice, "talk.timeUp");
        until = performance.now() + 8000;
      } else if (until && performance.now() > until) {
        plain(notice);
        until = 0;
      }
      notice.hidden = !until;
      last = left;
      return left <= 120_000;
    },
    /** For the next talk. */
    reset: () => {
      last = Number.POSITIVE_INFINITY;
      until = 0;
      plain(notice);
      notice.hidden = true;
    },
  };
}

/**
 * His own picture in the corner, with a word for what is off.
 * @param {Devices} devices
 * @param {string} extra class
 * @param {...HTMLElement} more what else stands on it
 */
export function selfFigure(devices, extra = "", ...more) {
  const self = selfVideo(devices);
  const caption = h("span", {});
  const element = h("figure", { class: `self ${extra}` }, self.element, caption, ...more);
  const update = () => {
    const off = Boolean(self.element.hidden);
    element.classList.toggle("self--off", off);
    if (caption.childElementCount && element.dataset.off === String(off)) return;
    element.dataset.off = String(off);
    caption.replaceChildren(...(off ? [icon("camoff"), words("span", "talk.cameraOff")] : [words("span", "common.you")]));
  };
  update();
  devices.addEventListener("change", update);
  return { element, stop: () => { devices.removeEventListener("change", update); self.stop(); } };
}

/** One big button when the browser does not let the sound through. @param {Call} call */
export function soundButton(call) {
  const b = button({ key: "talk.hear", icon: "speaker", class: "ds-button ds-button--big live-hear", act: "hear", press: () => void call.play() });
  const update = () => (b.hidden = !call.blocked || call.state !== "connected");
  update();
  call.addEventListener("change", update);
  return b;
}
