// Telling somebody who may be looking elsewhere that it is his turn: sound, the window's title, a notification if he
// asked for one, vibration. Everything stops when he has come or the call is over.
import { ring, stopRinging } from "./sound.js";

/** @type {Notification | undefined} */
let notice;
let title = "";
let blink = 0;
/** Writes the title again, in the language of now. */
let rewrite = () => {};

const tag = "nextup-turn";
/** Where pages may not notify by themselves, a worker does it for them. */
const throughWorker = /Android/.test(navigator.userAgent);
/** @type {Promise<ServiceWorkerRegistration | undefined> | undefined} */
let bell;

/** The worker that notifies, made when it is first needed. */
function worker() {
  bell ??= hang().catch(() => undefined);
  return bell;
}

async function hang() {
  if (!throughWorker || !("serviceWorker" in navigator)) return undefined;
  const url = new URL("bell.js", import.meta.url).href;
  // Under Trusted Types an address of a script must be vouched for; this one is beside this file.
  const types = /** @type {any} */ (window).trustedTypes;
  const safe = types ? types.createPolicy("nextup-bell", { createScriptURL: () => url }).createScriptURL("") : url;
  const r = await navigator.serviceWorker.register(safe);
  const young = r.installing ?? r.waiting;
  if (young) await new Promise((done) => young.addEventListener("statechange", () => young.state === "activated" && done(undefined)));
  // Those of earlier versions lie under other addresses.
  for (const old of await navigator.serviceWorker.getRegistrations()) if (old.scope !== r.scope) void old.unregister();
  return r;
}

/** Asks for leave to notify. Only ever called from the tick he made at check-in. */
export async function allowNotices() {
  if (!("Notification" in window)) return;
  try {
    if (Notification.permission === "default") await Notification.requestPermission();
    if (Notification.permission === "granted") await worker();
  } catch {
    // Not possible here (an in-app browser, say): sound and title remain.
  }
}

/** @param {string} headline @param {string} body */
async function show(headline, body) {
  const how = { body, tag, requireInteraction: true, data: location.href };
  const through = await worker();
  if (through) return through.showNotification(headline, how);
  notice = new Notification(headline, how);
  notice.onclick = () => {
    window.focus();
    notice?.close();
  };
}

/** Showing and taking away, one after the other. @type {Promise<unknown>} */
let turn = Promise.resolve();

/** @param {() => Promise<unknown>} work */
function next(work) {
  // Refused after all, or not possible: sound, title and vibration have to do.
  turn = turn.then(work).catch(() => {});
}

async function unshow() {
  notice?.close();
  notice = undefined;
  for (const n of (await (await bell)?.getNotifications({ tag })) ?? []) n.close();
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
    next(() => show(headline(), body));
  }
}

export function hush() {
  stopRinging();
  window.clearInterval(blink);
  document.removeEventListener("languagechange", rewrite);
  if (title) document.title = title;
  title = "";
  next(unshow);
  if ("vibrate" in navigator && navigator.userActivation?.hasBeenActive) navigator.vibrate(0);
}
