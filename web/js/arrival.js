// Telling an interviewer who has nothing to do, and may be looking elsewhere, that the queue is no longer empty: a
// tone, the window's title, a notification if he asked for one. Never during a talk.
import { t } from "./i18n.js";
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
  /** @type {Notification | undefined} */
  let notice;
  let timer = 0;
  const line = h("p", { class: "ds-sr-only", role: "status" });
  const clear = () => {
    notice?.close();
    notice = undefined;
  };
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && clear());
  return {
    element: line,
    /** Whether somebody waits for one who is free: the title says it. */
    waiting: 0,
    /** @param {View} v */
    see(v) {
      const now = v.queue.filter((r) => r.state !== "away" && r.state !== "hold" && !r.recused).length;
      const idle = v.you.state === "free" || v.you.state === "paused" || v.you.state === "write_up";
      this.waiting = idle && v.starts <= 0 ? now : 0;
      const came = before === 0 && now > 0 && idle && v.starts <= 0 && v.phase === "published";
      before = now;
      if (now === 0) clear();
      if (!came) return;
      const name = v.queue.find((r) => r.id === v.nextUp)?.name ?? v.queue[0]?.name ?? "";
      plain(line, t("arrival.came", { name }));
      window.clearTimeout(timer);
      timer = window.setTimeout(() => plain(line), stays);
      if (prefs.get("sound")) chime();
      if (!prefs.get("notify") || document.visibilityState === "visible" || !("Notification" in window) || Notification.permission !== "granted") return;
      try {
        notice = new Notification(t("arrival.came", { name }), { tag: "nextup-arrival" });
        notice.onclick = () => {
          window.focus();
          clear();
        };
      } catch {
        // Android wants a service worker for this; tone and title have to do.
      }
    },
  };
}

/** Asks the browser for leave, from the tick that wants it. @returns {Promise<boolean>} whether it may be done */
export async function wantNotices() {
  if (!canNotify()) return false;
  await allowNotices();
  return Notification.permission === "granted";
}
