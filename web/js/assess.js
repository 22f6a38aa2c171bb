// One interviewer's marks for one talk: saved as typed, kept in this browser until the server has them on disk, and
// merged when another of his windows was quicker.
//
// Each item (question, trait, overall, note) has a rating, a note and a revision. A change carries the revision it
// replaces. On "stale" what was not changed here is taken over, and the rest is sent again; what was changed on both
// sides is a conflict, which he is shown and decides. Until then nothing of it is sent, and nothing is lost.
import { recall, remember, storage } from "./boot.js";

/** @typedef {import("./socket.js").Live} Live */
/** @typedef {import("./types.js").Mark} Mark */
/**
 * @typedef {object} Item
 * @property {Mark} kept as the server last had it
 * @property {number} rating as it is here
 * @property {string} note
 * @property {boolean} sending
 * @property {{rating: number, note: string}} [sent] what was sent last and not answered: coming back, it is no news
 * @property {Mark} [theirs] what another device saved meanwhile, where it differs from what was changed here
 */
/**
 * What of an item is kept in this browser.
 * @typedef {{kept: Mark, rating: number, note: string, sent?: {rating: number, note: string}, theirs?: Mark}} Buffered
 */

/** The rating of a question that was left out on purpose. */
export const notAsked = -1;

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
   * @param {string} me whose marks: what is kept in this browser is bound to the person and the talk, whatever the link
   * @param {number} offer
   */
  constructor(live, from, me, offer) {
    super();
    this.#live = live;
    this.#from = from;
    this.offer = offer;
    this.#key = `nextup.marks ${me} ${offer}`;
    // What an earlier life of this page could not get to the server.
    for (const [name, b] of Object.entries(recall(storage("local"), this.#key, /** @type {Record<string, Buffered>} */ ({})))) {
      this.#items.set(name, { ...b, sending: false });
    }
    void this.load();
  }

  /** The talks of this session that have something unsent in this browser. @param {string} me @returns {number[]} */
  static unsent(me) {
    const store = storage("local");
    const start = `nextup.marks ${me} `;
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

  /** The items that were changed on two devices: as they are here, and as they are there. */
  get conflicts() {
    return [...this.#items].flatMap(([item, i]) => (i.theirs ? [{ item, mine: { rating: i.rating, note: i.note }, theirs: i.theirs }] : []));
  }

  /**
   * Decides a conflict.
   * @param {string} item
   * @param {"mine" | "theirs" | "both"} which both: the other note first, then this one
   */
  settle(item, which) {
    const i = this.#items.get(item);
    if (!i?.theirs) return;
    const { theirs } = i;
    i.theirs = undefined;
    if (which !== "mine") i.rating = theirs.rating;
    if (which === "theirs") i.note = theirs.note;
    else if (which === "both") {
      i.note = `${theirs.note}\n\n${i.note}`;
      // Where he chose a figure himself, it stands.
      i.rating = i.rating || theirs.rating;
    }
    this.#keep();
    this.#changed();
    void this.#send(item);
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
    const now = { item: m.item, rating: m.rating, note: m.note, revision: m.revision };
    // What was sent from here, and whose answer got lost.
    const own = i.sent !== undefined && i.sent.rating === m.rating && i.sent.note === m.note;
    const both = (/** @type {"rating" | "note"} */ f) => i[f] !== i.kept[f] && m[f] !== i.kept[f] && i[f] !== m[f];
    const clash = !own && m.revision > i.kept.revision && (both("rating") || both("note"));
    if (i.rating === i.kept.rating) i.rating = m.rating;
    if (i.note === i.kept.note) i.note = m.note;
    i.theirs = clash ? now : i.theirs && (i.rating !== m.rating || i.note !== m.note) && !own ? now : undefined;
    i.kept = now;
  }

  /** @param {string} name */
  async #send(name) {
    const i = this.#item(name);
    // One at a time for each item: the next carries the revision that this one makes.
    if (i.sending || i.theirs || !dirty(i)) return;
    i.sending = true;
    const { rating, note } = i;
    i.sent = { rating, note };
    this.#keep();
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
      i.sent = undefined;
      this.savedAt = Date.now();
      again = dirty(i);
    } catch (e) {
      const answer = e instanceof Error && "answer" in e ? /** @type {{answer: import("./types.js").Answer}} */ (e).answer : undefined;
      if (answer?.error === "stale" && answer.revision > i.kept.revision) {
        this.#learn({ item: name, rating: answer.rating ?? 0, note: answer.note ?? "", revision: answer.revision });
        again = dirty(i);
        i.sent = undefined;
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
      unsaved.length ? Object.fromEntries(unsaved.map(([n, { kept, rating, note, sent, theirs }]) => [n, { kept, rating, note, sent, theirs }])) : undefined,
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
