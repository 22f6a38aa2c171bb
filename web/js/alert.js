// Telling somebody who may be looking elsewhere that it is his turn: sound, the window's title, a notification if he
// asked for one, vibration. Everything stops when he has come or the call is over.
import { ring, stopRinging } from "./sound.js";

/** @type {Notification | undefined} */
let notice;
let title = "";
let blink = 0;
/** Writes the title again, in the language of now. */
let rewrite = () => {};

/** Asks for leave to notify. Only ever called from the tick he made at check-in. */
export async function allowNotices() {
  if (!("Notification" in window) || Notification.permission !== "default") return;
  try {
    await Notification.requestPermission();
  } catch {
    // Not possible here (an in-app browser, say): sound and title remain.
  }
}

/** Whether a notification can be asked for at all. */
export function canNotify() {
  return "Notification" in window && Notification.permission !== "denied";
}

/**
 * @param {() => string} headline for the title, in the language of the moment, and the notification
 * @param {string} other the title in between, the same in every language
 * @param {string} body
 * @param {boolean} notify whether he asked for notifications
 */
export function call(headline, other, body, notify) {
  hush();
  ring();
  title = other;
  let on = true;
  rewrite = () => {
    document.title = on ? headline() : title;
  };
  rewrite();
  blink = window.setInterval(() => {
    on = !on;
    rewrite();
  }, 1500);
  document.addEventListener("languagechange", rewrite);
  if ("vibrate" in navigator && navigator.userActivation?.hasBeenActive) navigator.vibrate([400, 200, 400, 200, 400]);
  if (notify && document.visibilityState !== "visible" && "Notification" in window && Notification.permission === "granted") {
    try {
      notice = new Notification(headline(), { body, tag: "nextup-turn", requireInteraction: true });
      notice.onclick = () => {
        window.focus();
        notice?.close();
      };
    } catch {
      // Android wants a service worker for this; sound and vibration have to do.
    }
  }
}

export function hush() {
  stopRinging();
  window.clearInterval(blink);
  document.removeEventListener("languagechange", rewrite);
  if (title) document.title = title;
  title = "";
  notice?.close();
  notice = undefined;
  if ("vibrate" in navigator && navigator.userActivation?.hasBeenActive) navigator.vibrate(0);
}
