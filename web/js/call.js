// The media of a live page: the connection, what leaves the device, and the pictures of the others. Views never make
// or move these elements, and a language switch never touches them.
//
// In the lobby the connection stands, measured, with no track attached: nothing leaves the device. Tracks are attached
// on admission and detached when the talk is over.
import { h } from "./dom.js";
import { Peer } from "./peer.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./socket.js").Live} Live */
/** @typedef {import("./peer.js").RemoteDetail} RemoteDetail */

/** How long the connection test may take, in ms. */
const testTime = 12_000;

/**
 * Events: "change" when state, network, picture or sound changed; "text" with what the other wrote (detail.text).
 */
export class Call extends EventTarget {
  /** The other's picture and sound. Its place in the page is fixed. */
  video = h("video", { class: "pic live-remote", autoplay: true, playsinline: true });
  /** How the connection did when it was last tested. @type {{state: "" | "measuring" | "ok" | "failed", rtt: number, loss: number}} */
  network = { state: "", rtt: 0, loss: 0 };
  /** Whether the other's picture is there; blank otherwise. */
  picture = false;
  /** Whether the browser refuses to sound until something is pressed. */
  blocked = false;
  /** @type {Peer | undefined} */
  #peer;
  #live;
  #devices;
  #warm = false;
  #testing = false;
  #attached = false;
  /** Told to be blank by the page, which may know sooner than the media. */
  #dark = true;
  #expected = "";

  /** @param {Live} live @param {Devices} devices */
  constructor(live, devices) {
    super();
    this.#live = live;
    this.#devices = devices;
    devices.addEventListener("change", () => {
      this.#feed();
      this.#sink();
      if (this.blocked) void this.play();
    });
    // A picture that the browser paused by itself (a hidden page, a phone call) goes on.
    this.video.addEventListener("pause", () => void this.play());
    // A page that takes pictures itself may sound: what was refused before the camera came is not any more.
    this.video.addEventListener("playing", () => this.#refused(false));
    fit(this.video);
    document.addEventListener("visibilitychange", () => void this.play());
    this.#blank();
  }

  /** @returns {RTCPeerConnectionState | "cold"} */
  get state() {
    return this.#peer?.state ?? "cold";
  }

  /**
   * Keeps the connection up, or lets it go. Nothing is sent because of it.
   * @param {boolean} on
   */
  warm(on) {
    this.#warm = on;
    this.#keep();
  }

  /** Makes the connection if need be and measures it; goes cold again afterwards unless it is wanted. */
  async test() {
    if (this.#testing) return;
    this.#testing = true;
    this.network = { state: "measuring", rtt: 0, loss: 0 };
    this.#changed();
    this.#keep();
    const ok = await this.#connected(testTime);
    let rtt = 0;
    let loss = 0;
    if (ok && this.#peer) {
      // The first round trips are the handshake's.
      await new Promise((r) => window.setTimeout(r, 1500));
      const s = await this.#peer?.stats().catch(() => undefined);
      rtt = Math.round((s?.rtt ?? 0) * 1000);
      loss = Math.round((s?.lossUp ?? 0) * 100);
    }
    this.network = { state: ok ? "ok" : "failed", rtt, loss };
    this.#testing = false;
    this.#keep();
    this.#changed();
  }

  /** Sends camera and microphone from now on, whatever they are by then. */
  async attach() {
    this.#attached = true;
    this.#keep();
    await this.#feed();
  }

  /** Sends nothing any more. */
  async detach() {
    this.#attached = false;
    await this.#feed();
  }

  /**
   * Shows the other, from his own first picture on.
   * @param {string} [person] who it must be, where the page knows; anybody else's picture stays hidden
   */
  show(person = "") {
    if (!this.#dark && person === this.#expected) return;
    this.#dark = false;
    this.#expected = person;
    this.#blank();
    void this.play();
  }

  /** Hides the picture at once: the page may hear of the end of a talk before the media does. */
  hide() {
    if (this.#dark) return;
    this.#dark = true;
    this.#blank();
  }

  /** The page is in touch with the server again: the media server may be another process by now. */
  back() {
    if (this.#peer && (this.#warm || this.#attached)) void this.#peer.restart().catch(() => {});
    else this.#keep();
  }

  /** Plays the other's sound; to be called from a press when `blocked`. */
  async play() {
    if (!this.video.srcObject || this.#dark) return;
    try {
      await this.video.play();
      this.#refused(false);
    } catch (e) {
      if (e instanceof DOMException && e.name === "NotAllowedError") this.#refused(true);
    }
  }

  /** Real-time text to the other. @param {string} text @returns {boolean} */
  say(text) {
    return this.#peer?.say(text) ?? false;
  }

  /** Lets everything go, for good. */
  end() {
    this.#warm = this.#attached = this.#testing = false;
    this.hide();
    this.#keep();
  }

  /** @param {boolean} blocked */
  #refused(blocked) {
    if (blocked === this.blocked) return;
    this.blocked = blocked;
    this.#changed();
  }

  #keep() {
    if (this.#warm || this.#testing || this.#attached) {
      if (!this.#peer) this.#connect();
    } else if (this.#peer) {
      const p = this.#peer;
      this.#peer = undefined;
      p.close();
      this.video.srcObject = null;
      this.#changed();
    }
  }

  #connect() {
    const p = new Peer({
      signal: async (sdp) => String((await this.#live.request({ do: "offer", sdp })).sdp),
      iceServers: async () => {
        const r = await this.#live.request({ do: "relay" });
        return r.urls?.length ? [{ urls: r.urls, username: r.username, credential: r.credential }] : [];
      },
    });
    this.#peer = p;
    this.video.srcObject = p.remotes[0] ?? null;
    this.#sink();
    p.addEventListener("state", () => {
      if (p === this.#peer) this.#changed();
    });
    p.addEventListener("remote", (e) => {
      if (p === this.#peer && /** @type {CustomEvent<RemoteDetail>} */ (e).detail.slot === 0) this.#blank();
    });
    p.addEventListener("text", (e) => {
      if (p === this.#peer) this.dispatchEvent(new CustomEvent("text", { detail: /** @type {CustomEvent} */ (e).detail }));
    });
    const go = () => {
      p.connect().catch(() => {
        // The socket is gone, or the server is not ready: again, as long as the connection is wanted.
        if (p === this.#peer) window.setTimeout(() => p === this.#peer && p.state !== "connected" && go(), 2000);
      });
    };
    go();
    void this.#feed();
  }

  async #feed() {
    const d = this.#devices;
    if (!this.#peer) return;
    if (!this.#attached) await this.#peer.detach();
    else await this.#peer.attach({ audio: d.track("microphone") ?? null, video: d.track("camera") ?? null });
  }

  #blank() {
    const slot = this.#peer?.slots[0];
    this.picture = !this.#dark && slot?.active === true && (this.#expected === "" || slot.person === this.#expected);
    this.video.classList.toggle("live-blank", !this.picture);
    this.#changed();
  }

  #sink() {
    const id = this.#devices.current("speaker");
    if (id && "setSinkId" in this.video) void this.video.setSinkId(id).catch(() => {});
  }

  /** @param {number} within ms @returns {Promise<boolean>} */
  #connected(within) {
    return new Promise((resolve) => {
      const end = (/** @type {boolean} */ ok) => {
        window.clearTimeout(timer);
        this.removeEventListener("change", look);
        resolve(ok);
      };
      const look = () => {
        if (this.state === "connected") end(true);
      };
      const timer = window.setTimeout(() => end(false), within);
      this.addEventListener("change", look);
      look();
    });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** How much of a picture must be seen for it to fill its frame; below that it is shown whole, with bars. */
const enough = 0.6;

/**
 * Lets a picture fill its frame where little is cut off, and shows it whole where much would be: a landscape
 * picture on an upright phone.
 * @param {HTMLVideoElement} video
 */
function fit(video) {
  const look = () => {
    const { videoWidth: w, videoHeight: h, clientWidth: cw, clientHeight: ch } = video;
    if (!w || !h || !cw || !ch) return;
    const a = w / h;
    const b = cw / ch;
    video.classList.toggle("live-whole", Math.min(a / b, b / a) < enough);
  };
  video.addEventListener("resize", look);
  new ResizeObserver(look).observe(video);
}
