// The interviewer's own camera and microphone: tried before the start, and whenever he likes between talks.
import { h } from "./dom.js";
import { say } from "./i18n.js";
import { soundOnlySwitch } from "./advice.js";
import { allowHelp, whatFailed } from "./allow.js";
import { deviceRows } from "./devicerows.js";
import { kinds } from "./devices.js";
import { look } from "./selfview.js";
import { unlock } from "./sound.js";
import { button, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */

/** @param {Room} room */
export function setup(room) {
  const { devices, call } = room;
  const element = h("section", { class: "stack g4" });
  let shown = "";
  /** @type {(() => void)[]} */
  let stops = [];

  const start = (/** @type {{camera?: boolean}} */ want) => {
    unlock();
    void devices.ask(want);
  };
  const show = () => {
    const bad = kinds.filter((k) => devices.state[k] === "failed");
    const asking = kinds.some((k) => devices.state[k] === "asking");
    const next = devices.settled ? "ok" : asking ? shown || "ask" : bad.length ? `bad ${bad.join()} ${bad.map((k) => devices.cause[k]).join()}` : "ask";
    if (next === shown) return;
    shown = next;
    stops.forEach((s) => s());
    stops = [];
    const heading = words("h2", "room.yourCamera");
    if (next === "ask") {
      element.replaceChildren(
        heading,
        words("p", "room.yourCameraText", undefined, { class: "soft" }),
        h(
          "div",
          { class: "row" },
          button({ key: "check.start", icon: "cam", act: "ask", press: () => start({}) }),
          button({ key: "check.audioOnly", icon: "mic", variant: "secondary", act: "audio-only", press: () => start({ camera: false }) }),
        ),
      );
    } else if (next.startsWith("bad")) {
      const one = bad[0] ?? "camera";
      const help = allowHelp(bad, devices.cause[one]);
      const h1 = help.querySelector("h1");
      const h2 = h("h2", {});
      if (h1) {
        say(h2, h1.getAttribute("data-i18n") ?? "", JSON.parse(h1.getAttribute("data-i18n-args") ?? "{}"));
        h1.replaceWith(h2);
      }
      element.replaceChildren(
        help,
        h(
          "div",
          { class: "row" },
          button({ key: "check.again", icon: "sync", act: "retry", press: () => start({ camera: devices.state.camera !== "off" }) }),
          button({
            key: `check.without.${whatFailed(bad)}`,
            variant: "secondary",
            act: "without",
            press: () => bad.forEach((k) => devices.without(k)),
          }),
        ),
      );
    } else {
      const picture = look(devices, "check.onlyYou");
      const rows = deviceRows(devices, call);
      stops.push(picture.stop, rows.stop);
      picture.element.classList.add("live-setup");
      element.replaceChildren(heading, picture.element, rows.element);
      if (room.view?.you.state === "talk") {
        const only = soundOnlySwitch(call);
        stops.push(only.stop);
        element.append(only.element);
      }
      if (call.network.state === "") void call.test();
    }
  };
  show();
  devices.addEventListener("change", show);
  return {
    element,
    stop: () => {
      devices.removeEventListener("change", show);
      stops.forEach((s) => s());
    },
  };
}
