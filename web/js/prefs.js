// How this interviewer likes his desk, remembered in this browser. Everything is off or on in the way that surprises
// nobody: nothing starts by itself, sound tells of the first one who comes, single letters work.
import { recall, remember, storage } from "./boot.js";

/** @typedef {"auto" | "sound" | "notify" | "keys"} Pref */

const key = "nextup.desk";

/** @type {Record<Pref, boolean>} */
const defaults = { auto: false, sound: true, notify: false, keys: true };

/** Taking the next one by itself is chosen anew for each sitting: nobody finds it on from last week. */
const brief = "auto";

class Prefs extends EventTarget {
  #now = {
    ...defaults,
    ...recall(storage("local"), key, /** @type {Partial<Record<Pref, boolean>>} */ ({})),
    [brief]: recall(storage("session"), `${key}.${brief}`, false),
  };

  /** @param {Pref} p */
  get(p) {
    return this.#now[p];
  }

  /** @param {Pref} p @param {boolean} on */
  set(p, on) {
    this.#now[p] = on;
    if (p === brief) remember(storage("session"), `${key}.${brief}`, on);
    else remember(storage("local"), key, { ...this.#now, [brief]: undefined });
    this.dispatchEvent(new Event("change"));
  }
}

/** The one set of this browser. */
export const prefs = new Prefs();
