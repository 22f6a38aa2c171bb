// How much picture a network takes, decided from what was measured and nothing else. Less of it is sent or asked for
// at once when there is trouble; it comes back slowly, and more slowly each time that it did not last, so that a
// picture does not come and go. Sound is never given up for a picture. Pure: the clock is the caller's.

/**
 * 0 all, 1 less, 2 least, 3 no picture, sound only.
 * @typedef {0 | 1 | 2 | 3} Level
 *
 * @typedef {object} Sample what was measured in the last two seconds or so
 * @property {number} loss share of packets lost, 0 to 1
 * @property {number} rtt seconds; 0 not known
 * @property {number} room bit/s that the browser thinks it may send; 0 not known
 * @property {boolean} [still] pictures should have come and none did
 */

/**
 * What is sent of a picture. lines is the height of one that lies; the encoder may take fewer for a while, never more.
 * @typedef {{lines: number, frames: number, bits: number}} Shape
 */

/**
 * What is sent at each level; at the last one nothing. Lines are given up before movement: faces and hands, and signs,
 * are read from movement, so it never goes below 20 pictures a second, nor below QVGA (EN 301 549, 6.5.2 and 6.5.3).
 * @type {readonly Shape[]}
 */
export const sent = [
  { lines: 360, frames: 30, bits: 900_000 },
  { lines: 360, frames: 24, bits: 400_000 },
  { lines: 240, frames: 20, bits: 180_000 },
];
/** And in a talk of two, once the network has shown that it takes it. @type {Shape} */
export const fine = { lines: 720, frames: 30, bits: 1_700_000 };
/** With this much room, in bit/s, it does; with this much no longer. */
const fineFrom = 1_400_000;
const fineUntil = 900_000;
/** For so long, in ms, before it is tried, also each time that it was not to be had. */
const fineAfter = 4000;

/** So much room each level needs, in bit/s, sound included. */
const needs = [250_000, 120_000, 45_000];
/** How long it must go badly before less is tried, in ms; and how badly for no picture at once. */
const badFor = 3500;
/** How long it must go well before more is tried, in ms: from less, and from no picture. */
const wellFor = [0, 10_000, 10_000, 12_000];
/** A return that lasts less than this, in ms, makes the next one wait twice as long. */
const lasts = 60_000;
const longestWait = 120_000;

/** @param {Sample} s @param {Level} level @returns {"well" | "middling" | "bad" | "worst"} */
export function judge(s, level) {
  const need = needs[level];
  if (s.loss >= 0.25 || s.rtt >= 2.5) return "worst";
  if (need !== undefined && s.room > 0 && s.room < 30_000) return "worst";
  if (s.loss >= 0.08 || s.rtt >= 1 || s.still) return "bad";
  if (need !== undefined && s.room > 0 && s.room < need) return "bad";
  // Better than "not bad": or it would swing at the border.
  const more = level > 0 ? needs[level - 1] : undefined;
  const room = level === 3 || more === undefined || s.room === 0 || s.room > more * 0.9;
  return s.loss < 0.03 && s.rtt < 0.6 && room ? "well" : "middling";
}

/** Whether a picture of 720 lines may be sent. The clock is the caller's. */
export class Fine {
  on = false;
  /** Since when there has been room for it. @type {number | undefined} */
  #since;

  /**
   * @param {number} room bit/s; 0 not known
   * @param {boolean} may everything else is well, and there are only two in the talk
   * @param {number} now ms
   * @returns {boolean}
   */
  step(room, may, now) {
    if (!may || (room > 0 && room < fineUntil)) {
      this.on = false;
      this.#since = undefined;
    } else if (room < fineFrom) this.#since = undefined;
    else {
      this.#since ??= now;
      this.on ||= now - this.#since >= fineAfter;
    }
    return this.on;
  }
}

export class Pace {
  /** @type {Level} */
  level = 0;
  /** Since when it has gone badly, and well; undefined: it does not. @type {number | undefined} */
  #bad;
  /** @type {number | undefined} */
  #well;
  #worst = 0;
  /** When more was last tried. */
  #rose = Number.NEGATIVE_INFINITY;
  #wait = 1;

  /**
   * @param {Sample} s
   * @param {number} now ms
   * @returns {Level}
   */
  step(s, now) {
    const how = judge(s, this.level);
    if (how === "bad" || how === "worst") {
      this.#well = undefined;
      this.#bad ??= now;
      this.#worst = how === "worst" ? this.#worst + 1 : 0;
      if (this.level < 3 && (now - this.#bad >= badFor || this.#worst >= 3)) this.#fall(this.#worst >= 3 ? 3 : this.level + 1, now);
    } else {
      this.#bad = undefined;
      this.#worst = 0;
      if (how === "middling") this.#well = undefined;
      else this.#well ??= now;
      if (this.level > 0 && this.#well !== undefined && now - this.#well >= Math.min((wellFor[this.level] ?? 0) * this.#wait, longestWait)) {
        this.level = /** @type {Level} */ (this.level - 1);
        this.#rose = now;
        this.#well = now;
      }
      if (now - this.#rose >= lasts) this.#wait = 1;
    }
    return this.level;
  }

  /** Another network, or the person asks: begin anew. */
  reset() {
    this.level = 0;
    this.#bad = this.#well = undefined;
    this.#worst = 0;
    this.#wait = 1;
    this.#rose = Number.NEGATIVE_INFINITY;
  }

  /** @param {number} to @param {number} now */
  #fall(to, now) {
    this.level = /** @type {Level} */ (to);
    this.#bad = now;
    this.#worst = 0;
    if (now - this.#rose < lasts) this.#wait = Math.min(this.#wait * 2, 16);
  }
}
