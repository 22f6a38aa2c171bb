// One line over the picture that says what is wrong with the call on this side, and how to mend it with one press. Only
// the most important one at a time; it is read out when it changes, and goes when the trouble does.
import { h, icon, setIcon } from "./dom.js";
import { say } from "./i18n.js";
import { onTick } from "./clock.js";
import { unlock } from "./sound.js";
import { button, relabel } from "./ui.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {{key: string, args?: {name: string}, icon: string, does?: string, press?: () => unknown}} Advice */

/** How long it is said that another device has stepped in, in ms. */
const noticed = 8000;
/** After this long without picture and sound, in ms, more is said. */
const longTime = 20_000;

/**
 * What to say now.
 * @param {Call} call
 * @param {Devices} devices
 * @returns {Advice | undefined}
 */
function advice(call, devices) {
  const f = call.facts;
  if (f.lost) return { key: f.lost < longTime ? "talk.mediaLost" : "talk.mediaLostLong", icon: "sync" };
  if (devices.state.microphone === "failed") return { key: "talk.micFailed", icon: "micoff", does: "talk.fix", press: () => call.fix("microphone") };
  if (f.unheard) return { key: "talk.unheard", icon: "micoff", does: "talk.fix", press: () => call.fix("microphone") };
  if (f.speaksMuted) return { key: "talk.speaksMuted", icon: "micoff", does: "talk.unmute", press: () => devices.mute("microphone", false) };
  if (devices.state.camera === "failed") return { key: "talk.cameraFailed", icon: "camoff", does: "talk.fix", press: () => call.fix("camera") };
  if (f.dark) return { key: "talk.dark", icon: "camoff", does: "talk.fix", press: () => call.fix("camera") };
  const { swapped } = devices;
  if (swapped && performance.now() - swapped.at < noticed) return { key: "talk.nowUsing", args: { name: swapped.label }, icon: "ok" };
  if (f.soundOnly) return { key: "talk.soundOnlyOn", icon: "camoff", does: "talk.pictures", press: () => call.setSoundOnly(false) };
  if (f.up === 3 || f.down === 3)
    return { key: f.up === 3 ? "talk.poorUp" : "talk.poorDown", icon: "signal", does: "talk.tryPictures", press: () => call.morePicture() };
  if (devices.muted.microphone && devices.state.microphone === "ok") return { key: "talk.youAreMuted", icon: "micoff" };
  return undefined;
}

/** @param {Call} call @param {Devices} devices */
export function adviceLine(call, devices) {
  const text = h("span", {});
  /** @type {Advice | undefined} */
  let now;
  const act = button({
    key: "talk.fix",
    class: "ds-button ds-button--slim",
    act: "mend",
    press: () => {
      unlock();
      void now?.press?.();
    },
  });
  const element = h("div", { class: "advice", role: "status", hidden: true }, icon("info"), text, act);
  const update = () => {
    const next = advice(call, devices);
    if (next?.key !== now?.key || next?.args?.name !== now?.args?.name) {
      element.hidden = !next;
      if (next) {
        setIcon(element, next.icon);
        say(text, next.key, next.args);
        act.hidden = !next.does;
        if (next.does) relabel(act, next.does);
      }
    }
    now = next;
  };
  update();
  call.addEventListener("change", update);
  devices.addEventListener("change", update);
  onTick(update);
  return element;
}

/** The switch for "sound only". @param {Call} call */
export function soundOnlySwitch(call) {
  const box = h("input", {
    class: "ds-input",
    type: "checkbox",
    role: "switch",
    "data-act": "sound-only",
    on: { change: () => call.setSoundOnly(box.checked) },
  });
  const element = h(
    "label",
    { class: "option option--switch" },
    box,
    h("span", {}, h("b", { "data-i18n": "talk.soundOnly" }), h("br"), h("span", { class: "small soft", "data-i18n": "talk.soundOnlyText" })),
  );
  for (const e of element.querySelectorAll("[data-i18n]")) say(e, e.getAttribute("data-i18n") ?? "");
  const update = () => (box.checked = call.soundOnly);
  update();
  call.addEventListener("change", update);
  return { element, stop: () => call.removeEventListener("change", update) };
}
