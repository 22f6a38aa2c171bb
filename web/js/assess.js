// One interviewer's marks for one talk: saved as typed, kept in this browser until the server has them on disk, and
// merged when another of his windows was quicker.
//
// Each item (question, trait, overall, note) has a rating, a note and a revision. A change carries the revision it
// replaces. On "stale" what was changed here stands, what was not is taken over, and it is sent again.
import { recall, remember, storage } from "./boot.js";

/** @typedef {import("./socket.js").Live} Live */
/** @typedef {import("./types.js").Mark} Mark */
/**
 * @typedef {object} Item
 * @property {Mark} kept as the server last had it
 * @property {number} rating as it is here
 * @property {string} note
 * @property {boolean} sending
 */
/** What of an item is kept in this browser. @typedef {{kept: Mark, rating: number, note: string}} Buffered */

/** The pause in typing after which a note is sent, in ms. */
const pause = 400;

/** "change" is sent when anything changed that a page shows. */
export class Assess extends EventTarget {
  /** The talk. @type {number} */
  offer;
  /** Whether what the server has was read. */
  loaded = false;
  /** When something was last saved, ms since the epoch; 0 never. */
  savedAt = 0;
  /** A refusal that trying again does not mend. @type {unknown} */
  failed;
  /** @type {Map<string, Item>} */
  #items = new Map();
  /** @type {Map<string, number>} */
  #timers = new Map();
  #live;
  #from;
  #key;

  /**
   * @param {Live} live
   * @param {string} from path of the kept marks
   * @param {number} offer
   */
  constructor(live, from, offer) {
    super();
    this.#live = live;
    this.#from = from;
    this.offer = offer;
    this.#key = `nextup.marks ${from} ${offer}`;
    // What an earlier life of this page could not get to the server.
    for (const [name, b] of Object.entries(recall(storage("local"), this.#key, /** @type {Record<string, Buffered>} */ ({})))) {
      this.#items.set(name, { ...b, sending: false });
    }
    void this.load();
  }

  /** The talks of this session that have something unsent in this browser. @param {string} from @returns {number[]} */
  static unsent(from) {
    const store = storage("local");
    const start = `nextup.marks ${from} `;
    return Array.from({ length: store?.length ?? 0 }, (_, i) => store?.key(i) ?? "")
      .filter((k) => k.startsWith(start))
      .map((k) => Number(k.slice(start.length)));
  }

  /** @param {string} item @returns {{rating: number, note: string}} */
  mark(item) {
    return this.#items.get(item) ?? { rating: 0, note: "" };
  }

  /** @param {string} item @param {number} rating */
  rate(item, rating) {
    this.#change(item, { rating }, 0);
  }

  /** @param {string} item @param {string} note */
  write(item, note) {
    this.#change(item, { note }, pause);
  }

  /** Whether everything is on the server's disk. */
  get saved() {
    return [...this.#items.values()].every((i) => !dirty(i) && !i.sending);
  }

  /** Sends now what still waits for a pause in typing. */
  flush() {
    for (const [name, item] of this.#items) {
      if (dirty(item)) void this.#send(name);
    }
  }

  /** Reads what the server has; what was typed here and not yet saved stands. */
  async load() {
    try {
      const r = await fetch(`${this.#from}?offer=${this.offer}`, { headers: { Accept: "application/json" } });
      if (!r.ok) throw new Error(`${r.status}`);
      /** @type {{items: Mark[]}} */
      const { items } = await r.json();
      for (const m of items ?? []) this.#learn(m);
      this.loaded = true;
    } catch {
      // Typing goes on meanwhile; stale answers would teach the revisions anyway.
      window.setTimeout(() => void this.load(), 3000);
    }
    this.flush();
    this.#changed();
  }

  /** @param {string} name */
  #item(name) {
    let i = this.#items.get(name);
    if (!i) {
      i = { kept: { item: name, rating: 0, note: "", revision: 0 }, rating: 0, note: "", sending: false };
      this.#items.set(name, i);
    }
    return i;
  }

  /** @param {string} name @param {{rating?: number, note?: string}} what @param {number} wait */
  #change(name, what, wait) {
    Object.assign(this.#item(name), what);
    this.failed = undefined;
    this.#keep();
    window.clearTimeout(this.#timers.get(name));
    this.#timers.set(name, window.setTimeout(() => void this.#send(name), wait));
    this.#changed();
  }

  /** Takes what the server has into an item: where it was not changed here, it is shown. @param {Mark} m */
  #learn(m) {
    const i = this.#item(m.item);
    // Never older than what is known: answers and pages may overtake each other.
    if (m.revision < i.kept.revision) return;
    if (i.rating === i.kept.rating) i.rating = m.rating;
    if (i.note === i.kept.note) i.note = m.note;
    i.kept = { item: m.item, rating: m.rating, note: m.note, revision: m.revision };
  }

  /** @param {string} name */
  async #send(name) {
    const i = this.#item(name);
    // One at a time for each item: the next carries the revision that this one makes.
    if (i.sending || !dirty(i)) return;
    i.sending = true;
    const { rating, note } = i;
    this.#changed();
    let again = false;
    try {
      const a = await this.#live.command({
        do: "assess",
        offer: this.offer,
        item: name,
        rating,
        note,
        revision: i.kept.revision,
      });
      i.kept = { item: name, rating, note, revision: a.revision ?? i.kept.revision + 1 };
      this.savedAt = Date.now();
      again = dirty(i);
    } catch (e) {
      const answer = e instanceof Error && "answer" in e ? /** @type {{answer: import("./types.js").Answer}} */ (e).answer : undefined;
      if (answer?.error === "stale" && answer.revision > i.kept.revision) {
        this.#learn({ item: name, rating: answer.rating ?? 0, note: answer.note ?? "", revision: answer.revision });
        again = dirty(i);
      } else this.failed = e;
    }
    i.sending = false;
    this.#keep();
    this.#changed();
    if (again) void this.#send(name);
  }

  /** Writes down what the server does not have yet. */
  #keep() {
    const unsaved = [...this.#items].filter(([, i]) => dirty(i));
    remember(
      storage("local"),
      this.#key,
      unsaved.length ? Object.fromEntries(unsaved.map(([n, i]) => [n, { kept: i.kept, rating: i.rating, note: i.note }])) : undefined,
    );
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Item} i */
function dirty(i) {
  return i.rating !== i.kept.rating || i.note !== i.kept.note;
}
