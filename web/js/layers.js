// A picture is sent once in a talk of two. In a larger one a small layer of it is sent besides (simulcast), so that
// the server can give each of the others what his network takes and nobody's holds the rest down. What is
// negotiated is the same for both, so nothing is negotiated when somebody comes or goes.

/** One layer, as media/rids.go knows it: the best first. The browser's own type does not know scalabilityMode everywhere. @typedef {RTCRtpEncodingParameters & {scalabilityMode?: string}} Layer */

/** From so many others on. */
const many = 2;
/** Bounds of the small one. */
const bits = 120_000;
const frames = 20;

/**
 * What to negotiate. Named modes make Chromium send the first layer alone as it would without layers: from the first
 * moment at the rate that the network takes.
 * @returns {Layer[]}
 */
export function layers() {
  return [
    { rid: "h", scalabilityMode: "L1T1" },
    { rid: "l", active: false, scaleResolutionDownBy: 2, maxBitrate: bits, maxFramerate: frames, scalabilityMode: "L1T1" },
  ];
}

/**
 * Makes the encodings of a sender right for so many others; says whether anything had to change. An older browser has
 * one encoding, and then nothing is done.
 * @param {RTCRtpEncodingParameters[]} encodings
 * @param {number} others in the talk, without oneself
 * @returns {boolean}
 */
export function adjust(encodings, others) {
  const [best, small] = encodings;
  if (!best || !small) return false;
  const active = others >= many;
  const scale = 2 * Math.max(best.scaleResolutionDownBy ?? 1, 1);
  if (small.active === active && (!active || small.scaleResolutionDownBy === scale)) return false;
  Object.assign(small, { active, scaleResolutionDownBy: scale, maxBitrate: bits, maxFramerate: frames });
  return true;
}
