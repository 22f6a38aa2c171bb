// Time on a live page. The server sends how much is left, never a time of day, because browsers' clocks are wrong;
// what is left now is counted from the moment the message came, on a clock that nobody can set.

/** How long a talk's clock waits for a lost connection, as the server has it. */
const lostTime = 60_000;

/**
 * @param {number} left ms left when it was received
 * @param {number} at performance.now() of that moment
 */
export function leftNow(left, at) {
  return left - (performance.now() - at);
}

/**
 * What is left of a talk: while the other's connection is gone, or this page's own, the clock stands still, for at
 * most a minute, because the server will move the end by the gap.
 * @param {{left?: number, lost?: number}} talk
 * @param {number} at
 * @param {number} [offline] ms since this page lost its own connection; 0 while it is there
 */
export function talkLeft(talk, at, offline = 0) {
  const left = leftNow(talk.left ?? 0, at);
  const gone = Math.max(talk.lost ? goneNow(talk.lost, at) : 0, offline);
  return left + Math.min(gone, lostTime);
}

/**
 * Whether a talk's clock stands still now.
 * @param {{lost?: number}} talk
 * @param {number} at
 * @param {number} offline as for talkLeft
 */
export function clockWaits(talk, at, offline) {
  const gone = Math.max(talk.lost ? goneNow(talk.lost, at) : 0, offline);
  return gone >= 2000 && gone < lostTime;
}

/**
 * @param {number} gone ms something had lasted when it was received
 * @param {number} at
 */
export function goneNow(gone, at) {
  return gone + (performance.now() - at);
}

/** @param {number} ms at least 0 @returns {string} such as 6:42 or 1:02:03 */
export function clockText(ms) {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const two = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const m = Math.floor(s / 60);
  return m < 60 ? `${m}:${two(s % 60)}` : `${Math.floor(m / 60)}:${two(m % 60)}:${two(s % 60)}`;
}

/** @type {Set<() => void>} */
const listeners = new Set();
let timer = 0;

/**
 * Calls f four times a second, until the returned function is called.
 * @param {() => void} f
 * @returns {() => void}
 */
export function onTick(f) {
  listeners.add(f);
  if (!timer) timer = window.setInterval(() => listeners.forEach((l) => l()), 250);
  return () => {
    listeners.delete(f);
    if (listeners.size === 0) {
      window.clearInterval(timer);
      timer = 0;
    }
  };
}

/**
 * The time of day at the server when a view came, worked out from the start, whose distance the view tells.
 * @param {string} start RFC 3339
 * @param {number} starts ms until the start when the view was sent
 * @param {number} at performance.now() of its arrival
 */
export function serverNow(start, starts, at) {
  return Date.parse(start) - leftNow(starts, at);
}
