// Camera and microphone: asking for them, what went wrong in words' keys, choosing others, and getting them back when
// the system takes them away. Nothing here sends anything: call.js decides what leaves the device.
import { recall, remember, storage } from "./boot.js";

/** @typedef {"camera" | "microphone"} Kind */
/**
 * unknown: not asked yet. asking: the browser's question is open. ok. off: he chose to go without. failed: see cause.
 * @typedef {"unknown" | "asking" | "ok" | "off" | "failed"} State
 */
/**
 * denied by the person or the browser's memory of it; system: the operating system forbids it to the browser;
 * dismissed: the question was closed; missing: there is none; busy: another program holds it; unsupported: this
 * browser or this address gives no camera at all.
 * @typedef {"" | "denied" | "system" | "dismissed" | "missing" | "busy" | "unsupported"} Cause
 */

/** @type {readonly Kind[]} */
export const kinds = ["camera", "microphone"];

const key = "nextup.devices";
const mutedKey = "nextup.devices.muted";
const usedKey = "nextup.devices.used";

/**
 * Wishes are ideal, never exact: a device that is gone is replaced instead of failing. How much of the picture is sent
 * is the network's matter (quality.js). Speech has one channel.
 */
const picture = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const sound = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: { ideal: 1 } };

export class Devices extends EventTarget {
  /** @type {Record<Kind, State>} */
  state = { camera: "unknown", microphone: "unknown" };
  /** @type {Record<Kind, Cause>} */
  cause = { camera: "", microphone: "" };
  /**
   * Switched off by its button, for now; a reload does not switch it on. A camera is let go by it and its light goes
   * off; a microphone is kept, so that somebody who speaks without being heard can be told, but call.js sends nothing
   * of it.
   * @type {Record<Kind, boolean>}
   */
  muted = recall(storage("session"), mutedKey, { camera: false, microphone: false });
  /** @type {Record<Kind, MediaStreamTrack | undefined>} */
  #track = { camera: undefined, microphone: undefined };
  /** @type {Partial<Record<Kind | "speaker", string>>} chosen device ids */
  #chosen = recall(storage("local"), key, {});
  /** The device that stepped in by itself last, and when, by performance.now(). @type {{label: string, at: number} | undefined} */
  swapped;
  /** @type {Record<Kind, number>} */
  #silent = { camera: 0, microphone: 0 };
  /** Raised by whatever makes an open question to the browser void. @type {Record<Kind, number>} */
  #turn = { camera: 0, microphone: 0 };

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener?.("devicechange", () => {
      this.#changed();
      void this.#plugged();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.#revive();
    });
    void this.#watchPermissions();
  }

  /** The live track, if there is one. @param {Kind} kind */
  track(kind) {
    const t = this.#track[kind];
    return t?.readyState === "live" ? t : undefined;
  }

  /** Whether each is either working or given up by choice. */
  get settled() {
    return kinds.every((k) => this.state[k] === "ok" || this.state[k] === "off");
  }

  /** What the other side is told. @returns {{camera: "" | "ok" | "off" | "failed", microphone: "" | "ok" | "off" | "failed"}} */
  get report() {
    const of = (/** @type {Kind} */ k) => {
      const s = this.state[k];
      if (s === "ok") return this.muted[k] ? "off" : "ok";
      return s === "off" || s === "failed" ? s : "";
    };
    return { camera: of("camera"), microphone: of("microphone") };
  }

  /** Whether they were used in this window before, so that a reload may take them without asking again. */
  get used() {
    return recall(storage("session"), usedKey, false);
  }

  /**
   * Asks for camera and microphone, both in one question; where that fails, each alone. Called from a button, or on
   * a page that had them before its reload.
   * @param {{camera?: boolean, microphone?: boolean}} [want] false: go without
   */
  async ask(want = {}) {
    /** @type {Kind[]} */
    const all = kinds.filter((k) => want[k] !== false);
    // A camera that was switched off stays off; it is asked for when it is switched on.
    const wanted = all.filter((k) => !(k === "camera" && this.muted.camera));
    for (const k of kinds) {
      if (wanted.includes(k)) this.#set(k, "asking");
      else if (all.includes(k)) this.#set(k, "ok");
      else this.without(k);
    }
    if (wanted.length === 0) return;
    if (!navigator.mediaDevices?.getUserMedia) {
      for (const k of wanted) this.#set(k, "failed", "unsupported");
      return;
    }
    const turn = { ...this.#turn };
    try {
      this.#take(await navigator.mediaDevices.getUserMedia(this.#constraints(wanted)), wanted, turn);
    } catch (first) {
      if (wanted.length === 1 && wanted[0]) {
        this.#set(wanted[0], "failed", causeOf(first));
      } else {
        // The microphone first: a talk without a picture is a talk.
        for (const k of /** @type {const} */ (["microphone", "camera"])) {
          try {
            this.#take(await navigator.mediaDevices.getUserMedia(this.#constraints([k])), [k], turn);
          } catch (e) {
            if (this.#turn[k] === turn[k]) this.#set(k, "failed", causeOf(e));
          }
        }
      }
    }
    remember(storage("session"), usedKey, true);
  }

  /** Takes back what an earlier life of this page had, without a new question where the browser allows it. */
  async resume() {
    if (this.used) return this.ask(recall(storage("session"), `${usedKey}.want`, {}));
  }

  /** Lets both go: nothing is filmed or heard when there is nothing to be filmed for. */
  release() {
    if (kinds.every((k) => this.state[k] === "unknown")) return;
    for (const k of kinds) {
      this.#drop(k);
      this.state[k] = "unknown";
      this.cause[k] = "";
    }
    this.#changed();
  }

  /** Goes on without one of them. @param {Kind} kind */
  without(kind) {
    this.#drop(kind);
    this.#set(kind, "off");
    this.#keepWish();
  }

  /** @param {Kind} kind @param {boolean} muted */
  mute(kind, muted) {
    if (this.muted[kind] === muted) return;
    this.muted[kind] = muted;
    remember(storage("session"), mutedKey, this.muted);
    if (kind === "camera" && this.state.camera === "ok") {
      if (muted) this.#drop("camera");
      else if (!this.track("camera")) void this.#again("camera");
    }
    this.#changed();
  }

  /** Gets a device anew that gives nothing, without another question where the browser allows it. @param {Kind} kind */
  renew(kind) {
    return this.#again(kind);
  }

  /** Whether the system keeps a device from us at this moment. @param {Kind} kind */
  away(kind) {
    return this.track(kind)?.muted === true;
  }

  /** What can be chosen; labels are empty until permission was given. @param {Kind | "speaker"} kind */
  async list(kind) {
    const type = { camera: "videoinput", microphone: "audioinput", speaker: "audiooutput" }[kind];
    const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
    return all.filter((d) => d.kind === type && d.deviceId !== "");
  }

  /** The device in use. @param {Kind | "speaker"} kind @returns {string} its id */
  current(kind) {
    if (kind === "speaker") return this.#chosen.speaker ?? "";
    return this.track(kind)?.getSettings().deviceId ?? this.#chosen[kind] ?? "";
  }

  /** The name of the device in use, "" before permission. @param {Kind} kind */
  label(kind) {
    return this.track(kind)?.label ?? "";
  }

  /** @param {Kind | "speaker"} kind @param {string} id */
  async choose(kind, id) {
    this.#chosen = { ...this.#chosen, [kind]: id };
    remember(storage("local"), key, this.#chosen);
    if (kind === "speaker" || (kind === "camera" && this.muted.camera)) this.#changed();
    else await this.#again(kind);
  }

  /** The front camera for the back one and the other way round, on phones. */
  async flip() {
    const cameras = await this.list("camera");
    const i = cameras.findIndex((c) => c.deviceId === this.current("camera"));
    const next = cameras[(i + 1) % cameras.length];
    if (next) await this.choose("camera", next.deviceId);
  }

  /** @param {readonly Kind[]} wanted @returns {MediaStreamConstraints} */
  #constraints(wanted) {
    const id = (/** @type {Kind} */ k) => (this.#chosen[k] ? { deviceId: { ideal: this.#chosen[k] } } : {});
    return {
      audio: wanted.includes("microphone") ? { ...sound, ...id("microphone") } : false,
      video: wanted.includes("camera")
        ? { ...picture, ...(this.#chosen.camera ? id("camera") : { facingMode: { ideal: "user" } }) }
        : false,
    };
  }

  /** @param {MediaStream} stream @param {readonly Kind[]} wanted @param {Record<Kind, number>} turn when it was asked for */
  #take(stream, wanted, turn) {
    for (const k of wanted) {
      const t = (k === "camera" ? stream.getVideoTracks() : stream.getAudioTracks())[0];
      if (turn[k] !== this.#turn[k]) {
        // Let go or switched off while the browser was asked, or asked for anew.
        t?.stop();
        continue;
      }
      if (!t) {
        this.#set(k, "failed", "missing");
        continue;
      }
      this.#drop(k);
      if (k === "camera" && this.muted.camera) {
        // Switched off while the browser was asked.
        t.stop();
        this.#set(k, "ok");
        continue;
      }
      this.#track[k] = t;
      // What is filmed and said are people: movement before sharpness, speech before music.
      if ("contentHint" in t) t.contentHint = k === "camera" ? "motion" : "speech";
      t.addEventListener("ended", () => {
        if (this.#track[k] === t) void this.#step(k, t.label);
      });
      // A phone call or another program may take the device for a while; after that it often stays silent for good.
      t.addEventListener("mute", () => {
        this.#changed();
        window.clearTimeout(this.#silent[k]);
        this.#silent[k] = window.setTimeout(() => {
          if (this.#track[k] === t && t.muted && document.visibilityState === "visible") void this.#again(k);
        }, 3000);
      });
      t.addEventListener("unmute", () => {
        window.clearTimeout(this.#silent[k]);
        this.#changed();
      });
      this.#set(k, "ok");
    }
    this.#keepWish();
  }

  /** Gets one of them again: it ended, or another was chosen. @param {Kind} k */
  async #again(k) {
    // Many phones cannot hold two cameras at once, so the old one is let go first.
    this.#drop(k);
    const turn = { ...this.#turn };
    try {
      this.#take(await navigator.mediaDevices.getUserMedia(this.#constraints([k])), [k], turn);
    } catch (e) {
      if (this.#turn[k] === turn[k]) this.#set(k, "failed", causeOf(e));
    }
  }

  /** After a sleep or a phone call, or when another page or program has let a device go. */
  #revive() {
    for (const k of kinds) {
      if (k === "camera" && this.muted.camera) continue;
      if (this.state[k] === "ok" && (!this.track(k) || this.#track[k]?.muted)) void this.#again(k);
      else if (this.state[k] === "failed" && this.cause[k] === "busy") void this.#again(k);
    }
  }

  /** A device came or went: the chosen one is taken again when it is back, and any when there was none. */
  async #plugged() {
    for (const k of kinds) {
      const there = await this.list(k);
      const chosen = this.#chosen[k];
      if (this.state[k] === "failed" && (this.cause[k] === "missing" || this.cause[k] === "busy")) {
        if (there.length > 0) void this.#step(k, "");
      } else if (this.state[k] === "ok" && this.track(k) && chosen && this.current(k) !== chosen && there.some((d) => d.deviceId === chosen)) {
        void this.#step(k, this.label(k));
      }
    }
  }

  /** Takes another device because one came or went, and notes which. @param {Kind} k @param {string} before */
  async #step(k, before) {
    await this.#again(k);
    const label = this.label(k);
    if (!label || label === before) return;
    this.swapped = { label, at: performance.now() };
    this.#changed();
  }

  /** Somebody who presses Allow in the address bar should not have to press anything else. */
  async #watchPermissions() {
    for (const k of kinds) {
      try {
        const p = await navigator.permissions.query({ name: /** @type {PermissionName} */ (k) });
        p.addEventListener("change", () => {
          if (p.state === "granted" && this.state[k] === "failed") void this.#again(k);
        });
      } catch {
        // Not every browser tells.
      }
    }
  }

  /** @param {Kind} k */
  #drop(k) {
    window.clearTimeout(this.#silent[k]);
    this.#turn[k]++;
    const t = this.#track[k];
    this.#track[k] = undefined;
    t?.stop();
  }

  /** @param {Kind} k @param {State} state @param {Cause} [cause] */
  #set(k, state, cause = "") {
    this.state[k] = state;
    this.cause[k] = cause;
    this.#changed();
  }

  #keepWish() {
    const want = Object.fromEntries(kinds.map((k) => [k, this.state[k] !== "off"]));
    remember(storage("session"), `${usedKey}.want`, want);
    remember(storage("session"), usedKey, true);
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {unknown} e what getUserMedia rejected with @returns {Cause} */
function causeOf(e) {
  const { name, message } = e instanceof Error || e instanceof DOMException ? e : { name: "", message: "" };
  switch (name) {
    case "NotAllowedError":
    case "SecurityError":
      if (/system/i.test(message)) return "system";
      return /dismiss/i.test(message) ? "dismissed" : "denied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "missing";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "TypeError":
      return "unsupported";
  }
  return "busy";
}
