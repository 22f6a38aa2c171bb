// What a talk's connection did, worked out from what the browser counts: for the sign that both sides see, and for the
// record of the talk, which holds figures and no words. Pure: the clock is the caller's.

/** @typedef {import("./peer.js").PeerStats} PeerStats */
/**
 * Of a whole talk, or of its last ten seconds.
 * @typedef {object} Figures
 * @property {number} seconds how long was measured
 * @property {number} lossUp share of packets sent that did not arrive at the server, 0 to 1
 * @property {number} lossDown share of packets for us that did not arrive, 0 to 1
 * @property {number} rtt ms to the server and back, the mean
 * @property {number} up kbit/s sent
 * @property {number} down kbit/s received
 * @property {number} freezes how often a picture of the others stood still
 * @property {number} frozen for how many ms, all together
 * @property {number} first ms from the talk's beginning to the first picture; -1 while there was none
 * @property {"" | "udp" | "tcp" | "relay"} way
 *
 * @typedef {"good" | "weak" | "poor"} Grade
 * @typedef {"" | "lost" | "loss" | "slow" | "freezes" | "room" | "busy"} Why
 *
 * What was counted between two looks.
 * @typedef {object} Step
 * @property {number} time ms
 * @property {number} lossUp
 * @property {number} got packets
 * @property {number} missed
 * @property {number} rtt ms; 0 not known
 * @property {number} up bytes
 * @property {number} down
 * @property {number} freezes
 * @property {number} frozen ms
 */

/** How much is lately, in ms. */
const lately = 10_000;
/** Looks further apart than this, in ms, say nothing about what lies between: the page slept. */
const slept = 10_000;

export class Meter {
  /** @type {Step[]} */
  #steps = [];
  #whole = { time: 0, lossUp: 0, got: 0, missed: 0, rtt: 0, rttTime: 0, up: 0, down: 0, freezes: 0, frozen: 0 };
  /** @type {{stats: PeerStats, shown: readonly string[], at: number} | undefined} */
  #last;
  #began = 0;
  #first = -1;
  /** @type {Figures["way"]} */
  #way = "";

  /** A talk begins. @param {number} now ms */
  begin(now) {
    this.#steps = [];
    this.#whole = { time: 0, lossUp: 0, got: 0, missed: 0, rtt: 0, rttTime: 0, up: 0, down: 0, freezes: 0, frozen: 0 };
    this.#last = undefined;
    this.#began = now;
    this.#first = -1;
  }

  /** The first picture of the talk is seen. @param {number} now ms */
  picture(now) {
    if (this.#first < 0) this.#first = Math.max(0, Math.round(now - this.#began));
  }

  /** Nothing can be counted for now: a new connection counts from nothing. */
  gap() {
    this.#last = undefined;
  }

  /**
   * @param {PeerStats} stats counted so far
   * @param {readonly string[]} shown whose picture is seen in each slot; "" nobody's
   * @param {number} now ms
   */
  take(stats, shown, now) {
    const last = this.#last;
    this.#last = { stats, shown, at: now };
    this.#way = stats.relayed ? "relay" : stats.protocol === "" ? this.#way : stats.protocol === "udp" ? "udp" : "tcp";
    if (!last || now <= last.at || now - last.at > slept || stats.bytesDown < last.stats.bytesDown) return;
    const more = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(0, b - a);
    /** @type {Step} */
    const step = {
      time: now - last.at,
      lossUp: stats.lossUp,
      got: 0,
      missed: 0,
      rtt: (stats.rtt ?? 0) * 1000,
      up: more(last.stats.bytesUp, stats.bytesUp),
      down: more(last.stats.bytesDown, stats.bytesDown),
      freezes: 0,
      frozen: 0,
    };
    stats.slots.forEach((s, i) => {
      const b = last.stats.slots[i];
      if (!b) return;
      step.got += more(b.packets, s.packets) + more(b.soundPackets, s.soundPackets);
      step.missed += more(b.lost, s.lost) + more(b.soundLost, s.soundLost);
      // A camera that was off is no freeze, and neither is another person.
      if (!shown[i] || shown[i] !== last.shown[i]) return;
      step.freezes += more(b.freezes, s.freezes);
      step.frozen += Math.min(more(b.frozen, s.frozen) * 1000, step.time);
    });
    this.#steps.push(step);
    for (let t = this.#steps.reduce((sum, x) => sum + x.time, 0); this.#steps.length > 1 && t - (this.#steps[0]?.time ?? 0) >= lately; ) {
      t -= this.#steps.shift()?.time ?? 0;
    }
    const w = this.#whole;
    w.time += step.time;
    w.lossUp += step.lossUp * step.time;
    if (step.rtt > 0) {
      w.rtt += step.rtt * step.time;
      w.rttTime += step.time;
    }
    for (const k of /** @type {const} */ (["got", "missed", "up", "down", "freezes", "frozen"])) w[k] += step[k];
  }

  /** Of the whole talk so far. @returns {Figures} */
  get whole() {
    return this.#figures(this.#whole);
  }

  /** Of its last ten seconds. @returns {Figures} */
  get lately() {
    const sum = { time: 0, lossUp: 0, got: 0, missed: 0, rtt: 0, rttTime: 0, up: 0, down: 0, freezes: 0, frozen: 0 };
    for (const s of this.#steps) {
      sum.time += s.time;
      sum.lossUp += s.lossUp * s.time;
      if (s.rtt > 0) {
        sum.rtt += s.rtt * s.time;
        sum.rttTime += s.time;
      }
      for (const k of /** @type {const} */ (["got", "missed", "up", "down", "freezes", "frozen"])) sum[k] += s[k];
    }
    return this.#figures(sum);
  }

  /** @param {{time: number, lossUp: number, got: number, missed: number, rtt: number, rttTime: number, up: number, down: number, freezes: number, frozen: number}} w @returns {Figures} */
  #figures(w) {
    const rate = (/** @type {number} */ bytes) => (w.time ? Math.round((bytes * 8) / w.time) : 0);
    const all = w.got + w.missed;
    return {
      seconds: Math.round(w.time / 1000),
      lossUp: w.time ? round3(w.lossUp / w.time) : 0,
      lossDown: all >= 20 ? round3(w.missed / all) : 0,
      rtt: w.rttTime ? Math.round(w.rtt / w.rttTime) : 0,
      up: rate(w.up),
      down: rate(w.down),
      freezes: w.freezes,
      frozen: Math.round(w.frozen),
      first: this.#first,
      way: this.#way,
    };
  }
}

/** @param {number} x */
function round3(x) {
  return Math.round(x * 1000) / 1000;
}

/**
 * How a connection does, and the first reason why it is not good.
 * @param {Figures} f of the last ten seconds
 * @param {number} level how little picture the network takes, as in quality.js, either way
 * @param {boolean} lost the connection is gone at this moment
 * @returns {{grade: Grade, why: Why}}
 */
export function judge(f, level, lost) {
  if (lost) return { grade: "poor", why: "lost" };
  const loss = Math.max(f.lossUp, f.lossDown);
  if (loss >= 0.08) return { grade: "poor", why: "loss" };
  if (f.rtt >= 700) return { grade: "poor", why: "slow" };
  if (level >= 3) return { grade: "poor", why: "room" };
  // A picture that stands still though nothing is lost or late is a busy computer's, here or there, and no network's.
  const network = loss >= 0.01 || f.rtt >= 200;
  if (f.frozen >= 4000 && network) return { grade: "poor", why: "freezes" };
  if (loss >= 0.03) return { grade: "weak", why: "loss" };
  if (f.rtt >= 300) return { grade: "weak", why: "slow" };
  if (level >= 1) return { grade: "weak", why: "room" };
  if (f.frozen >= 1000) return { grade: "weak", why: network ? "freezes" : "busy" };
  return { grade: "good", why: "" };
}

/** @type {readonly Grade[]} */
const order = ["good", "weak", "poor"];

/** A sign that does not flicker: one look does not make it worse, and three in a row are needed to make it better. */
export class Sign {
  /** @type {Grade} */
  grade = "good";
  /** @type {Why} */
  why = "";
  #worse = 0;
  #better = 0;

  /** @param {{grade: Grade, why: Why}} now @returns {boolean} whether it has changed */
  step(now) {
    const d = order.indexOf(now.grade) - order.indexOf(this.grade);
    this.#worse = d > 0 ? this.#worse + 1 : 0;
    this.#better = d < 0 ? this.#better + 1 : 0;
    if (d === 0) {
      const same = this.why === now.why;
      this.why = now.why;
      return !same;
    }
    if (this.#worse < 2 && this.#better < 3 && now.why !== "lost") return false;
    Object.assign(this, now);
    this.#worse = this.#better = 0;
    return true;
  }

  /** For another talk. */
  reset() {
    this.grade = "good";
    this.why = "";
    this.#worse = this.#better = 0;
  }
}
