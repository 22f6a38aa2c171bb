// Texts in Swedish, English and Norwegian, switched in place: words change, nodes stay. A <video> is never
// touched, so a language switch does not disturb a call.

/** @typedef {"sv" | "en" | "nb"} Lang */
/** @typedef {Record<string, string | number>} Args values for {placeholders}; `count` also chooses .one or .other */
/** @typedef {Record<string, string>} Catalogue */

/** @type {readonly Lang[]} */
export const languages = ["sv", "en", "nb"];

const root = document.documentElement;

/** @type {Map<Lang, Promise<Catalogue>>} */
const loading = new Map();

/** @type {Catalogue} */
let catalogue = {};
/** @type {Lang} */
let current = isLang(root.lang) ? root.lang : "en";
/** Pause before a catalogue that could not be fetched is asked for again, in ms. */
const retry = 2000;
/** The language asked for last; an answer to an earlier question is dropped. */
let wanted = current;

/**
 * Resolves when the page's own catalogue is there. A module awaits it before its first t().
 * The page itself is already in the right language: the server wrote it.
 * @type {Promise<void>}
 */
export const ready = begin();
// Pages that need no words do not wait for them, and a page that is left while they
// load has nothing to complain of. Who does wait still hears of a failure.
ready.catch(() => {});

/** A network that is away for a moment must not leave a live page dead, so it is tried until it works. */
async function begin() {
  for (;;) {
    try {
      const c = await load(current);
      if (wanted === current) catalogue = c;
      return;
    } catch {
      await new Promise((again) => setTimeout(again, retry));
    }
  }
}

/** @returns {Lang} the language of the page now */
export function language() {
  return current;
}

/**
 * The text of a key. An unknown key is returned as it is, so that it shows up in review instead of vanishing.
 * @param {string} key
 * @param {Args} [args]
 * @returns {string}
 */
export function t(key, args = {}) {
  return fill(catalogue[choose(key, args)] ?? key, args);
}

/**
 * The text for a number of things: t with `count`.
 * @param {string} key without .one or .other
 * @param {number} count
 * @param {Args} [args]
 */
export function plural(key, count, args = {}) {
  return t(key, { ...args, count });
}

/**
 * Shows a text in an element, and keeps it in the right language from now on.
 * @param {Element} element a leaf: its content is replaced
 * @param {string} key
 * @param {Args} [args]
 */
export function say(element, key, args) {
  element.setAttribute("data-i18n", key);
  if (args) element.setAttribute("data-i18n-args", JSON.stringify(args));
  else element.removeAttribute("data-i18n-args");
  const text = t(key, args);
  // Writing the same text again would make a live region speak twice.
  if (element.textContent !== text) element.textContent = text;
}

/**
 * A time in the words of the page's language. The patterns are catalogue texts, the same the server uses.
 * @param {Date} at
 * @param {string} format "date", "clock", "full" or "short"
 * @param {string} [zone] IANA name; the browser's own when left out
 */
export function when(at, format, zone) {
  /** @type {Record<string, string>} */
  const part = {};
  const numbers = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
  });
  for (const p of numbers.formatToParts(at)) part[p.type] = p.value;
  const weekday = 1 + ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(part.weekday ?? "");
  const month = Number(part.month);
  return t(`format.${format}`, {
    weekday: t(`format.weekday.${weekday}`),
    wd: t(`format.wd.${weekday}`),
    day: Number(part.day),
    month: t(`format.month.${month}`),
    mon: t(`format.mon.${month}`),
    year: part.year ?? "",
    hour: part.hour ?? "",
    minute: part.minute ?? "",
  });
}

/**
 * Switches the page to another language, remembers it for a year, and tells listeners:
 * document.addEventListener("languagechange", ...), sent after the words have changed.
 * If the catalogue cannot be fetched the page stays as it is and the promise fails.
 * @param {Lang} lang
 */
export async function setLanguage(lang) {
  wanted = lang;
  const next = await load(lang);
  if (wanted !== lang) return;
  catalogue = next;
  current = lang;
  root.lang = lang;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `nextup_lang=${lang}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
  rewrite(document);
  for (const select of document.querySelectorAll("select[data-language]")) {
    if (select instanceof HTMLSelectElement) select.value = lang;
  }
  document.dispatchEvent(new CustomEvent("languagechange", { detail: { lang } }));
}

/**
 * Writes every marked text, attribute and time under a node in the page's language.
 * @param {ParentNode} node
 */
export function rewrite(node) {
  for (const e of node.querySelectorAll("[data-i18n]")) {
    // Only leaves: replacing the content of anything else could take a picture or a field with it.
    if (e.childElementCount > 0) throw new Error(`data-i18n on an element with children: ${e.getAttribute("data-i18n")}`);
    e.textContent = t(e.getAttribute("data-i18n") ?? "", argsOf(e));
  }
  for (const e of node.querySelectorAll("[data-i18n-attr]")) {
    // "placeholder:rtt.hint aria-label:rtt.label"
    for (const pair of (e.getAttribute("data-i18n-attr") ?? "").split(/\s+/)) {
      const colon = pair.indexOf(":");
      if (colon > 0) e.setAttribute(pair.slice(0, colon), t(pair.slice(colon + 1), argsOf(e)));
    }
  }
  for (const e of node.querySelectorAll("time[data-format]")) {
    if (!(e instanceof HTMLTimeElement)) continue;
    const at = new Date(e.dateTime);
    if (!Number.isNaN(at.valueOf())) e.textContent = when(at, e.dataset.format ?? "date", e.dataset.zone);
  }
}

/**
 * @param {string} value
 * @returns {value is Lang}
 */
export function isLang(value) {
  return value === "sv" || value === "en" || value === "nb";
}

/**
 * @param {Element} e
 * @returns {Args}
 */
function argsOf(e) {
  const json = e.getAttribute("data-i18n-args");
  return json ? JSON.parse(json) : {};
}

/**
 * The same rule in all three languages: one for exactly 1 (CLDR; no fractions are shown).
 * @param {string} key
 * @param {Args} args
 */
function choose(key, args) {
  if (args.count === undefined || `${key}.other` in catalogue === false) return key;
  return `${key}.${Number(args.count) === 1 ? "one" : "other"}`;
}

/**
 * @param {string} text
 * @param {Args} args
 */
function fill(text, args) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in args ? String(args[name]) : whole));
}

/**
 * @param {Lang} lang
 * @returns {Promise<Catalogue>}
 */
function load(lang) {
  let p = loading.get(lang);
  if (!p) {
    const url = root.getAttribute(`data-catalogue-${lang}`);
    p = url ? fetch(url).then((r) => (r.ok ? r.json() : Promise.reject(new Error(`${url}: ${r.status}`)))) : Promise.resolve({});
    // A failed fetch may be tried again.
    p.catch(() => loading.delete(lang));
    loading.set(lang, p);
  }
  return p;
}
