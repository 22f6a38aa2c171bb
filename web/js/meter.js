// The microphone's level as twelve bars: proof that it works, for the one who speaks.
import { audio } from "./sound.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";

const bars = 12;

export class Meter {
  /** Shows the level. It is a picture for screen readers, with its meaning as text. */
  element = h("span", { class: "level", role: "img" }, ...Array.from({ length: bars }, () => h("i")));
  /** Whether anything was heard since it started. */
  heard = false;
  /** @type {MediaStreamAudioSourceNode | undefined} */
  #source;
  /** @type {MediaStreamTrack | undefined} */
  #track;
  #timer = 0;

  constructor() {
    this.#name();
  }

  /**
   * Follows a track from now on; the same one again changes nothing.
   * @param {MediaStreamTrack | undefined} track
   */
  follow(track) {
    if (track === this.#track) return;
    this.stop();
    this.#track = track;
    const context = audio();
    if (!track) return;
    if (!context) {
      // Before the first press there is no sound; the press that comes may be about anything.
      const again = () => {
        if (this.#track !== track) return;
        this.#track = undefined;
        this.follow(track);
      };
      document.addEventListener("click", again, { once: true });
      return;
    }
    if (context.state === "suspended") void context.resume().catch(() => {});
    this.#source = context.createMediaStreamSource(new MediaStream([track]));
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    this.#source.connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#timer = window.setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const rms = Math.sqrt(samples.reduce((sum, s) => sum + s * s, 0) / samples.length);
      // -60 dB is silence, -15 dB is somebody speaking up.
      const level = Math.max(0, Math.min(1, (20 * Math.log10(rms + 1e-6) + 60) / 45));
      if (level > 0.25 && !this.heard) {
        this.heard = true;
        this.#name();
      }
      [...this.element.children].forEach((bar, i) => bar.classList.toggle("on", i < Math.round(level * bars)));
    }, 66);
  }

  /** Writes its words, and marks them for a language switch. */
  #name() {
    const key = this.heard ? "check.levelGood" : "check.levelNone";
    this.element.setAttribute("data-i18n-attr", `aria-label:${key}`);
    this.element.setAttribute("aria-label", t(key));
  }

  stop() {
    window.clearInterval(this.#timer);
    this.#source?.disconnect();
    this.#source = undefined;
    this.#track = undefined;
    for (const bar of this.element.children) bar.classList.remove("on");
  }
}
