// What the page was born with, and which device this is.

/**
 * The data the server put in the page.
 * @template T
 * @returns {T}
 */
export function boot() {
  return JSON.parse(document.getElementById("boot")?.textContent ?? "{}");
}

/**
 * Random text, unguessable. crypto.randomUUID is missing on plain HTTP, getRandomValues is not.
 * @returns {string}
 */
export function random() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}

/**
 * This browser's name for itself. It stays over a reload and a new window, so that a place comes back by itself to
 * the browser that holds it, and only to that one.
 * @returns {string}
 */
export function device() {
  const key = "nextup.device";
  try {
    const known = localStorage.getItem(key);
    if (known) return known;
    const made = random();
    localStorage.setItem(key, made);
    return made;
  } catch {
    // Without storage the device lasts as long as the page.
    return (forgetful ||= random());
  }
}

let forgetful = "";

/**
 * Remembers a small thing in this browser; a browser that refuses to is not an error.
 * @param {Storage | undefined} store
 * @param {string} key
 * @param {unknown} value undefined forgets
 */
export function remember(store, key, value) {
  try {
    if (value === undefined) store?.removeItem(key);
    else store?.setItem(key, JSON.stringify(value));
  } catch {
    // Full or forbidden.
  }
}

/**
 * @template T
 * @param {Storage | undefined} store
 * @param {string} key
 * @param {T} otherwise
 * @returns {T}
 */
export function recall(store, key, otherwise) {
  try {
    const text = store?.getItem(key);
    return text ? JSON.parse(text) : otherwise;
  } catch {
    return otherwise;
  }
}

/** @param {"local" | "session"} kind @returns {Storage | undefined} */
export function storage(kind) {
  try {
    return kind === "local" ? window.localStorage : window.sessionStorage;
  } catch {
    return undefined;
  }
}
