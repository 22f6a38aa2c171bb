// Listens to the own microphone while a call lasts, for two things a person cannot notice himself: that nothing at all
// comes from it, and that he speaks while it is off. Nothing of it leaves the device.
import { audio } from "./sound.js";

/** How often, in ms. */
const every = 100;
/** What is called nothing: no real microphone is that quiet, -86 dB. */
const nothing = 5e-5;
/** The same as the energy of a second. */
export const noEnergy = nothing * nothing;
/** What is called speaking, -40 dB. */
const speech = 0.01;

export class Ears {
  /** Since when, by performance.now(), nothing at all has come; undefined while something does, or nobody knows. @type {number | undefined} */
  silent;
  /** Whether something has been heard from this track. */
  heard = false;
  /** Whether he speaks now. */
  speaking = false;
  /** @type {MediaStreamTrack | undefined} */
  #track;
  /** When the last measurement by hearsay was made. */
  #told = 0;
  /** @type {MediaStreamAudioSourceNode | undefined} */
  #source;
  #timer = 0;
  /** How many of the last measurements were speech. */
  #loud = 0;

  /** @param {MediaStreamTrack | undefined} track the same one again changes nothing */
  follow(track) {
    if (track === this.#track && (!track || this.#source)) return;
    if (track !== this.#track) this.stop();
    const context = track && audio();
    this.#track = track;
    if (!track || !context) return;
    this.silent = undefined;
    if (context.state === "suspended") void context.resume().catch(() => {});
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = window.setInterval(() => {
      if (context.state !== "running") {
        this.silent = undefined;
        return;
      }
      analyser.getFloatTimeDomainData(samples);
      let sum = 0;
      for (const s of samples) sum += s * s;
      const level = Math.sqrt(sum / samples.length);
      if (level > nothing) {
        this.silent = undefined;
        this.heard = true;
      } else this.silent ??= performance.now();
      this.#loud = Math.max(0, Math.min(8, this.#loud + (level > speech ? 1 : -1)));
      if (this.#loud >= 6) this.speaking = true;
      else if (this.#loud === 0) this.speaking = false;
    }, every);
  }

  /** Whether the track is listened to here; a page that nobody pressed anything on yet may not. */
  get listening() {
    return this.#source !== undefined;
  }

  /**
   * What somebody else measured of the track, for as long as it is not listened to here.
   * @param {boolean} something whether anything came
   * @param {number} now
   */
  hear(something, now) {
    if (this.#source) return;
    if (something) {
      this.silent = undefined;
      this.heard = true;
    } else if (this.silent === undefined || now - this.#told > 10_000) this.silent = now;
    this.#told = now;
  }

  stop() {
    window.clearInterval(this.#timer);
    this.#source?.disconnect();
    this.#source = undefined;
    this.#track = undefined;
    this.silent = undefined;
    this.heard = this.speaking = false;
    this.#loud = 0;
  }
}
