// Sound made here, so that nothing has to be fetched when it is needed: the ring of a call, and the tone of the
// loudspeaker test. Browsers let a page sound only after a click, so unlock is called from one.

/** @type {AudioContext | undefined} */
let context;

/**
 * The page's one audio context; also the level meters hang on it. There is none before the first press on the page.
 * @returns {AudioContext | undefined}
 */
export function audio() {
  if (!context && navigator.userActivation?.hasBeenActive === false) return undefined;
  try {
    context ??= new AudioContext();
  } catch {
    return undefined;
  }
  return context;
}

/** To be called from a click. */
export function unlock() {
  const c = audio();
  if (c?.state === "suspended") void c.resume().catch(() => {});
}

/**
 * One soft tone.
 * @param {AudioContext} c
 * @param {number} pitch Hz
 * @param {number} at s from now
 * @param {number} length s
 */
function tone(c, pitch, at, length) {
  const o = c.createOscillator();
  const g = c.createGain();
  const t = c.currentTime + at;
  o.frequency.value = pitch;
  g.gain.setValueAtTime(0, t);
  g.gain.linearRampToValueAtTime(0.25, t + 0.03);
  g.gain.setValueAtTime(0.25, t + length - 0.08);
  g.gain.linearRampToValueAtTime(0, t + length);
  o.connect(g).connect(c.destination);
  o.start(t);
  o.stop(t + length + 0.05);
}

/** Three rising tones, about a second. */
export function chime() {
  const c = audio();
  if (!c) return;
  [523, 659, 784].forEach((pitch, i) => tone(c, pitch, i * 0.22, 0.3));
}

let ringing = 0;

/** Rings until stopRinging. */
export function ring() {
  if (ringing) return;
  chime();
  ringing = window.setInterval(chime, 2500);
}

export function stopRinging() {
  window.clearInterval(ringing);
  ringing = 0;
}
