// The interviewer's pages when no talk runs: before the start, between talks, at the end, and the dead ends.
import { h, icon } from "./dom.js";
import { plural, say, when } from "./i18n.js";
import { leftNow } from "./clock.js";
import { deskBar } from "./deskbar.js";
import { handOvers } from "./handover.js";
import { nextCard } from "./nextcard.js";
import { announced, theEnd } from "./notices.js";
import { invitations } from "./panel.js";
import { registeredCard, waitingCard } from "./queue.js";
import { setup } from "./setup.js";
import { appear } from "./tosummary.js";
import { busy, button, dialog, dots, note, plain, words } from "./ui.js";
import { writeUp } from "./writeup.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {{element: HTMLElement, update: () => void, tick: () => void, stop: () => void}} Page */

/** Before the start: who is coming, and his own camera. @param {Room} room @returns {Page} */
export function beforePage(room) {
  const eyebrow = h("p", { class: "eyebrow" });
  const date = h("span", { class: "capital" });
  const own = setup(room);
  const registered = registeredCard(room);
  const waiting = waitingCard(room);
  const line = announced(room);
  const nobodyYet = h("p", { class: "note" }, icon("clock"), words("span", "desk.nobodyBefore"));
  const element = h(
    "div",
    { class: "page between" },
    h(
      "div",
      { class: "split split--even split--before" },
      h(
        "section",
        { class: "stack g6" },
        h("div", { class: "stack g2" }, eyebrow, h("h1", {}, room.boot.title), h("p", { class: "soft" }, date)),
        own.element,
        deskBar(),
      ),
      h("div", { class: "stack g5" }, line.element, nobodyYet, waiting.element, registered.element),
    ),
  );
  const tick = () => {
    const m = Math.ceil(leftNow(room.view.starts, room.at) / 60_000);
    if (m > 48 * 60) say(eyebrow, "room.startsDays", { count: Math.floor(m / 1440) });
    else if (m > 90) say(eyebrow, "room.startsHours", { count: Math.round(m / 60) });
    else say(eyebrow, "room.startsIn", { count: Math.max(0, m) });
  };
  return {
    element,
    tick,
    update: () => {
      const start = new Date(room.boot.start);
      plain(date, when(start, "full", room.boot.zone));
      waiting.element.hidden = room.view.queue.length === 0 && room.view.missing.length === 0;
      line.update();
      waiting.update();
      registered.update();
      tick();
    },
    stop: own.stop,
  };
}

/** Between talks: finish to the left, the next one to the right. @param {Room} room @returns {Page} */
export function betweenPage(room) {
  const left = h("div", {});
  const card = nextCard(room);
  const waiting = waitingCard(room);
  const registered = registeredCard(room);
  const ended = h("div", { class: "live-notices" });
  const notices = h("div", { class: "stack g3 live-notices" });
  const line = announced(room);
  const end = theEnd(room);
  const came = handOvers(room);
  const asked = invitations(room);
  const split = h(
    "div",
    { class: "split split--even" },
    left,
    h("div", { class: "stack g5" }, notices, ended, line.element, end.element, asked.element, came.element, card.element, waiting.element, registered.element, deskBar()),
  );
  const element = h("div", { class: "page between" }, split);
  /** @type {{element: HTMLElement, stop: () => void, update?: () => void, tick?: () => void} | undefined} */
  let part;
  let shown = "";
  let warned = false;
  let closed = "";
  let began = false;

  const update = () => {
    const { phase } = room.view;
    const over = phase === "closed" || phase === "cancelled";
    const writing = room.writing();
    const next = writing ? `write-up ${writing.assess.offer} ${room.sheet.sheet}` : over ? "over" : "setup";
    if (next !== shown) {
      part?.stop();
      shown = next;
      part = writing ? writeUp(room, writing.assess, writing) : idle(room);
      left.replaceChildren(part.element);
      // On a phone the next one stands above the camera, and below what is to be written up.
      split.classList.toggle("split--nextfirst", !writing);
    }
    part?.update?.();
    const warn = !room.devices.settled && writing !== undefined && !over;
    if (warn !== warned) {
      warned = warn;
      notices.replaceChildren(...(warn ? [cameraNote(room)] : []));
    }
    const ending = over ? phase : "";
    if (ending !== closed) {
      closed = ending;
      ended.replaceChildren(...(over ? [endCard(room)] : []));
      // Who was here when it ended is taken there, but not from under his hands; who comes back later finds the way.
      if (phase === "closed" && began && room.view.reads && !document.querySelector("dialog[open], textarea:focus")) {
        writing?.assess.flush();
        void appear(room.boot.summary);
      }
    }
    began = true;
    card.element.hidden = waiting.element.hidden = registered.element.hidden = over;
    line.element.hidden = end.element.hidden = asked.element.hidden = came.element.hidden = over;
    if (!over) {
      line.update();
      end.tick();
      asked.update();
      came.update();
      card.update();
      waiting.update();
      registered.update();
      registered.element.hidden = room.view.registered.length === 0;
    }
  };
  const onDevices = () => update();
  room.devices.addEventListener("change", onDevices);
  return {
    element,
    update,
    tick: () => {
      card.tick();
      end.tick();
      asked.update();
      part?.tick?.();
    },
    stop: () => {
      room.devices.removeEventListener("change", onDevices);
      part?.stop();
    },
  };
}

/** Nothing to write up: his own picture, and what the job is. @param {Room} room */
function idle(room) {
  const over = room.view.phase !== "published";
  const own = over ? undefined : setup(room);
  const done = h("p", { class: "soft" });
  const element = h(
    "div",
    { class: "stack g6" },
    h("div", { class: "stack g2" }, h("h1", {}, room.boot.title), done),
    own?.element,
  );
  return {
    element,
    stop: () => own?.stop(),
    update: () => plain(done, plural("room.talksDone", room.view.done)),
  };
}

/** @param {Room} room */
function cameraNote(room) {
  return note("wait", "cam", "room.cameraOff", {
    text: "room.cameraOffText",
    extra: [
      h(
        "div",
        { class: "live-noteact" },
        button({
          key: "room.openSetup",
          variant: "secondary",
          class: "ds-button ds-button--slim",
          act: "setup",
          press: () => setupDialog(room),
        }),
      ),
    ],
  });
}

/** @param {Room} room */
export function setupDialog(room) {
  const own = setup(room);
  dialog("door.devices", undefined, [own.element], { class: "live-wide" }).addEventListener("close", own.stop);
}

/** @param {Room} room */
function endCard(room) {
  const over = room.view.phase;
  return h(
    "section",
    { class: "sheet sheet--next stack g4" },
    words("h2", `room.${over}Title`, undefined, { class: "h2" }),
    words("p", over === "closed" && !room.view.reads ? "room.closedUnread" : `room.${over}Text`),
    over === "closed" &&
      room.view.reads &&
      h("a", { class: "ds-button ds-button--big ds-button--wide", href: room.boot.summary, "data-act": "summary" }, icon("right"), words("span", "room.summary")),
  );
}

/** Elsewhere, removed, refused. @param {Room} room @param {"elsewhere" | "removed" | "refused"} why @returns {Page} */
export function deadEnd(room, why) {
  const here = button({
    key: "end.continueHere",
    icon: "laptop",
    class: "ds-button ds-button--big",
    act: "continue",
    press: () => void busy(here, () => room.enter()),
  });
  const element = h(
    "div",
    { class: "page page--narrow" },
    h(
      "div",
      { class: "empty" },
      dots(why === "elsewhere" ? "waiting" : "cancelled"),
      words("h1", `room.${why}.title`),
      words("p", `room.${why}.text`, undefined, { class: "soft" }),
      why === "elsewhere" && here,
      why === "removed" && h("a", { class: "ds-button", "data-variant": "secondary", href: room.boot.summary }, words("span", "room.summary")),
      why === "refused" && button({ key: "end.reload", icon: "sync", act: "reload", press: () => location.reload() }),
    ),
  );
  return { element, update: () => {}, tick: () => {}, stop: () => {} };
}
