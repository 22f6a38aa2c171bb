// The candidate's device check: explain, ask from a button, show how it went. A camera or microphone that is denied,
// missing or busy never stops anybody: going on without is a full way, and the interviewer is told.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { allowHelp, whatFailed } from "./allow.js";
import { contact } from "./doors.js";
import { deviceRows } from "./devicerows.js";
import { kinds } from "./devices.js";
import { look } from "./selfview.js";
import { unlock } from "./sound.js";
import { button, words } from "./ui.js";

/** @typedef {import("./lobby.js").Context} Context */
/** @typedef {import("./devices.js").Kind} Kind */
/** @typedef {"ask" | "failed" | "result"} Step */

/**
 * @param {Context} c
 * @param {{foot: () => HTMLElement[], back?: () => void}} page foot: what stands under a good result
 */
export function checkScreen(c, page) {
  const { devices, call } = c;
  const element = h("div", { class: "live-screen" });
  /** @type {Step | ""} */
  let step = "";
  /** Which devices failed, so that the help is written again when another one does. */
  let failed = "";
  /** @type {(() => void)[]} */
  let stops = [];

  const show = () => {
    const bad = kinds.filter((k) => devices.state[k] === "failed");
    const asking = kinds.some((k) => devices.state[k] === "asking");
    /** @type {Step} */
    const next = devices.settled ? "result" : bad.length > 0 && !asking ? "failed" : step === "failed" ? "failed" : "ask";
    const which = bad.map((k) => k + devices.cause[k]).join();
    if (next !== step || (next === "failed" && which !== failed && !asking)) {
      const first = step === "";
      step = next;
      failed = which;
      stops.forEach((s) => s());
      stops = [];
      element.replaceChildren(...(step === "ask" ? ask() : step === "failed" ? blocked() : result()));
      if (!first) focusHeading(element);
    }
    const b = element.querySelector("[data-act=ask], [data-act=retry]");
    if (asking) b?.setAttribute("aria-busy", "true");
    else b?.removeAttribute("aria-busy");
    const status = element.querySelector("[data-asking]");
    if (status instanceof HTMLElement) status.hidden = !asking;
  };

  const start = (/** @type {{camera?: boolean, microphone?: boolean}} */ want) => {
    unlock();
    void devices.ask(want);
    void call.test();
  };

  const ask = () => [
    h(
      "div",
      { class: "stack g2" },
      words("p", "check.step", undefined, { class: "eyebrow" }),
      words("h1", "check.title"),
      words("p", "check.text", undefined, { class: "soft" }),
    ),
    h("div", { class: "frame look look--empty" }, icon("cam")),
    words("p", "check.answer", undefined, { class: "note note--act live-plainnote", role: "status", "data-asking": true, hidden: true }),
    h(
      "div",
      { class: "foot" },
      button({ key: "check.start", icon: "cam", class: "ds-button ds-button--big ds-button--wide", act: "ask", press: () => start({}) }),
      button({
        key: "check.audioOnly",
        icon: "mic",
        class: "ds-button ds-button--wide",
        variant: "secondary",
        act: "audio-only",
        press: () => start({ camera: false }),
      }),
      button({
        key: "check.textOnly",
        icon: "text",
        class: "ds-button ds-button--wide",
        variant: "tertiary",
        act: "text-only",
        press: () => start({ camera: false, microphone: false }),
      }),
      words("p", "check.computer", undefined, { class: "small soft center" }),
      page.back && button({ key: "check.back", icon: "left", class: "quiet center", act: "back", press: page.back }),
    ),
  ];

  const blocked = () => {
    const bad = kinds.filter((k) => devices.state[k] === "failed");
    const without = whatFailed(bad);
    return [
      h("p", { class: "state state--pill state--wait self-start" }, icon("warn"), words("span", `allow.pill.${without}`)),
      ...causes(bad).map((some) => allowHelp(some, devices.cause[some[0] ?? "camera"])),
      words("p", "check.answer", undefined, { class: "note note--act live-plainnote", role: "status", "data-asking": true, hidden: true }),
      h(
        "div",
        { class: "foot" },
        button({
          key: "check.again",
          icon: "sync",
          class: "ds-button ds-button--big ds-button--wide",
          act: "retry",
          press: () =>
            start({ camera: devices.state.camera !== "off", microphone: devices.state.microphone !== "off" }),
        }),
        button({
          key: `check.without.${without}`,
          class: "ds-button ds-button--wide",
          variant: "secondary",
          act: "without",
          press: () => bad.forEach((k) => devices.without(k)),
        }),
        contact(c, "how.contact"),
        page.back && button({ key: "check.back", icon: "left", class: "quiet center", act: "back", press: page.back }),
      ),
    ];
  };

  /** Those that failed, together where the cause is one. @param {Kind[]} bad @returns {Kind[][]} */
  const causes = (bad) => (bad.length < 2 || devices.cause.camera === devices.cause.microphone ? [bad] : bad.map((k) => [k]));

  const result = () => {
    if (call.network.state === "") void call.test();
    const title = h("h1", {});
    const rows = deviceRows(devices, call);
    const picture = look(devices, "check.onlyYou");
    const headline = () => {
      const off = kinds.filter((k) => devices.state[k] === "off");
      say(title, off.length === 0 ? "check.works" : `check.worksWithout.${whatFailed(off)}`);
    };
    headline();
    devices.addEventListener("change", headline);
    stops.push(rows.stop, picture.stop, () => devices.removeEventListener("change", headline));
    return [
      h("div", { class: "stack g2" }, words("p", "check.step", undefined, { class: "eyebrow" }), title),
      picture.element,
      rows.element,
      ...page.foot(),
    ];
  };

  show();
  devices.addEventListener("change", show);
  return {
    element,
    update: () => {},
    stop: () => {
      devices.removeEventListener("change", show);
      stops.forEach((s) => s());
    },
  };
}

/** Moves the focus to a screen's heading, so that it is read and the keyboard starts there. @param {HTMLElement} screen */
export function focusHeading(screen) {
  const target = screen.querySelector("[data-focus]") ?? screen.querySelector("h1");
  if (!(target instanceof HTMLElement)) return;
  if (target.tabIndex < 0) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
