// The interviewer's talk: the stage with the candidate, the controls under it, the queue as one quiet row, and the
// panel of questions. The stage is made once and stays in the page; it is only shown and hidden.
import { h } from "./dom.js";
import { rewrite, say } from "./i18n.js";
import { adviceLine } from "./advice.js";
import { clockWaits, goneNow, talkLeft } from "./clock.js";
import { control, muteControl, spinner } from "./controls.js";
import { setupDialog } from "./between.js";
import { offlineFor } from "./net.js";
import { peopleView } from "./people.js";
import { clockPlate, selfFigure, soundButton } from "./picture.js";
import { questionPanel } from "./questions.js";
import { ownSign } from "./signal.js";
import { textTalk } from "./texttalk.js";
import { talkTools } from "./tools.js";
import { busy, button, draw, firstName, plain } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./types.js").QueueRow} Row */

/** How long a lost candidate is waited for before the talk may be ended for it, in ms. */
const lostTime = 60_000;

/** @param {Room} room */
export function stage(room) {
  const { call, devices } = room;
  let offer = 0;

  const name = h("b", {});
  const speaks = h("span", {});
  const clock = clockPlate();
  const text = textTalk(call);
  const sign = ownSign(call, (id) => everybody(room.view.you).find((p) => p.id === id)?.name ?? "");
  const people = peopleView(call, selfFigure(devices, "", sign).element);
  const lost = lostPanel(room);
  const bar = draw("rect", { width: 0, height: 4 });
  const run = h("div", { class: "run", "aria-hidden": "true" }, draw("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none" }, bar));

  const write = control({
    key: "talk.text",
    icon: "text",
    act: "text",
    press: () => {
      text.open(Boolean(text.row.hidden));
      if (!text.row.hidden) text.field.focus();
    },
  });
  text.onOpen.push((open) => write.setAttribute("aria-pressed", String(open)));
  const setup = control({ key: "talk.devices", icon: "cog", act: "devices", press: () => setupDialog(room) });
  const tools = talkTools(room);

  const frame = h(
    "div",
    { class: "frame" },
    people.element,
    people.news,
    h("p", { class: "plate plate--who" }, name, speaks),
    clock.plate(""),
    clock.notice,
    text.bubble,
    adviceLine(call, devices),
    soundButton(call),
    lost.element,
  );
  const section = h(
    "section",
    { class: "stage" },
    frame,
    run,
    text.row,
    h(
      "div",
      { class: "dash" },
      muteControl(devices, "microphone").element,
      muteControl(devices, "camera").element,
      write,
      setup,
      h("span", { class: "dash__gap" }),
      tools.extend,
      ...tools.controls,
    ),
  );
  const side = h("div", { class: "live-side" });
  const element = h(
    "div",
    { class: "room__in", id: "talk", hidden: true },
    h("div", { class: "room__left" }, section, tools.below),
    side,
  );

  /** @type {ReturnType<typeof questionPanel> | undefined} */
  let panel;

  const tick = () => {
    if (element.hidden) return;
    const { you } = room.view;
    const away = offlineFor();
    const left = talkLeft(you, room.at, away);
    const whole = Math.round((you.length ?? 0) / 60_000);
    const waits = clockWaits(you, room.at, away) && { key: "talk.clockWaits" };
    const last = clock.set(left, waits || { key: "room.leftOf", args: { count: whole } }, waits || tools.over());
    bar.setAttribute("width", String(Math.max(0, Math.min(100, 100 - (100 * left) / (you.length || 1)))));
    run.classList.toggle("run--last", last);
    lost.set(you.lost ? goneNow(you.lost, room.at) : 0, you.candidate);
    tools.tick();
  };

  return {
    element,
    tick,
    show: () => {
      const { you } = room.view;
      const who = you.candidate;
      if (!who || !you.offer) return;
      const fresh = you.offer !== offer;
      if (fresh) {
        offer = you.offer;
        clock.reset();
        text.reset();
        people.reset();
      }
      const others = everybody(you);
      people.set(others);
      if (fresh || panel?.assess.offer !== offer || side.dataset.sheet !== String(room.sheet.sheet)) {
        panel?.stop();
        panel = questionPanel(room, room.assess(offer), who.name);
        side.dataset.sheet = String(room.sheet.sheet);
        side.replaceChildren(panel.element);
        rewrite(side);
      }
      plain(name, who.name);
      if (who.language) say(speaks, `room.speaks.${who.language}`);
      text.with(who.name, (id) => others.find((p) => p.id === id)?.name ?? "", others.length > 1);
      section.setAttribute("data-i18n-attr", "aria-label:room.talkWith");
      section.setAttribute("data-i18n-args", JSON.stringify({ name: who.name }));
      // Once: words that are written again are read again. A language switch writes the whole page itself.
      if (fresh || element.hidden) rewrite(element);
      element.hidden = false;
      panel.update();
      tools.update();
      tick();
    },
    hide: () => {
      element.hidden = true;
      tools.hide();
      panel?.stop();
      panel = undefined;
      side.replaceChildren();
    },
    focus: () => tools.end.focus({ preventScroll: true }),
  };
}

/** Who is in the talk beside me, the candidate first. @param {import("./types.js").Work} you @returns {import("./people.js").Someone[]} */
function everybody(you) {
  const who = you.candidate;
  const mates = (you.panel ?? []).filter((m) => m.id !== you.id);
  return [
    ...(who ? [{ id: who.id, name: who.name, role: "talk.candidate", main: true, camera: who.devices?.camera }] : []),
    ...mates.map((m) => ({ id: m.id, name: m.name, role: "talk.interviewer", here: m.connected })),
  ];
}

/** @param {Room} room */
function lostPanel(room) {
  const title = h("h2", {});
  const line = h("p", {});
  let patience = 0;
  const end = button({
    key: "room.endYes",
    act: "end-lost",
    press: () => void busy(end, () => room.act({ do: "end", offer: room.view.you.offer })),
  });
  const wait = button({
    key: "room.waitMore",
    variant: "secondary",
    act: "wait-more",
    press: () => {
      patience += lostTime;
    },
  });
  const buttons = h("div", { class: "row" }, end, wait);
  const element = h("div", { class: "back", role: "alert", hidden: true }, spinner(), title, line, buttons);
  return {
    element,
    /** @param {number} gone ms; 0 is there @param {Row | undefined} who */
    set: (gone, who) => {
      if (gone === 0) patience = 0;
      element.hidden = gone < 2000;
      if (element.hidden) return;
      // He is still seen and heard: only his page has lost the server, so nothing covers him.
      element.classList.toggle("live-back--slim", room.call.flows(who?.id));
      const name = firstName(who?.name ?? "");
      say(title, "room.lostTitle", { name });
      const left = Math.ceil((lostTime + patience - gone) / 1000);
      if (left > 0 && patience === 0) say(line, "room.lostText", { count: left });
      else say(line, "room.lostLong", { name });
      buttons.hidden = left > 0;
    },
  };
}
