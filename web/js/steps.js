// The ladder of help when something does not work, always in this order: the right browser, reload, close and open
// again, the firewall, another network or device. What was measured stands where it says which step is worth trying.
import { h } from "./dom.js";
import { browserName } from "./allow.js";
import { copyLine, qr } from "./elsewhere.js";
import { state, words } from "./ui.js";
import { knownWays } from "./waytest.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./call.js").Call} Call */

/** The five steps. */
export function ladder() {
  const picture = qr();
  const more = [
    words("span", "live.help.browser", { browser: browserName() }, { class: "small soft" }),
    undefined,
    undefined,
    undefined,
    picture && h("div", { class: "stack g3 lobby-step" }, h("div", { class: "lobby-code lobby-code--small" }, picture), copyLine(ownLink())),
  ];
  return h(
    "ol",
    { class: "steps steps--line", "data-ladder": true },
    ...more.map((extra, i) => h("li", {}, h("div", { class: "stack g1" }, words("span", `live.help.${i + 1}`), extra))),
  );
}

/** The address of this page, without what a visit may have added to it. */
function ownLink() {
  return location.origin + location.pathname;
}

/**
 * What is known about this device, each in one line.
 * @param {Devices} devices
 * @param {Call} call
 */
export function measured(devices, call) {
  const line = (/** @type {string} */ key, /** @type {string} */ how, /** @type {string} */ word = "") => {
    const known = how === "ok" || how === "failed" || how === "off";
    const tone = how === "ok" ? "ok" : how === "failed" ? "bad" : "";
    const picture = how === "ok" ? "ok" : how === "failed" ? "bang" : "minus";
    return h(
      "li",
      { class: "row row--split row--line", "data-measured": key },
      words("span", key),
      state(tone, picture, word || `live.measured.${known ? how : "unknown"}`),
    );
  };
  const list = h("ul", { class: "sheet stack g2", role: "list" });
  const show = () => {
    const d = devices.report;
    const [network, word] = path(call);
    list.replaceChildren(line("check.camera", d.camera), line("check.microphone", d.microphone), line("check.network", network, word));
  };
  show();
  // As long as somebody can see it: it is closed without a word.
  let seen = false;
  const changed = () => {
    seen ||= list.isConnected;
    if (list.isConnected || !seen) return show();
    for (const source of [devices, call]) source.removeEventListener("change", changed);
  };
  for (const source of [devices, call]) source.addEventListener("change", changed);
  return list;
}

/** The way to the media server: works or not, and which one it is. @param {Call} call @returns {[string, string]} */
function path(call) {
  const ways = knownWays();
  if (call.state === "connected" || call.network.state === "ok") return ["ok", ways && !ways.direct.ok ? "live.measured.relayed" : "live.measured.ok"];
  if (ways && (ways.direct.ok || ways.relay.ok)) return ["ok", ways.direct.ok ? "live.measured.direct" : "live.measured.relayed"];
  if (ways || call.network.state === "failed") return ["failed", "live.measured.failed"];
  return ["", "live.measured.unknown"];
}
