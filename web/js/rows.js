// Words about a candidate in the queue: state, devices, waiting time, language.
import { plural, t } from "./i18n.js";
import { goneNow } from "./clock.js";
import { state } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */

/** @param {number} ms */
export function minutes(ms) {
  return Math.max(0, Math.floor(ms / 60_000));
}

/** @param {Row} r @param {number} at @param {boolean} [pill] */
export function rowState(r, at, pill = false) {
  switch (r.state) {
    case "ready":
      return state("ok", "ok", "state.ready", undefined, { pill });
    case "hold":
      return state("wait", "hold", "state.hold", undefined, { pill });
    case "away":
      return state("", "away", "state.away", { count: minutes(goneNow(r.away ?? 0, at)) }, { pill });
    case "missed":
      return state("", "noshow", "state.noShow", undefined, { pill });
  }
  return state("", "here", "state.present", undefined, { pill });
}

/** "8 min, Norwegian" @param {Row} r @param {number} at */
export function rowMeta(r, at) {
  return [t("room.min", { count: minutes(goneNow(r.waited ?? 0, at)) }), languageName(r.language)].filter(Boolean).join(", ");
}

/** @param {string} code */
export function languageName(code) {
  return code ? t(`room.language.${code}`) : "";
}

/** "Waited 11 min. Camera, sound and network are tested." @param {Row} r @param {number} at */
export function rowSentence(r, at) {
  return `${plural("room.waited", minutes(goneNow(r.waited ?? 0, at)))} ${devicesSentence(r)}`.trim();
}

/** @param {Row} r */
export function devicesSentence(r) {
  const { camera, microphone, network } = r.devices ?? {};
  const known = camera || microphone;
  if (!known) return t("room.devices.unknown");
  const camOff = camera !== "ok";
  const micOff = microphone !== "ok";
  if (camOff && micOff) return t("room.devices.neither");
  if (camOff) return t("room.devices.noCamera");
  if (micOff) return t("room.devices.noMicrophone");
  return t(network === "failed" ? "room.devices.noNetwork" : network === "ok" ? "room.devices.ok" : "room.devices.noNetworkYet");
}
