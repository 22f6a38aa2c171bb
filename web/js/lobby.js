// The candidate's page. Everything it shows is made again from each view the server sends; the only things it knows by
// itself are how his devices do, whether he is in the device check, and what he chose at check-in.
import { must } from "./dom.js";
import { ready, t } from "./i18n.js";
import { afterScreen } from "./after.js";
import { moved } from "./appointment.js";
import { allowNotices, call as alertCall, hush } from "./alert.js";
import { boot, device, recall, remember, storage } from "./boot.js";
import { Call } from "./call.js";
import { calledScreen, countdownScreen } from "./called.js";
import { focusHeading } from "./check.js";
import { onTick } from "./clock.js";
import { Devices } from "./devices.js";
import { endScreen } from "./ended.js";
import { netBanner } from "./net.js";
import { registeredCheck, registeredScreen } from "./registered.js";
import { Live } from "./socket.js";
import { unlock } from "./sound.js";
import { talkSection } from "./talk.js";
import { refusal, toast } from "./ui.js";
import { waitingScreen, waitingTitle } from "./waiting.js";
import { keepAwake } from "./wake.js";

/** @typedef {import("./types.js").CandidateView} View */
/** @typedef {import("./types.js").CandidateBoot} Boot */
/** @typedef {import("./socket.js").Message} Message */
/**
 * @typedef {object} Screen
 * @property {HTMLElement} element
 * @property {boolean} [full] fills the window, without the top bar
 * @property {() => void} tick
 * @property {(v: View, at: number) => void} update
 * @property {() => void} stop
 */
/**
 * What the screens may use.
 * @typedef {object} Context
 * @property {Boot} boot
 * @property {Live} live
 * @property {Devices} devices
 * @property {Call} call
 * @property {boolean} notify he asked for notifications
 * @property {boolean} checked device check passed, or chosen to go on without
 * @property {boolean} otherZone the session's zone is not this device's
 * @property {(m: Message) => Promise<unknown>} act gives a command; a refusal is shown
 * @property {(offer: number) => Promise<unknown>} answer yes to a call
 * @property {(force?: boolean) => Promise<unknown>} confirm he is there
 * @property {(notify: boolean) => Promise<unknown>} checkIn
 * @property {() => Promise<unknown>} continueHere
 * @property {(sub: "" | "check") => void} go
 * @property {<T>(work: (stop: AbortSignal) => Promise<T>) => Promise<T>} quietly does something that wants this place's
 *   media connection for itself; stopped when it is his turn
 */

/** Confirmations are sent at most this often, in ms. */
const confirmEvery = 60_000;
/** While these last, tracks are attached. @type {readonly string[]} */
const admitted = ["admitted", "countdown", "talk"];
/** When these begin, camera and microphone are let go. @type {readonly string[]} */
const over = ["after", "withdrawn", "not_reached", "closed", "cancelled", "elsewhere"];
/** While these last, the screen of a phone is kept awake. */
const awake = ["waiting", "called", ...admitted];

// Without its words the page is of no use: it tries again from the start.
await ready.catch(() => new Promise(() => window.setTimeout(() => location.reload(), 3000)));
// Where there are no calls at all, the page keeps the words that say what to do instead.
if ("RTCPeerConnection" in window) start();

function start() {
  /** @type {Boot} */
  const data = boot();
  const me = device();
  const devices = new Devices();
  /** @type {View | undefined} */
  let view;
  let at = 0;
  let sub = "";
  let confirmed = -confirmEvery;
  let acknowledged = 0;
  /** The admission that found the page behind others. */
  let aside = 0;
  let ringing = 0;
  let resumed = false;
  let refused = false;
  /** Something wants the media connection for itself. @type {AbortController | undefined} */
  let quiet;
  /** The last device check that the server was told of. */
  let tested = "";

  const live = new Live(data.live, () => ({ device: me, visible: visible() }), {
    view: (v, when) => take(v, when),
    online: (on) => {
      banner.online(on);
      if (on) {
        presence(true);
        call.back();
      }
    },
    bye: (why) => {
      refused = why === "refused";
      if (view) take({ ...view, moment: "elsewhere" }, performance.now());
      else draw();
    },
  });
  const call = new Call(live, devices);
  const banner = netBanner(live, "live.lostPlace");

  /** @type {Context} */
  const c = {
    boot: data,
    live,
    devices,
    call,
    notify: recall(storage("local"), "nextup.notify", false),
    otherZone: zoneDiffers(data),
    get checked() {
      return devices.settled;
    },
    act: async (m) => {
      try {
        return await live.command(m);
      } catch (e) {
        toast(refusal(e));
        return undefined;
      }
    },
    answer: async (offer) => {
      hush();
      // Attached before he is admitted, so that his picture is there when the talk begins.
      await call.attach();
      await c.act({ do: "answer", offer });
      if (view && !admitted.includes(view.moment)) await call.detach();
    },
    confirm: async (force = false) => {
      if (!force && performance.now() - confirmed < confirmEvery) return;
      confirmed = performance.now();
      await live.command({ do: "confirm" }).catch(() => {});
    },
    checkIn: async (notify) => {
      unlock();
      c.notify = notify;
      remember(storage("local"), "nextup.notify", notify);
      if (notify) void allowNotices();
      presence(true);
      await c.act({ do: "check_in" });
    },
    continueHere: async () => {
      unlock();
      // After a bye the socket has stopped for good; this is the person asking for it again.
      live.start();
      await c.act({ do: "continue" });
    },
    go: (s) => {
      sub = s;
      draw();
    },
    quietly: async (work) => {
      quiet?.abort();
      const mine = (quiet = new AbortController());
      call.warm(false);
      try {
        await measured(call);
        return await work(mine.signal);
      } finally {
        if (quiet === mine) quiet = undefined;
        if (view) media(view);
      }
    },
  };

  // The page's fixed places.
  const place = must("#screen", HTMLElement);
  const talk = talkSection(c);
  must("#main", HTMLElement).append(talk.element);
  place.before(banner.element);

  /** @type {Screen | undefined} */
  let screen;
  let shown = "";

  /** @param {View} v @param {number} when */
  function take(v, when) {
    const before = view?.moment;
    view = v;
    at = when;
    if (before === undefined) resume(v);
    else if (before !== v.moment && over.includes(v.moment)) devices.release();
    // A talk that was continued on this device begins with the browser's question.
    else if (before === "elsewhere" && admitted.includes(v.moment)) void devices.ask();
    live.due = on(v) || (v.moment === "waiting" && v.working > 0 && v.before <= v.working);
    media(v);
    alerts(v);
    draw();
    keepAwake(awake.includes(v.moment));
    presence(false);
  }

  /** After a reload in the lobby or a talk: the devices he had, without a press where the browser allows it. @param {View} v */
  function resume(v) {
    if (resumed || !awake.includes(v.moment)) return;
    resumed = true;
    void devices.resume();
  }

  /** It is his turn, or he talks. @param {View} v */
  function on(v) {
    return v.moment === "called" || admitted.includes(v.moment);
  }

  /** @param {View} v */
  function media(v) {
    const talking = admitted.includes(v.moment);
    if (quiet && (talking || v.moment === "called" || over.includes(v.moment))) quiet.abort();
    else if (quiet) return;
    call.warm(!!v.warm || on(v));
    if (v.moment === "admitted" && (aside === v.offer || (!visible() && acknowledged !== v.offer))) {
      // He looks elsewhere, and the server could not know it yet: he is called, not let in unawares. Nothing leaves the device.
      if (aside === v.offer) return;
      aside = v.offer ?? 0;
      live.command({ do: "call_me", offer: v.offer }).catch(() => {});
    } else if (talking) {
      const attached = call.attach();
      // With the connection there the server learns it while the encoder begins: neither waits for the other.
      void (call.state === "connected" ? Promise.resolve() : attached).then(() => {
        if (v.moment !== "admitted" || acknowledged === v.offer) return;
        acknowledged = v.offer ?? 0;
        // A stale one is no matter: the next view tells what is so.
        live.command({ do: "acknowledge", offer: v.offer }).catch(() => {});
      });
    } else if (v.moment !== "called") void call.detach();
    if (v.moment === "talk") call.show(v.people?.map((p) => p.id), v.offer);
    else call.hide();
    if (over.includes(v.moment)) call.warm(false);
  }

  /** @param {View} v */
  function alerts(v) {
    const key = v.moment === "called" || v.moment === "admitted" || v.moment === "countdown" ? (v.offer ?? 0) : 0;
    if (v.moment === "called" && ringing !== key) {
      ringing = key;
      alertCall(() => t("called.title", { name: data.firstName }), `${data.title} - nextup`, t("called.ready", { name: v.with ?? "" }), c.notify);
    } else if (key === 0 || v.moment !== "called") {
      if (ringing) hush();
      ringing = 0;
    }
  }

  function draw() {
    const v = view;
    if (refused) return show("refused", () => endScreen(c, "refused"));
    if (!v) return;
    if (v.moment !== "registered") sub = "";
    // His time was changed while the page stood open: it says when it is in many places. In the lobby one is enough.
    if (v.moment === "registered" && sub === "" && moved(c, v)) return location.reload();
    if (v.moment === "talk") {
      if (shown !== "talk") {
        const first = shown === "";
        leaveScreen();
        shown = "talk";
        frame(true);
        talk.show(v, at);
        if (!first) talk.focus();
      } else talk.show(v, at);
      title(v);
      return;
    }
    talk.hide();
    switch (v.moment) {
      case "registered":
        show(`registered ${sub}`, () => (sub === "check" ? registeredCheck(c, v) : registeredScreen(c, v)));
        break;
      case "waiting":
        show("waiting", () => waitingScreen(c, v));
        break;
      case "called":
        show("called", () => calledScreen(c, v));
        break;
      case "admitted":
      case "countdown":
        show("countdown", () => countdownScreen(c, v));
        break;
      case "after":
        show("after", () => afterScreen(c, v));
        break;
      default:
        show(v.moment, () => endScreen(c, v.moment));
    }
    screen?.update(v, at);
    title(v);
  }

  /** @param {string} key @param {() => Screen} make */
  function show(key, make) {
    if (key === shown) return;
    const first = shown === "";
    leaveScreen();
    shown = key;
    screen = make();
    place.replaceChildren(screen.element);
    frame(screen.full === true);
    // The first screen of a page leaves the focus where the browser put it, so that reading starts at the top.
    if (!first || key === "called") focusHeading(screen.element);
    window.scrollTo(0, 0);
  }

  function leaveScreen() {
    screen?.stop();
    screen = undefined;
    place.replaceChildren();
    for (const d of document.querySelectorAll("dialog[open]")) if (d instanceof HTMLDialogElement) d.close();
  }

  /** @param {boolean} full */
  function frame(full) {
    document.body.classList.toggle("phone", !full);
    document.body.classList.toggle("live-full", full);
  }

  /** @param {View} v */
  function title(v) {
    if (ringing) return;
    const words =
      v.moment === "waiting" ? waitingTitle(v) : v.moment === "talk" ? t("talk.title", { name: v.with ?? "" }) : data.title;
    document.title = `${words} - nextup`;
  }

  let told = "";
  /** Says how this browser does, when it changed. @param {boolean} again also if it did not */
  function presence(again) {
    const report = {
      visible: visible(),
      checked: devices.settled,
      devices: { ...devices.report, network: network() },
    };
    const text = JSON.stringify(report);
    if (!again && text === told) return;
    told = text;
    live.tell({ do: "presence", ...report });
    test(report.devices);
  }

  /**
   * A device check before the lobby opens is kept, so that the employer sees who is prepared.
   * @param {{camera: string, microphone: string, network: string}} report
   */
  function test(report) {
    if (view?.moment !== "registered" || !devices.settled || !report.network) return;
    const text = JSON.stringify(report);
    if (text === tested) return;
    tested = text;
    live.command({ do: "test", devices: report }).catch(() => {});
  }

  function network() {
    if (call.state === "connected") return "ok";
    if (call.state === "failed") return "failed";
    return call.network.state === "ok" || call.network.state === "failed" ? call.network.state : "";
  }

  devices.addEventListener("change", () => presence(false));
  call.addEventListener("change", () => presence(false));

  const acted = () => {
    if (view?.moment === "waiting" && visible()) void c.confirm(view.missed === true && performance.now() - confirmed > 3000);
  };
  document.addEventListener("pointerdown", acted);
  document.addEventListener("keydown", acted);
  document.addEventListener("visibilitychange", () => {
    presence(false);
    acted();
  });
  document.addEventListener("languagechange", () => {
    if (view && shown === "talk") talk.show(view, at);
    else if (view) screen?.update(view, at);
    if (view) title(view);
  });

  onTick(() => {
    screen?.tick();
    talk.tick();
  });
  live.start();
}

/** Waits until the connection is not being measured. @param {Call} call @returns {Promise<void>} */
function measured(call) {
  return new Promise((done) => {
    const look = () => {
      if (call.network.state === "measuring") return;
      call.removeEventListener("change", look);
      done();
    };
    call.addEventListener("change", look);
    look();
  });
}

function visible() {
  return document.visibilityState === "visible";
}

/** @param {Boot} b */
function zoneDiffers(b) {
  const at = new Date(b.start);
  const clock = (/** @type {string | undefined} */ zone) => {
    try {
      return new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "short", timeStyle: "short" }).format(at);
    } catch {
      return "";
    }
  };
  return clock(b.zone) !== clock(undefined);
}

