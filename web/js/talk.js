// The candidate's talk: the other large, he himself small, the time that is left, and a bar that never hides. This
// section is made once and stays in the page; it is only shown and hidden.
import { h } from "./dom.js";
import { isLang, language, languages, rewrite, say, setLanguage } from "./i18n.js";
import { adviceLine, soundOnlySwitch } from "./advice.js";
import { clockWaits, goneNow, talkLeft } from "./clock.js";
import { control, muteControl, spinner } from "./controls.js";
import { deviceRows } from "./devicerows.js";
import { offlineFor } from "./net.js";
import { peopleView } from "./people.js";
import { clockPlate, selfFigure, soundButton } from "./picture.js";
import { ladder, measured } from "./steps.js";
import { ownSign } from "./signal.js";
import { textTalk } from "./texttalk.js";
import { busy, button, closer, firstName, plain, sure, words } from "./ui.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./lobby.js").Context} Context */

/** How long a lost interviewer is waited for before another way is offered, in ms. */
const lostTime = 60_000;

/** @param {Context} c */
export function talkSection(c) {
  /** @type {View | undefined} */
  let view;
  let at = 0;
  let offer = 0;

  const name = h("b", {});
  const clock = clockPlate();
  const text = textTalk(c.call);
  const sign = ownSign(c.call, (id) => everybody(view).find((p) => p.id === id)?.name ?? "");
  const people = peopleView(c.call, selfFigure(c.devices, "self--phone", sign).element);
  const lost = lostPanel(c, () => view?.offer ?? 0);
  text.bubble.classList.add("say--phone");

  const mic = muteControl(c.devices, "microphone");
  const cam = muteControl(c.devices, "camera");
  const write = control({ key: "talk.text", icon: "text", act: "text", press: () => toggleText() });
  const more = control({ key: "talk.more", icon: "more", act: "more", press: () => panel(!sheet) });
  const leave = control({ key: "talk.leave", icon: "end", class: "ctl--end", act: "leave", press: () => void hangUp() });
  more.setAttribute("aria-expanded", "false");

  const frame = h(
    "div",
    { class: "frame" },
    people.element,
    people.news,
    h("p", { class: "plate plate--phone plate--who" }, name, words("span", "talk.interviewer")),
    clock.plate("plate--phone"),
    clock.notice,
    text.bubble,
    adviceLine(c.call, c.devices),
    soundButton(c.call),
    lost.element,
  );
  const heading = h("h1", { class: "ds-sr-only" });
  const element = h(
    "section",
    { class: "call live-call", id: "call", hidden: true },
    heading,
    frame,
    text.row,
    h("div", { class: "call__bar" }, mic.element, cam.element, write, more, leave),
  );
  element.setAttribute("data-i18n-attr", "aria-label:talk.label");

  text.onOpen.push((open) => write.setAttribute("aria-pressed", String(open)));
  const toggleText = () => {
    text.open(Boolean(text.row.hidden));
    if (!text.row.hidden) text.field.focus();
  };

  const hangUp = async () => {
    const v = view;
    if (!v) return;
    const yes = await sure({ title: "talk.leaveTitle", text: "talk.leaveText", yes: "talk.leaveYes", no: "talk.leaveNo", act: "leave-yes" });
    if (yes) await c.act({ do: "leave", offer: v.offer });
  };

  /** @type {{element: HTMLElement, stop: () => void} | undefined} */
  let sheet;
  const panel = (/** @type {boolean} */ open) => {
    more.setAttribute("aria-expanded", String(open));
    if (open) {
      sheet = morePanel(c, () => panel(false));
      frame.append(sheet.element);
      sheet.element.querySelector("button")?.focus();
    } else if (sheet) {
      sheet.stop();
      sheet.element.remove();
      sheet = undefined;
      if (!element.hidden) more.focus();
    }
  };
  element.addEventListener("keydown", (e) => {
    if (e.key === "Escape" && sheet) panel(false);
  });

  const tick = () => {
    if (!view || element.hidden) return;
    const away = offlineFor();
    const waits = clockWaits(view, at, away);
    clock.set(talkLeft(view, at, away), { key: waits ? "talk.clockWaits" : "talk.left" }, { key: waits ? "talk.clockWaits" : "talk.over" });
    lost.set(view.lost ? goneNow(view.lost, at) : 0, view.with ?? "");
  };

  return {
    element,
    tick,
    /** @param {View} v @param {number} when */
    show: (v, when) => {
      view = v;
      at = when;
      if (v.offer !== offer) {
        offer = v.offer ?? 0;
        clock.reset();
        text.reset();
        people.reset();
      }
      const others = everybody(v);
      people.set(others);
      plain(name, v.with ?? "");
      say(heading, "talk.title", { name: v.with ?? "" });
      text.with(v.with ?? "", (id) => others.find((p) => p.id === id)?.name ?? "", others.length > 1);
      // Once: words that are written again are read again. A language switch writes the whole page itself.
      if (element.hidden) rewrite(element);
      element.hidden = false;
      tick();
    },
    hide: () => {
      if (element.hidden) return;
      panel(false);
      element.hidden = true;
    },
    focus: () => mic.element.focus({ preventScroll: true }),
  };
}

/** The interviewer's connection is gone. @param {Context} c @param {() => number} offer */
function lostPanel(c, offer) {
  const title = h("h2", {});
  const textLine = h("p", {});
  const requeue = button({
    key: "talk.requeue",
    class: "ds-button",
    act: "requeue",
    press: () => void busy(requeue, () => c.act({ do: "requeue", offer: offer() })),
  });
  const element = h("div", { class: "back live-back", role: "alert", hidden: true }, spinner(), title, textLine, requeue);
  return {
    element,
    /** @param {number} gone ms; 0 is there @param {string} name */
    set: (gone, name) => {
      // A blink of the network is not worth an alarm.
      element.hidden = gone < 2000;
      if (element.hidden) return;
      // The other is still seen and heard: nothing covers him.
      element.classList.toggle("live-back--slim", c.call.flows());
      const args = { name: firstName(name) };
      say(title, "talk.lostTitle", args);
      const long = gone >= lostTime;
      say(textLine, long ? "talk.lostLong" : "talk.lostText", args);
      requeue.hidden = !long;
    },
  };
}

/** Language, devices and help, over the picture; the call goes on. @param {Context} c @param {() => void} close */
function morePanel(c, close) {
  const rows = deviceRows(c.devices, c.call, { network: false });
  const only = soundOnlySwitch(c.call);
  const heading = words("h2", "layout.language", undefined, { class: "h3", id: "more-title" });
  const element = h(
    "div",
    { class: "sheetup stack g4 live-sheetup", role: "dialog", "aria-labelledby": "more-title" },
    h("div", { class: "row row--split" }, heading, closer(close)),
    words("p", "talk.languageText", undefined, { class: "soft" }),
    h(
      "div",
      { class: "stack g2", role: "radiogroup", "aria-labelledby": "more-title" },
      ...languages.map((l) =>
        h(
          "label",
          { class: "option" },
          h("input", {
            class: "ds-input",
            type: "radio",
            name: "talk-language",
            value: l,
            checked: l === language(),
            on: {
              change: (/** @type {Event} */ e) => {
                const value = /** @type {HTMLInputElement} */ (e.target).value;
                if (isLang(value)) void setLanguage(value).catch(() => {});
              },
            },
          }),
          h("b", { lang: l }, { sv: "Svenska", en: "English", nb: "Norsk" }[l]),
        ),
      ),
    ),
    words("h2", "door.devices", undefined, { class: "h3" }),
    rows.element,
    only.element,
    h("details", { class: "fold" }, h("summary", {}, words("span", "live.help.title")), measured(c.devices, c.call), ladder()),
  );
  return {
    element,
    stop: () => {
      rows.stop();
      only.stop();
    },
  };
}

/** Who is in the talk beside him, the lead first. @param {View | undefined} v @returns {import("./people.js").Someone[]} */
function everybody(v) {
  const role = "talk.interviewer";
  if (!v) return [];
  if (v.people?.length) return v.people.map((p) => ({ id: p.id, name: p.name, role, here: p.connected }));
  return v.with ? [{ id: "", name: v.with, role }] : [];
}
