// The ladder of help when something does not work, always in this order; with what was measured, where it is known.
import { h } from "./dom.js";
import { state, words } from "./ui.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./call.js").Call} Call */

/** The five steps. */
export function ladder() {
  return h(
    "ol",
    { class: "steps" },
    ...[1, 2, 3, 4, 5].map((n) => h("li", {}, words("span", `live.help.${n}`))),
  );
}

/**
 * What is known about this device, each in one line.
 * @param {Devices} devices
 * @param {Call} call
 */
export function measured(devices, call) {
  const line = (/** @type {string} */ key, /** @type {string} */ how) => {
    const tone = how === "ok" ? "ok" : how === "failed" ? "bad" : "";
    const picture = how === "ok" ? "ok" : how === "failed" ? "bang" : "minus";
    return h(
      "li",
      { class: "row row--split" },
      words("span", key),
      state(tone, picture, `live.measured.${how === "ok" || how === "failed" || how === "off" ? how : "unknown"}`),
    );
  };
  const d = devices.report;
  return h(
    "ul",
    { class: "stack g2" },
    line("check.camera", d.camera),
    line("check.microphone", d.microphone),
    line("check.network", call.state === "connected" ? "ok" : call.network.state),
  );
}
