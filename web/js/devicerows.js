// The list of camera, microphone, loudspeaker and network: how each does, and another one to choose. The same list
// stands in the candidate's check, in the lobby, in the talk and in the interviewer's set-up.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { Meter } from "./meter.js";
import { chime, unlock } from "./sound.js";
import { button, state, swap, words } from "./ui.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("./call.js").Call} Call */

const icons = /** @type {const} */ ({ camera: "cam", microphone: "mic", speaker: "speaker" });

/**
 * @param {Devices} devices
 * @param {Call} call
 * @param {{speaker?: boolean, network?: boolean}} [rows] which of the last two to show; both when left out
 */
export function deviceRows(devices, call, rows = {}) {
  const meter = new Meter();
  const list = h("ul", { class: "sheet sheet--flush checks" });
  /** @type {(() => void)[]} */
  const updates = [];

  for (const kind of /** @type {const} */ (["camera", "microphone"])) {
    const name = h("span", { class: "small soft" });
    const how = h("span", {});
    const picker = select(devices, kind);
    const row = h(
      "li",
      {},
      icon(icons[kind]),
      h("span", {}, words("span", `check.${kind}`), h("br"), kind === "microphone" ? meter.element : name),
      how,
      picker.element,
    );
    updates.push(() => {
      name.textContent = devices.label(kind);
      swap(how, howIs(devices, kind));
      picker.update();
      if (kind === "microphone") {
        meter.element.hidden = devices.state.microphone !== "ok";
        meter.follow(devices.muted.microphone ? undefined : devices.track("microphone"));
      }
    });
    list.append(row);
  }
  if (rows.speaker !== false) list.append(speakerRow(devices));
  if (rows.network !== false) {
    const net = networkRow(call);
    updates.push(net.update);
    list.append(net.element);
  }

  const update = () => updates.forEach((u) => u());
  update();
  devices.addEventListener("change", update);
  call.addEventListener("change", update);
  return {
    element: list,
    meter,
    update,
    stop: () => {
      devices.removeEventListener("change", update);
      call.removeEventListener("change", update);
      meter.stop();
    },
  };
}

/** @param {Devices} devices @param {Kind} kind */
function howIs(devices, kind) {
  switch (devices.state[kind]) {
    case "ok":
      return state("ok", "ok", "check.good");
    case "failed":
      return button({
        key: "common.retry",
        class: "ds-button ds-button--slim",
        variant: "secondary",
        act: `retry-${kind}`,
        press: () => devices.ask(kind === "camera" ? { microphone: devices.state.microphone !== "off" } : { camera: devices.state.camera !== "off" }),
      });
    case "off":
      return button({
        key: `check.turnOn.${kind}`,
        class: "ds-button ds-button--slim",
        variant: "secondary",
        act: `on-${kind}`,
        press: () =>
          devices.ask({
            camera: kind === "camera" || devices.state.camera !== "off",
            microphone: kind === "microphone" || devices.state.microphone !== "off",
          }),
      });
  }
  return state("", "clock", "check.asking");
}

/** What could be chosen when it was last looked at. @type {Map<Kind | "speaker", MediaDeviceInfo[]>} */
const last = new Map();

/**
 * A picker, there when there is something to choose.
 * @param {Devices} devices
 * @param {Kind | "speaker"} kind
 */
function select(devices, kind) {
  const s = h("select", {
    class: "ds-input live-picker",
    "data-act": `choose-${kind}`,
    on: { change: () => void devices.choose(kind, s.value) },
  });
  const label = words("span", `check.choose.${kind}`, undefined, { class: "ds-sr-only" });
  const element = h("label", { class: "live-pick", hidden: true }, label, s);
  let shown = "";
  const update = async () => {
    const known = await devices.list(kind);
    last.set(kind, known);
    fill(known);
  };
  const fill = (/** @type {MediaDeviceInfo[]} */ known) => {
    const now = devices.current(kind);
    const all = JSON.stringify([known.map((d) => [d.deviceId, d.label]), now]);
    if (all === shown) return;
    shown = all;
    element.hidden = known.length < 2;
    s.replaceChildren(
      ...known.map((d, i) => h("option", { value: d.deviceId, selected: d.deviceId === now }, d.label || `${i + 1}`)),
    );
  };
  // What was known before stands there at once: rows that grow late push what somebody is about to press.
  fill(last.get(kind) ?? []);
  return { element, update: () => void update() };
}

/** @param {Devices} devices */
function speakerRow(devices) {
  const question = words("span", "check.speaker");
  const answers = h("span", { class: "row row--tight row--line" });
  const slim = { class: "ds-button ds-button--slim", variant: /** @type {const} */ ("secondary") };
  const play = () => {
    unlock();
    chime();
    say(question, "check.heard");
    answers.replaceChildren(
      button({ key: "common.yes", ...slim, act: "heard", press: () => end("check.speaker", state("ok", "ok", "check.good")) }),
      button({ key: "common.no", ...slim, act: "not-heard", press: () => end("check.speakerHelp", again()) }),
    );
  };
  const again = () => button({ key: "check.play", ...slim, act: "play", press: play });
  const end = (/** @type {string} */ key, /** @type {HTMLElement} */ e) => {
    say(question, key);
    answers.replaceChildren(e);
  };
  answers.append(again());
  const canChoose = "setSinkId" in HTMLMediaElement.prototype;
  const picker = select(devices, "speaker");
  if (canChoose) picker.update();
  return h("li", {}, icon(icons.speaker), question, answers, canChoose && picker.element);
}

/** @param {Call} call */
function networkRow(call) {
  const figure = h("span", { class: "small soft" });
  const how = h("span", {});
  const element = h("li", {}, icon("signal"), h("span", {}, words("span", "check.network"), h("br"), figure), how);
  return {
    element,
    update: () => {
      const n = call.network;
      if (n.state === "ok") say(figure, n.loss ? "check.rttLoss" : "check.rtt", { ms: n.rtt, loss: n.loss });
      else say(figure, n.state === "failed" ? "check.networkHelp" : "check.measuring");
      if (n.state === "ok") swap(how, state("ok", "ok", n.rtt < 300 ? "check.good" : "check.slow"));
      else if (n.state === "failed")
        swap(
          how,
          button({
            key: "common.retry",
            class: "ds-button ds-button--slim",
            variant: "secondary",
            act: "retry-network",
            press: () => void call.test(),
          }),
        );
      else swap(how, state("", "clock", "check.asking"));
    },
  };
}
