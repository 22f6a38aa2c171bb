// Telling an interviewer who may be looking elsewhere that somebody wants him: the queue is no longer empty, a colleague
// hands somebody over or asks him in. A tone, the window's title, a notification if he asked for one; never during a talk.
import { say, t } from "./i18n.js";
import { allowNotices, canNotify } from "./alert.js";
import { prefs } from "./prefs.js";
import { chime } from "./sound.js";
import { plain } from "./ui.js";
import { h } from "./dom.js";

/** @typedef {import("./types.js").InterviewerView} View */

/** How long the spoken line stands, in ms. */
const stays = 10_000;

export function arrivals() {
  /** How many could be met at the last view; unknown before the first. @type {number | undefined} */
  let before;
  /** What colleagues ask, as far as it was told already. @type {Set<string> | undefined} */
  let asked;
  /** @type {Notification | undefined} */
  let notice;
  let timer = 0;
  const line = h("p", { class: "ds-sr-only", role: "status" });
  const clear = () => {
    notice?.close();
    notice = undefined;
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && clear());

  /** @param {string} key @param {import("./i18n.js").Args} args */
  const tell = (key, args) => {
    const words = t(key, args);
    say(line, key, args);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => plain(line), stays);
    if (prefs.get("sound")) chime();
    if (!prefs.get("notify") || document.visibilityState === "visible" || !("Notification" in window) || Notification.permission !== "granted") return;
    try {
      notice = new Notification(words, { tag: "nextup-arrival" });
      notice.onclick = () => {
        window.focus();
        clear();
      };
    } catch {
      // Android wants a service worker for this; tone and title have to do.
    }
  };

  return {
    element: line,
    /** How many wait for one who is free: the title says it. */
    waiting: 0,
    /** @param {View} v */
    see(v) {
      const now = v.queue.filter((r) => r.state !== "away" && r.state !== "hold" && !r.recused).length;
      const working = v.starts <= 0 && v.phase === "published" && !v.elsewhere;
      const idle = working && ["free", "paused", "write_up"].includes(v.you.state);
      this.waiting = idle ? now : 0;
      const first = idle && before === 0 && now > 0;
      before = now;
      if (now === 0) clear();

      /** @type {Map<string, [string, import("./i18n.js").Args]>} */
      const asks = new Map();
      for (const r of v.queue) if (r.for?.id === v.you.id) asks.set(`hand ${r.id}`, ["arrival.handed", { from: r.from ?? "", name: r.name }]);
      for (const i of v.invites ?? []) asks.set(`panel ${i.offer}`, ["arrival.asked", { from: i.from }]);
      const c = v.you.candidate;
      // A free colleague gets him at once: the call is there without a press.
      if (v.you.state === "calling" && c?.from) asks.set(`hand ${c.id}`, ["arrival.handed", { from: c.from, name: c.name }]);
      const fresh = [...asks].find(([key]) => asked && !asked.has(key));
      asked = new Set(asks.keys());

      if (fresh && working && v.you.state !== "talk") tell(...fresh[1]);
      else if (first) tell("arrival.came", { name: (v.queue.find((r) => r.id === v.nextUp) ?? v.queue[0])?.name ?? "" });
    },
  };
}

/** Asks the browser for leave, from the tick that wants it. @returns {Promise<boolean>} whether it may be done */
export async function wantNotices() {
  if (!canNotify()) return false;
  await allowNotices();
  return Notification.permission === "granted";
}
