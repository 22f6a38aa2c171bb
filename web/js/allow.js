// What to do when the browser does not let the camera or microphone through: one text for each cause, and where to
// press in this browser. The steps are catalogue texts, so that they can follow the browsers without new code.
import { h, icon } from "./dom.js";
import { say, t } from "./i18n.js";
import { draw, words } from "./ui.js";

/** @typedef {import("./devices.js").Cause} Cause */
/** @typedef {import("./devices.js").Kind} Kind */
/** @typedef {"ios" | "safari" | "android" | "firefox" | "edge" | "chrome"} Browser */

/** @returns {Browser} the browser as far as its name for itself tells; used for help texts only */
export function browser() {
  const ua = navigator.userAgent;
  if (/iPhone|iPad|iPod/.test(ua) || (/Macintosh/.test(ua) && navigator.maxTouchPoints > 1)) return "ios";
  if (/Firefox\//.test(ua)) return "firefox";
  if (/Android/.test(ua)) return "android";
  if (/Edg\//.test(ua)) return "edge";
  if (/Chrome\//.test(ua)) return "chrome";
  return "safari";
}

const names = { ios: "Safari", safari: "Safari", android: "Chrome", firefox: "Firefox", edge: "Edge", chrome: "Chrome" };

/** @returns {string} what people call this browser */
export function browserName() {
  return names[browser()];
}

/** Which of the two the texts speak about. @param {readonly Kind[]} failed */
export function whatFailed(failed) {
  return failed.length > 1 ? "both" : (failed[0] ?? "camera");
}

/**
 * Heading and way out for a cause.
 * @param {readonly Kind[]} failed
 * @param {Cause} cause
 */
export function allowHelp(failed, cause) {
  const what = whatFailed(failed);
  const blocked = cause === "denied";
  const head = h(
    "div",
    { class: "stack g2" },
    words("h1", blocked ? `allow.title.${what}` : `allow.${cause || "busy"}.title.${what}`, { browser: browserName() }),
    words("p", blocked ? "allow.text" : `allow.${cause || "busy"}.text`, { browser: browserName() }, { class: "soft" }),
  );
  return h("div", { class: "stack g4" }, head, blocked && steps());
}

function steps() {
  const b = browser();
  const list = h("ol", { class: "steps steps--line" });
  for (let i = 1; i <= 3; i++) {
    const text = words("span", `allow.${b}.${i}`);
    list.append(h("li", {}, h("span", {}, text, i === 1 && addressBar(b), i === 3 && switches())));
  }
  return list;
}

/** The address field with the place to press ringed. @param {Browser} b */
function addressBar(b) {
  const sign = b === "ios" ? draw("text", { class: "s1", x: 32, y: 32, "text-anchor": "middle" }, "aA") : icon(b === "firefox" ? "lock" : "cog");
  if (b !== "ios") for (const [k, v] of Object.entries({ x: 22, y: 16, width: 20, height: 20 })) sign.setAttribute(k, String(v));
  const svg = draw(
    "svg",
    { class: "shot", viewBox: "0 0 280 52", role: "img", "aria-label": t("allow.shot.bar") },
    draw("rect", { class: "s0", x: 1, y: 8, width: 278, height: 36, rx: 12 }),
    sign,
    draw("circle", { class: "s2", cx: 32, cy: 26, r: 19 }),
    draw("text", { class: "s3", x: 160, y: 31, "text-anchor": "middle" }, location.hostname),
  );
  svg.setAttribute("data-i18n-attr", "aria-label:allow.shot.bar");
  return svg;
}

/** Both switches in the right position. */
function switches() {
  const row = (/** @type {number} */ y, /** @type {string} */ key) => {
    const name = draw("text", { class: "s4", x: 18, y });
    const value = draw("text", { class: "s5", x: 262, y, "text-anchor": "end" });
    say(name, key);
    say(value, "allow.shot.allow");
    return [name, value];
  };
  const svg = draw(
    "svg",
    { class: "shot", viewBox: "0 0 280 80", role: "img", "aria-label": t("allow.shot.switches") },
    draw("rect", { class: "s0", x: 1, y: 2, width: 278, height: 76, rx: 12 }),
    ...row(27, "check.camera"),
    draw("path", { class: "s6", d: "M18 40h244" }),
    ...row(63, "check.microphone"),
  );
  svg.setAttribute("data-i18n-attr", "aria-label:allow.shot.switches");
  return svg;
}
