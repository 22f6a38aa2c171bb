// In the lobby: his place, how long it may take, and that nobody sees or hears him yet.
import { h, icon } from "./dom.js";
import { ownTime } from "./appointment.js";
import { plural, say, t, when } from "./i18n.js";
import { leftNow, serverNow } from "./clock.js";
import { doors, showDevices } from "./doors.js";
import { Meter } from "./meter.js";
import { look } from "./selfview.js";
import { busy, button, draw, note, plain, relabel, state, swap, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./lobby.js").Context} Context */

/** How often a changed place is spoken at most, in ms. */
const spokenEvery = 30_000;

/** @param {Context} c @param {View} first */
export function waitingScreen(c, first) {
  let view = first;
  let at = performance.now();

  const pill = h("p", { class: "center" });
  const place = h("h1", { class: "big" });
  const line = h("div", { class: "center" });
  const range = h("span", { class: "strong capital" });
  const clock = h("span", { class: "soft" });
  const spoken = h("p", { class: "ds-sr-only", role: "status" });
  const turn = h(
    "section",
    { class: "turn stack g3" },
    pill,
    place,
    line,
    h("p", { class: "when" }, range, clock, words("span", "lobby.keepOpen", undefined, { class: "soft" })),
    spoken,
  );

  const notices = h("div", { class: "stack g3 live-notices" });
  // There from the start, so that what is announced is spoken when it comes.
  const said = h("p", {});
  const announced = h("div", { class: "note note--act", "data-announced": true, hidden: true }, icon("megaphone"), words("p", "lobby.announced", undefined, { class: "strong" }), said);
  const announcement = h("div", { role: "status" }, announced);
  const appointed = ownTime(c);
  const picture = look(c.devices, "lobby.unseen");
  const meter = new Meter();
  const mic = h("span", {});
  const micRow = h(
    "div",
    { class: "row row--split row--line" },
    h("span", { class: "row row--tight row--line" }, icon("mic"), mic),
    meter.element,
  );
  const hold = button({
    key: "lobby.hold",
    icon: "hold",
    class: "ds-button ds-button--wide",
    variant: "secondary",
    act: "hold",
    press: () => void busy(hold, () => c.act({ do: view.onHold ? "resume" : "hold" })),
  });
  const element = h(
    "div",
    { class: "live-screen" },
    notices,
    announcement,
    turn,
    appointed.element,
    picture.element,
    micRow,
    hold,
    doors(c, ["job", "ad", "how", "devices", "ways", "other", "help", "details", "withdraw"]),
  );

  let told = "";
  let toldAt = -spokenEvery;
  /** @type {{key: string, node: HTMLElement} | undefined} */
  let notice;

  const update = () => {
    swap(pill, pillOf(c, view));
    appointed.update(view);
    announced.hidden = !view.line;
    plain(said, view.line ?? "");
    if (view.for) say(place, "lobby.for", { name: view.for });
    else if (view.before === 0) say(place, "lobby.next");
    else say(place, "lobby.before", { count: view.before });
    swap(line, queueLine(view.for ? 0 : view.before));
    times();
    devices();

    const n = noticeOf(c, view);
    if (n?.key !== notice?.key) {
      notices.replaceChildren(...(n ? [n.make()] : []));
      notice = n ? { key: n.key, node: notices } : undefined;
    }
    relabel(hold, view.onHold ? "lobby.resume" : "lobby.hold");
    if (view.onHold) delete hold.dataset.variant;
    else hold.dataset.variant = "secondary";
    tick();
  };

  const times = () => {
    const starts = leftNow(view.starts, at);
    const w = view.wait;
    // On the clock of whoever reads it; where that is not the session's, it says so.
    const zone = c.otherZone ? undefined : c.boot.zone;
    const own = c.otherZone ? "Own" : "";
    if (starts > 0 && !w) {
      say(range, `lobby.starts${own}`, { time: when(new Date(c.boot.start), "clock", zone) });
      plain(clock);
      return;
    }
    if (view.for) {
      say(range, "lobby.forText");
      plain(clock);
      return;
    }
    if (!w) {
      say(range, view.working === 0 ? "lobby.noInterviewer" : "lobby.unknown");
      plain(clock);
      return;
    }
    if (w.max === 0) say(range, "lobby.soon");
    else if (w.min === 0) say(range, "lobby.within", { count: w.max });
    else if (w.min === w.max) say(range, "lobby.about", { count: w.min });
    else say(range, "lobby.range", { from: w.min, to: w.max });
    const now = serverNow(c.boot.start, view.starts, at);
    // To five minutes, like the range: a time to the minute would promise more than anybody knows.
    const five = 5 * 60_000;
    const time = (/** @type {number} */ m) => when(new Date(Math.round((now + m * 60_000) / five) * five), "clock", zone);
    if (w.max === 0) plain(clock);
    else if (w.min === 0) say(clock, `lobby.clockBy${own}`, { to: time(w.max) });
    else say(clock, `lobby.clock${own}`, { from: time(w.min), to: time(w.max) });
  };

  const devices = () => {
    const s = c.devices.state.microphone;
    say(mic, s === "ok" ? "lobby.micWorks" : s === "off" ? "lobby.micOff" : "lobby.micFailed");
    meter.element.hidden = s !== "ok";
    meter.follow(c.devices.track("microphone"));
  };

  // Place and range are spoken when they change, but not at every breath of the queue.
  const tick = () => {
    const text = `${place.textContent}, ${range.textContent}`;
    if (text === told || performance.now() - toldAt < spokenEvery) return;
    told = text;
    toldAt = performance.now();
    spoken.textContent = text;
  };

  update();
  c.devices.addEventListener("change", update);
  return {
    element,
    tick,
    /** @param {View} v @param {number} w */
    update: (v, w) => {
      view = v;
      at = w;
      update();
    },
    stop: () => {
      c.devices.removeEventListener("change", update);
      picture.stop();
      meter.stop();
    },
  };
}

/** @param {Context} c @param {View} v */
function pillOf(c, v) {
  if (v.missed) return state("wait", "noshow", "state.noShow", undefined, { pill: true });
  if (v.onHold) return state("wait", "hold", "lobby.held", undefined, { pill: true });
  if (!c.checked) return state("wait", "warn", "lobby.notReady", undefined, { pill: true });
  return state("ok", "ok", "lobby.ready", undefined, { pill: true });
}

/** The one thing that wants an answer, if any. @param {Context} c @param {View} v */
function noticeOf(c, v) {
  const here = (/** @type {string} */ key) => {
    const b = button({ key, class: "ds-button ds-button--wide", act: "still-here", press: () => void busy(b, () => c.confirm(true)) });
    return b;
  };
  if (!c.devices.settled)
    return {
      key: "devices",
      make: () =>
        note("wait", "cam", "lobby.devicesTitle", {
          text: "lobby.devicesText",
          extra: [
            h(
              "div",
              { class: "live-noteact" },
              button({ key: "check.start", icon: "cam", class: "ds-button ds-button--wide", act: "ask", press: () => void c.devices.ask() }),
              button({
                key: "door.devices",
                class: "ds-button ds-button--wide",
                variant: "secondary",
                act: "open-devices",
                press: () => showDevices(c),
              }),
              button({
                key: "lobby.goOn",
                class: "ds-button ds-button--wide",
                variant: "tertiary",
                act: "without",
                press: () => {
                  for (const k of /** @type {const} */ (["camera", "microphone"])) {
                    if (c.devices.state[k] !== "ok") c.devices.without(k);
                  }
                },
              }),
            ),
          ],
        }),
    };
  if (v.missed)
    return {
      key: "missed",
      make: () =>
        note("wait", "bell", "lobby.missed", { text: "lobby.missedText", role: "status", extra: [h("div", { class: "live-noteact" }, here("lobby.imHere"))] }),
    };
  if (v.stillYou)
    return {
      key: "still",
      make: () =>
        note("act", "bell", "lobby.still", { text: "lobby.stillText", role: "status", extra: [h("div", { class: "live-noteact" }, here("lobby.imHere"))] }),
    };
  return undefined;
}

/** The queue as dots: him, those before him, the door. @param {number} before */
function queueLine(before) {
  const dots = Math.min(before, 4);
  const width = 216 + Math.max(0, dots - 2) * 40;
  const x = (/** @type {number} */ i) => 88 + i * 40;
  const arrow = x(dots) - 8;
  const label = draw("text", { x: 38, y: 27, "text-anchor": "middle" });
  say(label, "lobby.you");
  const svg = draw(
    "svg",
    { class: "line live-line", viewBox: `0 0 ${width} 44`, "aria-hidden": "true" },
    draw("circle", { class: "d1", cx: 38, cy: 22, r: 18 }),
    label,
    ...Array.from({ length: dots }, (_, i) => draw("circle", { class: "d0", cx: x(i), cy: 22, r: 11 })),
    draw("path", { class: "d2", d: `M${arrow} 22h34m0 0-9-9m9 9-9 9` }),
  );
  return svg;
}

/** What the window's title says while he waits. @param {View} v */
export function waitingTitle(v) {
  if (v.for) return t("lobby.for", { name: v.for });
  return v.before === 0 ? t("lobby.next") : plural("lobby.before", v.before);
}
