// The interviewer's page. What it shows is made again from each view; the talk's stage and the marks are its only
// memory, and the marks are kept in the browser until the server has them.
import { must } from "./dom.js";
import { ready, t } from "./i18n.js";
import { arrivals } from "./arrival.js";
import { Assess } from "./assess.js";
import { beforePage, betweenPage, deadEnd } from "./between.js";
import { boot, device } from "./boot.js";
import { Call } from "./call.js";
import { focusHeading } from "./check.js";
import { onTick } from "./clock.js";
import { Devices } from "./devices.js";
import { showMates } from "./mates.js";
import { netBanner } from "./net.js";
import { Live } from "./socket.js";
import { stage } from "./stage.js";
import { refusal, toast } from "./ui.js";
import { autoNext } from "./autonext.js";
import { keepFocus } from "./focus.js";
import { listen } from "./keys.js";
import { closePopover } from "./popover.js";
import { unlock } from "./sound.js";
import { clear as noUndo } from "./undo.js";
import { keepAwake } from "./wake.js";

/** @typedef {import("./types.js").InterviewerView} View */
/** @typedef {import("./types.js").InterviewerBoot} Boot */
/** @typedef {import("./types.js").Sheet} Sheet */
/** @typedef {import("./socket.js").Message} Message */
/** @typedef {import("./between.js").Page} Page */
/** @typedef {{assess: Assess, name: string, talked: number}} Writing */
/**
 * What the parts of the page may use.
 * @typedef {object} Room
 * @property {Boot} boot
 * @property {Live} live
 * @property {Devices} devices
 * @property {Call} call
 * @property {View} view the latest
 * @property {number} at performance.now() of its arrival
 * @property {Sheet} sheet
 * @property {(m: Message) => Promise<boolean>} act gives a command; a refusal is shown, and makes it false
 * @property {() => Promise<unknown>} enter works on this device from now on
 * @property {(offer: number) => Assess} assess the marks of a talk
 * @property {() => Writing | undefined} writing the talk to write up, or the last one written up on this page
 */

// Without its words the page is of no use: it tries again from the start.
await ready.catch(() => new Promise(() => window.setTimeout(() => location.reload(), 3000)));
start();

function start() {
  /** @type {Boot} */
  const data = boot();
  const me = device();
  const devices = new Devices();
  /** @type {Map<number, Assess>} */
  const marks = new Map();
  /** @type {Writing | undefined} */
  let writing;
  let entered = false;
  let wasElsewhere = false;
  let resumed = false;
  let refused = false;

  const live = new Live(data.live, () => ({ device: me, visible: visible() }), {
    view: (v, when) => take(v, when),
    online: (on) => {
      banner.online(on);
      if (on) {
        presence(true);
        call.back();
      }
      for (const a of marks.values()) a.dispatchEvent(new Event("change"));
    },
    bye: (why) => {
      refused = why === "refused";
      if (room.view) take({ ...room.view, elsewhere: true }, performance.now());
      else draw();
    },
  });
  const call = new Call(live, devices);
  const banner = netBanner(live, "live.lostNotes");

  /** @type {Room} */
  const room = {
    boot: data,
    live,
    devices,
    call,
    view: /** @type {View} */ (/** @type {unknown} */ (undefined)),
    at: 0,
    sheet: { sheet: -1, title: data.title, questions: [], traits: [], presets: [], anchors: [] },
    act: async (m) => {
      try {
        await live.command(m);
        return true;
      } catch (e) {
        toast(refusal(e));
        return false;
      }
    },
    enter: () => {
      // After a bye the socket has stopped for good; this is the person asking for it again.
      live.start();
      return room.act({ do: "enter" });
    },
    assess: (offer) => {
      let a = marks.get(offer);
      if (!a) marks.set(offer, (a = new Assess(live, data.assessments, data.me, offer)));
      return a;
    },
    writing: () => writing,
  };

  // The page's fixed places.
  const place = must("#screen", HTMLElement);
  const mates = must("#mates", HTMLElement);
  const talk = stage(room);
  must("#main", HTMLElement).append(talk.element);
  const arrived = arrivals();
  const auto = autoNext(room);
  document.body.append(banner.element, arrived.element, auto.element);
  listen();
  // Browsers sound only after something was pressed; any press will do.
  document.addEventListener("click", unlock, { once: true });
  banner.element.classList.add("live-net--float");

  /** @type {Page | undefined} */
  let page;
  let shown = "";

  /** @param {View} v @param {number} when */
  function take(v, when) {
    room.view = v;
    room.at = when;
    if (!entered && !v.elsewhere && !v.removed && v.phase === "published") {
      entered = true;
      live.command({ do: "enter" }).catch(() => {});
    }
    if (!resumed && !v.elsewhere) {
      resumed = true;
      void devices.resume();
      // Marks of other talks that an earlier life of this page could not send.
      for (const offer of Assess.unsent(data.me)) room.assess(offer);
    }
    if (v.sheet !== room.sheet.sheet) void fetchSheet(v.sheet);
    const { you } = v;
    if (v.elsewhere || v.removed || v.phase !== "published") {
      if (you.state !== "talk" || v.elsewhere) devices.release();
    } else if (wasElsewhere && you.state === "talk") void devices.ask();
    wasElsewhere = v.elsewhere === true;
    if (you.state === "write_up" && you.candidate && you.offer) {
      if (writing?.assess.offer !== you.offer) writing = { assess: room.assess(you.offer), name: you.candidate.name, talked: you.talked ?? 0 };
    } else if (you.state === "talk") writing = undefined;
    live.due = you.state === "talk" || you.state === "calling";
    media();
    arrived.see(v);
    keepFocus(draw, () => place.querySelector("h1") ?? undefined);
    auto.see(v);
    keepAwake(you.state === "talk" || you.state === "calling");
    presence(false);
  }

  let fetching = -1;
  /** @param {number} version */
  async function fetchSheet(version) {
    if (fetching === version) return;
    fetching = version;
    try {
      const r = await fetch(data.sheet, { headers: { Accept: "application/json" } });
      if (!r.ok) throw new Error(`${r.status}`);
      const s = await r.json();
      // The version asked for, so that a sheet that is older than the view does not make us ask for ever.
      room.sheet = { sheet: version, title: s.title, questions: s.questions ?? [], traits: s.traits ?? [], presets: s.presets ?? [], anchors: s.anchors ?? [] };
      // The page may be older than the last change of the session.
      Object.assign(data, { title: s.title ?? data.title, start: s.start ?? data.start, zone: s.zone ?? data.zone });
      keepFocus(draw, () => place.querySelector("h1") ?? undefined);
    } catch {
      window.setTimeout(() => {
        fetching = -1;
        if (room.view.sheet !== room.sheet.sheet) void fetchSheet(room.view.sheet);
      }, 2000);
    }
  }

  function media() {
    const v = room.view;
    if (!v || v.elsewhere || v.removed || refused) {
      call.warm(false);
      call.hide();
      void call.detach();
      return;
    }
    const { you } = v;
    call.warm(v.phase === "published" || you.state === "talk");
    // Attached before the talk begins, so that both see each other at its first moment.
    if (you.state === "talk" || you.state === "calling") void call.attach();
    else void call.detach();
    if (you.state === "talk") call.show([you.candidate?.id ?? "", ...(you.panel ?? []).map((m) => m.id).filter((id) => id !== you.id)], you.offer);
    else call.hide();
  }

  function draw() {
    const v = room.view;
    if (!v && !refused) return;
    if (refused) return show("refused", () => deadEnd(room, "refused"));
    showMates(mates, v.colleagues, room.at);
    if (v.elsewhere) show("elsewhere", () => deadEnd(room, "elsewhere"));
    else if (v.you.state === "talk") {
      if (shown !== "talk") {
        const first = shown === "";
        leavePage();
        shown = "talk";
        document.body.classList.add("room");
        talk.show();
        window.scrollTo(0, 0);
        if (!first) talk.focus();
      } else talk.show();
    } else if (v.removed && v.you.state !== "write_up") show("removed", () => deadEnd(room, "removed"));
    else if (v.starts > 0 && v.phase === "published") show("before", () => beforePage(room));
    else show("between", () => betweenPage(room));
    page?.update();
    title();
  }

  /** @param {string} key @param {() => Page} make */
  function show(key, make) {
    if (key === shown) return;
    const first = shown === "";
    if (shown === "talk") {
      talk.hide();
      document.body.classList.remove("room");
    }
    leavePage();
    shown = key;
    page = make();
    page.update();
    place.replaceChildren(page.element);
    if (!first) focusHeading(page.element);
    window.scrollTo(0, 0);
  }

  function leavePage() {
    page?.stop();
    page = undefined;
    place.replaceChildren();
    closePopover();
    noUndo();
    for (const d of document.querySelectorAll("dialog[open]")) if (d instanceof HTMLDialogElement) d.close();
  }

  function title() {
    const { you } = room.view;
    const name = you.candidate?.name ?? "";
    const words = you.state === "talk" ? t("room.talkWith", { name }) : you.state === "calling" ? t("room.callingTitle", { name }) : arrived.waiting > 0 ? `(${arrived.waiting}) ${data.title}` : data.title;
    document.title = `${words} - nextup`;
  }

  let told = "";
  /** @param {boolean} again */
  function presence(again) {
    const network = call.state === "connected" ? "ok" : call.state === "failed" ? "failed" : "";
    const report = { visible: visible(), checked: devices.settled, devices: { ...devices.report, network } };
    const text = JSON.stringify(report);
    if (!again && text === told) return;
    told = text;
    live.tell({ do: "presence", ...report });
  }

  devices.addEventListener("change", () => presence(false));
  call.addEventListener("change", () => presence(false));
  document.addEventListener("visibilitychange", () => presence(false));
  window.addEventListener("pagehide", () => marks.forEach((a) => a.flush()));
  document.addEventListener("languagechange", () => room.view && draw());

  onTick(() => {
    page?.tick();
    talk.tick();
    if (room.view) showMates(mates, room.view.colleagues, room.at);
  });
  live.start();
}

function visible() {
  return document.visibilityState === "visible";
}
