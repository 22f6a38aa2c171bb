// The media of a live page: the connection, what leaves the device, and the pictures of the others. Views never make
// or move these elements, and a language switch never touches them.
//
// In the lobby the connection stands, measured, with no track attached: nothing leaves the device. Tracks are attached
// on admission and detached when the talk is over. A microphone or camera that is off sends nothing at all.
import { h } from "./dom.js";
import { kinds } from "./devices.js";
import { Ears, noEnergy } from "./ears.js";
import { judge, Meter, Sign } from "./figures.js";
import { Peer, SLOTS } from "./peer.js";
import { Fine, fine, Pace, sent } from "./quality.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("./socket.js").Live} Live */
/** @typedef {import("./peer.js").PeerStats} PeerStats */
/** @typedef {import("./peer.js").PersonState} PersonState */
/** @typedef {import("./quality.js").Level} Level */
/**
 * One of the others.
 * @typedef {object} Seat
 * @property {number} slot
 * @property {string} person id, "" for nobody
 * @property {boolean} picture whether his picture is there and may be seen
 * @property {PersonState | undefined} state what he said last of himself
 * @property {boolean} began whether anything of him has come
 * @property {boolean} frozen nothing has come of him for a while, though something should
 *
 * How the way to the server does. rtt in ms, loss in percent, up and down in kbit/s; what is not known is 0.
 * @typedef {object} Network
 * @property {"" | "measuring" | "ok" | "failed"} state
 * @property {boolean} relayed through the relay, not directly
 * @property {string} protocol udp, tcp, tls, or ""
 * @property {number} rtt
 * @property {number} loss
 * @property {number} up
 * @property {number} down
 *
 * The call in one object, for whoever wants to show or report it.
 * @typedef {object} Facts
 * @property {RTCPeerConnectionState | "cold"} state
 * @property {number} lost ms since picture and sound broke off, 0 while they are there
 * @property {boolean} attached whether camera and microphone may leave the device
 * @property {boolean} soundOnly by choice
 * @property {Level} up how little is sent because of the network, 3 is no picture
 * @property {Level} down and how little is asked for
 * @property {boolean} unheard nothing at all comes from the microphone
 * @property {boolean} dark the camera gives no pictures
 * @property {boolean} speaksMuted he speaks while his microphone is off
 * @property {boolean} blocked the browser does not let the sound through
 * @property {readonly Seat[]} others
 */

/** How long the connection test may take, in ms. */
const testTime = 12_000;
/** How long of that is measuring. */
const echoTime = 2000;
/** How often a running call is looked at, in ms. */
const watchEvery = 2000;
/** How often the figures of a talk are given to whoever keeps them, in ms. */
const reportEvery = 10_000;
/** A connection that is away for less than this, in ms, is not worth a word. */
const blink = 1500;
/** A way that has just come about, or come back, is not judged for this long, in ms: what it lost belongs to the old one. */
const settles = 5000;
/** Nothing of somebody for this long, in ms, and the others are told. */
const frozenAfter = 3500;
/** No picture from the camera for this long, in ms, and it is asked for anew. */
const darkAfter = 6000;
/** Nothing at all from the microphone for this long, in ms: from the start, and once it was heard. */
const unheardAfter = 8000;
const unheardLater = 15_000;

/** @returns {Network} */
const unknown = () => ({ state: "", relayed: false, protocol: "", rtt: 0, loss: 0, up: 0, down: 0 });

/**
 * Events: "change" when anything of it changed; "text" with what another wrote (detail.text, detail.from); "open" when
 * what is typed can travel, the first time or again; "figures" every ten seconds of a talk and at its end, detail: the
 * Figures of all of it; "pip" when another picture is the one to show in a small window.
 */
export class Call extends EventTarget {
  /** The others' pictures and sounds. Their places in the page are fixed. @type {readonly HTMLVideoElement[]} */
  videos = Object.freeze(
    Array.from({ length: SLOTS }, (_, i) => h("video", { class: "pic live-remote", autoplay: true, playsinline: true, "data-slot": i })),
  );
  /** @type {readonly Seat[]} */
  seats = Object.freeze(
    Array.from({ length: SLOTS }, (_, slot) => ({ slot, person: "", picture: false, state: undefined, began: false, frozen: false })),
  );
  /** How the connection did when it was last tested. @type {Network} */
  network = unknown();
  /** Whether the browser refuses to sound until something is pressed. */
  blocked = false;
  /** No pictures, by choice. */
  soundOnly = false;
  /** Nothing at all comes from the own microphone. */
  unheard = false;
  /** The own camera gives no pictures. */
  dark = false;
  /** He speaks while his microphone is off. */
  speaksMuted = false;
  /** @type {Peer | undefined} */
  #peer;
  #live;
  #devices;
  #warm = false;
  #testing = false;
  #attached = false;
  /** Told to be blank by the page, which may know sooner than the media. */
  #hidden = true;
  /** Who may be seen; nobody named is anybody. @type {readonly string[]} */
  #expected = [];
  /** When picture and sound broke off. @type {number | undefined} */
  #lost;
  /** The network is another one, and the media has not been restarted since. */
  #elsewhere = false;
  /** When picture and sound last came back. */
  #back = Number.NEGATIVE_INFINITY;
  #ears = new Ears();
  #up = new Pace();
  #down = new Pace();
  #fine = new Fine();
  #meter = new Meter();
  #sign = new Sign();
  /** The number of the talk that is shown; 0 not known. */
  #talk = 0;
  /** When the talk's figures were given last; undefined: no talk. @type {number | undefined} */
  #figuresAt;
  #timer = 0;
  /** What was counted when it was last looked at. @type {{stats: PeerStats, at: number, slots: {person: string, came: number, at: number}[], frames: number} | undefined} */
  #last;
  #renewed = false;
  /** Whether the camera was on when sound only was chosen. */
  #cameraWas = false;

  /** @param {Live} live @param {Devices} devices */
  constructor(live, devices) {
    super();
    this.#live = live;
    this.#devices = devices;
    devices.addEventListener("change", () => {
      // Who switches his camera on wants pictures again.
      if (this.soundOnly && !devices.muted.camera && devices.state.camera === "ok") this.soundOnly = false;
      if (!devices.muted.microphone) this.speaksMuted = false;
      void this.#feed();
      this.#sink();
      if (this.blocked) void this.play();
    });
    for (const v of this.videos) {
      // A picture that the browser paused by itself (a hidden page, a phone call) goes on.
      v.addEventListener("pause", () => void this.play());
      // A page that takes pictures itself may sound: what was refused before the camera came is not any more.
      v.addEventListener("playing", () => this.#refused(false));
      fit(v);
    }
    document.addEventListener("visibilitychange", () => {
      void this.play();
      this.#tell();
    });
    // Another network, another way.
    window.addEventListener("online", () => this.#moved());
    const way = /** @type {{type?: string} & EventTarget | undefined} */ (/** @type {any} */ (navigator).connection);
    let type = way?.type;
    way?.addEventListener("change", () => {
      if (way.type === type) return;
      type = way.type;
      this.#moved();
    });
    this.#seat();
  }

  /** The first of the others. */
  get video() {
    return /** @type {HTMLVideoElement} */ (this.videos[0]);
  }

  /** Whether anybody's picture is there; blank otherwise. */
  get picture() {
    return this.seats.some((s) => s.picture);
  }

  /** The picture for a small window of its own: of the first who may be seen, else of anybody. */
  get pip() {
    const best = this.seats.find((s) => s.person !== "" && s.person === this.#expected[0] && s.picture) ?? this.seats.find((s) => s.picture);
    return this.videos[best?.slot ?? 0] ?? this.video;
  }

  /** @returns {RTCPeerConnectionState | "cold"} */
  get state() {
    return this.#peer?.state ?? "cold";
  }

  /** What the connection did in the last ten seconds of the talk. */
  get figures() {
    return this.#meter.lately;
  }

  /** How the own connection does, and why it is not good; nothing before and after a talk. */
  get sign() {
    return this.#figuresAt === undefined ? undefined : { grade: this.#sign.grade, why: this.#sign.why };
  }

  /** Whether picture or sound of somebody still comes, whatever his page's own connection does. @param {string} [person] anybody if left out */
  flows(person) {
    return this.state === "connected" && this.seats.some((s) => s.person !== "" && (person === undefined || s.person === person) && s.began && !s.frozen);
  }

  /** ms since picture and sound broke off in a call; 0 while they are there or a blink is all it was. */
  get lost() {
    const gone = this.#lost === undefined || !this.#attached ? 0 : performance.now() - this.#lost;
    return gone < blink ? 0 : gone;
  }

  /** @returns {Facts} */
  get facts() {
    const { state, lost, soundOnly, unheard, dark, speaksMuted, blocked } = this;
    return {
      state,
      lost,
      attached: this.#attached,
      soundOnly,
      up: this.#up.level,
      down: this.#down.level,
      unheard,
      dark,
      speaksMuted,
      blocked,
      others: this.seats.filter((s) => s.person !== "").map((s) => ({ ...s })),
    };
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
    this.network = { ...unknown(), state: "measuring" };
    this.#changed();
    this.#keep();
    const ok = await this.#connected(testTime);
    const found = ok ? await this.measure() : undefined;
    this.network = found ?? { ...unknown(), state: "failed" };
    this.#testing = false;
    this.#keep();
    this.#changed();
  }

  /**
   * Measures the way to the server as it is now. In a call by what passes anyway; before one with small packets to the
   * server and back, which hold nothing of camera or microphone. It takes two or three seconds.
   * @returns {Promise<Network>}
   */
  async measure() {
    const p = this.#peer;
    if (!p || p.state !== "connected") return { ...unknown(), state: "failed" };
    const before = await p.stats().catch(() => undefined);
    const begun = performance.now();
    const echo = this.#attached ? undefined : await p.echo(echoTime).catch(() => undefined);
    if (this.#attached) await new Promise((r) => window.setTimeout(r, echoTime));
    const after = await p.stats().catch(() => undefined);
    if (!after) return { ...unknown(), state: "failed" };
    const took = performance.now() - begun;
    const rate = (/** @type {number} */ a, /** @type {number} */ b) => Math.max(0, Math.round(((b - a) * 8) / took));
    return {
      state: "ok",
      relayed: after.relayed,
      protocol: after.protocol,
      rtt: Math.round(echo ? echo.rtt : (after.rtt ?? 0) * 1000),
      loss: Math.round((echo ? echo.loss : after.lossUp) * 100),
      up: echo ? Math.round(echo.bits / 1000) : rate(before?.bytesUp ?? 0, after.bytesUp),
      down: echo ? Math.round(echo.bits / 1000) : rate(before?.bytesDown ?? 0, after.bytesDown),
    };
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
    this.#lost = undefined;
    await this.#feed();
  }

  /**
   * No pictures, in either direction, or pictures again. The camera goes off with it.
   * @param {boolean} on
   */
  setSoundOnly(on) {
    if (on === this.soundOnly) return;
    this.soundOnly = on;
    if (on) {
      this.#cameraWas = this.#devices.state.camera === "ok" && !this.#devices.muted.camera;
      this.#devices.mute("camera", true);
    } else {
      this.#up.reset();
      this.#down.reset();
      if (this.#cameraWas) this.#devices.mute("camera", false);
    }
    void this.#feed();
    this.#seat();
  }

  /** Tries pictures again that a poor network took. */
  morePicture() {
    this.#up.reset();
    this.#down.reset();
    void this.#feed();
    this.#seat();
  }

  /** To be called from a press: gets a device anew that gives nothing. @param {Kind} kind */
  async fix(kind) {
    this.unheard = this.dark = false;
    this.#changed();
    await this.#devices.renew(kind);
    await this.play();
  }

  /**
   * Shows the others, each from his own first picture on.
   * @param {string | readonly string[]} [people] who they must be, where the page knows, the main one first; anybody
   *   else's picture stays hidden
   * @param {number} [talk] its number, under which the server keeps its figures
   */
  show(people = [], talk = 0) {
    const all = (typeof people === "string" ? [people] : people).filter((p) => p !== "");
    if (!this.#hidden && all.join() === this.#expected.join()) return;
    if (this.#hidden) {
      this.#talk = talk;
      this.#begin();
    }
    this.#hidden = false;
    this.#expected = all;
    this.#seat();
    void this.play();
  }

  /** Hides the pictures at once: the page may hear of the end of a talk before the media does. */
  hide() {
    if (this.#hidden) return;
    this.#hidden = true;
    this.#report();
    this.#figuresAt = undefined;
    if (this.soundOnly) this.setSoundOnly(false);
    this.#seat();
  }

  /** The page is in touch with the server again: the media server may be another process by now. */
  back() {
    this.#up.reset();
    this.#down.reset();
    // A talk whose pictures run goes on as it is, whatever happened to the socket.
    if (!this.#elsewhere && this.#attached && this.#peer?.alive && this.seats.some((s) => s.began)) return;
    if (this.#peer && (this.#warm || this.#attached)) this.#restart(this.#peer);
    else this.#keep();
  }

  /** Another network: the old way may be dead without a word, and a restart that was not needed costs nothing. */
  #moved() {
    this.#elsewhere = true;
    this.#live.doubt();
    this.#up.reset();
    this.#down.reset();
    if (this.#peer && (this.#warm || this.#attached)) this.#restart(this.#peer);
  }

  /** Without a socket it fails, and is tried when there is one. @param {Peer} p */
  #restart(p) {
    p.restart().then(
      () => (this.#elsewhere = false),
      () => {},
    );
  }

  /** Plays the others' sound; to be called from a press when `blocked`. */
  async play() {
    if (this.#hidden) return;
    await Promise.all(
      this.videos.map(async (v, i) => {
        if (!v.srcObject || (i > 0 && this.seats[i]?.person === "")) return;
        try {
          await v.play();
          this.#refused(false);
        } catch (e) {
          if (e instanceof DOMException && e.name === "NotAllowedError") this.#refused(true);
        }
      }),
    );
  }

  /** Real-time text to the others. @param {string} text @returns {boolean} */
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
      for (const v of this.videos) v.srcObject = null;
      this.#seat();
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
    this.videos.forEach((v, i) => (v.srcObject = p.remotes[i] ?? null));
    this.#sink();
    p.addEventListener("state", () => {
      if (p !== this.#peer) return;
      this.#came(p);
    });
    p.addEventListener("silence", () => {
      if (p !== this.#peer) return;
      // What silenced the pictures may have cut the socket as well, without a word; a restart needs it.
      if (!p.alive) this.#live.doubt();
      this.#came(p);
    });
    p.addEventListener("remote", () => {
      if (p === this.#peer) this.#seat();
    });
    p.addEventListener("open", () => {
      if (p === this.#peer) this.dispatchEvent(new Event("open"));
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

  /** @param {Peer} p */
  #came(p) {
    if (p.alive) {
      // A moment's doubt is not a new way.
      if (this.#lost !== undefined && performance.now() - this.#lost > blink) this.#back = performance.now();
      this.#lost = undefined;
    } else if (this.#attached) this.#lost ??= performance.now();
    this.#changed();
  }

  /** What may leave the device now: nothing before the talk, nothing of what is off. */
  async #feed() {
    const d = this.#devices;
    // First what the others wait for: the rest is for this page alone.
    const sent = this.#peer?.attach(
      this.#attached
        ? {
            audio: d.muted.microphone ? null : (d.track("microphone") ?? null),
            // One that the system keeps away for a moment comes back by itself.
            video: ["on", "away"].includes(this.#own().camera) ? (d.track("camera") ?? null) : null,
          }
        : {},
    );
    this.#tell();
    this.#watch();
    this.#ears.follow(this.#attached ? d.track("microphone") : undefined);
    await sent;
  }

  /** What the others are told of us. @returns {PersonState} */
  #own() {
    const d = this.#devices;
    const gone = (/** @type {Kind} */ k) => d.state[k] === "off" || d.state[k] === "unknown";
    const at = kinds.map((k) => (gone(k) ? "none" : d.state[k] === "failed" ? "failed" : d.muted[k] ? "off" : d.away(k) ? "away" : "on"));
    let [camera, microphone] = /** @type {[PersonState["camera"], PersonState["microphone"]]} */ (at);
    if (this.soundOnly) camera = "sound";
    else if (camera === "on" && this.#up.level === 3) camera = "poor";
    return { camera, microphone, take: this.#down.level, quality: this.sign?.grade ?? "" };
  }

  #tell() {
    const blind = this.soundOnly || this.#down.level === 3;
    this.#peer?.tell({ ...this.#own(), blind });
    // No more than the others' networks take. One who takes none is not sent any by the server.
    const takes = this.seats.map((s) => s.state?.take ?? 0).filter((l) => l < 3);
    const level = Math.max(this.#up.level, ...takes);
    const shape = level === 0 && this.#fine.on ? fine : sent[Math.min(level, sent.length - 1)];
    if (shape) void this.#peer?.limit(shape, this.#devices.track("camera"));
  }

  /** Looks after the seats: whose they are, and whether the picture may be seen. */
  #seat() {
    const blind = this.soundOnly || this.#down.level === 3;
    for (const now of this.#peer?.slots ?? this.seats.map(({ slot }) => ({ slot, person: "", active: false, state: undefined }))) {
      const s = this.seats[now.slot];
      const v = this.videos[now.slot];
      if (!s || !v) continue;
      if (s.person !== now.person) Object.assign(s, { person: now.person, began: false, frozen: false });
      s.began ||= now.active;
      s.state = now.state;
      const may = now.person !== "" && (this.#expected.length === 0 || this.#expected.includes(now.person));
      const before = s.picture;
      s.picture = !this.#hidden && !blind && now.active && may && (now.state?.camera ?? "on") === "on";
      if (s.picture && !before) this.#meter.picture(performance.now());
      v.classList.toggle("live-blank", !s.picture);
      if (now.person !== "" && v.paused) void this.play();
    }
    this.#tell();
    this.#changed();
  }

  #sink() {
    const id = this.#devices.current("speaker");
    for (const v of this.videos) {
      if ("setSinkId" in v && v.sinkId !== id && (id || v.sinkId)) void v.setSinkId(id).catch(() => {});
    }
  }

  /** A talk is shown from now on: its figures begin. */
  #begin() {
    const now = performance.now();
    this.#meter.begin(now);
    this.#sign.reset();
    this.#figuresAt = now;
  }

  /** Gives the figures of the talk so far to whoever keeps them. */
  #report() {
    if (this.#figuresAt === undefined) return;
    this.#figuresAt = performance.now();
    const figures = this.#meter.whole;
    this.dispatchEvent(new CustomEvent("figures", { detail: figures }));
    // One that is lost is no matter: the server keeps the last it has heard.
    if (this.#talk) this.#live.request({ do: "measured", offer: this.#talk, ...figures }).catch(() => {});
  }

  /** Looks at a running call again and again. */
  #watch() {
    if (this.#attached && !this.#timer) {
      this.#timer = window.setInterval(() => void this.#look().catch(() => {}), watchEvery);
    } else if (!this.#attached && this.#timer) {
      window.clearInterval(this.#timer);
      this.#timer = 0;
      this.#last = undefined;
      this.#renewed = this.unheard = this.dark = this.speaksMuted = false;
      this.#up.reset();
      this.#down.reset();
    }
  }

  async #look() {
    const now = performance.now();
    const { unheard, dark, speaksMuted } = this;
    const levels = this.#levels;
    this.#listen(now);
    const p = this.#peer;
    if (p?.state !== "connected") {
      this.#last = undefined;
      this.#meter.gap();
    } else {
      const stats = await p.stats();
      if (p !== this.#peer || !this.#attached) return;
      this.#compare(stats, now);
      this.#meter.take(stats, this.seats.map((s) => (s.picture ? s.person : "")), now);
    }
    let signed = false;
    if (this.#figuresAt !== undefined) {
      signed = this.#sign.step(judge(this.#meter.lately, Math.max(this.#up.level, this.#down.level), this.lost > 0));
      if (now - this.#figuresAt >= reportEvery) this.#report();
    }
    if (signed) this.#tell();
    if (levels !== this.#levels) {
      await this.#feed();
      this.#seat();
    } else if (signed || unheard !== this.unheard || dark !== this.dark || speaksMuted !== this.speaksMuted || this.lost) this.#changed();
  }

  get #levels() {
    return [this.#up.level, this.#down.level, this.#fine.on].join();
  }

  /** The own microphone. @param {number} now */
  #listen(now) {
    const d = this.#devices;
    const ears = this.#ears;
    ears.follow(d.track("microphone")); // there may be no sound before the first press
    const on = d.state.microphone === "ok" && !d.muted.microphone;
    this.speaksMuted = d.muted.microphone && d.state.microphone === "ok" && ears.speaking;
    this.unheard = on && ears.silent !== undefined && now - ears.silent > (ears.heard ? unheardLater : unheardAfter);
  }

  /** What has come and gone since the last look. @param {PeerStats} stats @param {number} now */
  #compare(stats, now) {
    const last = this.#last;
    const slots = stats.slots.map((s, i) => {
      const person = this.seats[i]?.person ?? "";
      const came = s.packets + s.soundPackets;
      const before = last?.slots[i];
      const same = before?.person === person && before.came === came;
      return { person, came, at: same ? before.at : now };
    });
    const frames = last && stats.framesUp === last.stats.framesUp ? last.frames : now;
    this.#last = { stats, at: now, slots, frames };
    if (!last || now - last.at > 3 * watchEvery) return; // a page that slept

    // Somebody of whom nothing comes any more.
    let froze = false;
    for (const s of this.seats) {
      const { camera = "on", microphone = "on" } = s.state ?? {};
      const blind = this.soundOnly || this.#down.level === 3;
      const should = microphone === "on" || (camera === "on" && !blind);
      const frozen = s.person !== "" && should && now - (slots[s.slot]?.at ?? now) >= frozenAfter;
      froze ||= frozen !== s.frozen;
      s.frozen = frozen;
    }
    if (froze) this.#changed();

    // The own microphone, where it cannot be listened to.
    const voice = stats.voice;
    const was = last.stats.voice;
    if (voice && was && voice.seconds > was.seconds) this.#ears.hear((voice.energy - was.energy) / (voice.seconds - was.seconds) > noEnergy, now);

    // The own camera.
    const sending = this.#own().camera === "on" && this.#devices.track("camera") !== undefined && document.visibilityState === "visible";
    if (!sending || now - frames < watchEvery) this.dark = false;
    if (!sending) {
      this.#last.frames = now;
      this.#renewed = false;
    } else if (now - frames >= darkAfter) {
      if (this.#renewed) this.dark = true;
      else {
        // Another tab or program may have had it: once without asking.
        this.#renewed = true;
        this.#last.frames = now;
        void this.#devices.renew("camera");
      }
    }

    // The network.
    if (!this.#peer?.alive || now - this.#back < settles) return;
    const rtt = stats.rtt ?? 0;
    const pictures = stats.framesUp > last.stats.framesUp;
    this.#up.step({ loss: stats.lossUp, rtt, room: pictures ? stats.availableUp : 0 }, now);
    const two = this.seats.filter((s) => s.person !== "").length === 1;
    this.#fine.step(pictures ? stats.availableUp : 0, two && this.#up.level === 0, now);
    let got = 0;
    let missed = 0;
    stats.slots.forEach((s, i) => {
      const b = last.stats.slots[i];
      if (!b || last.slots[i]?.person !== slots[i]?.person) return;
      got += Math.max(0, s.packets - b.packets + s.soundPackets - b.soundPackets);
      missed += Math.max(0, s.lost - b.lost + s.soundLost - b.soundLost);
    });
    this.#down.step({ loss: got + missed >= 20 ? missed / (got + missed) : 0, rtt, room: 0 }, now);
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
/** The same where several share the frame: small faces help nobody. */
const enoughOfMany = 0.25;

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
    const many = Number(video.closest("[data-n]")?.getAttribute("data-n")) > 1;
    video.classList.toggle("live-whole", Math.min(a / b, b / a) < (many ? enoughOfMany : enough));
  };
  video.addEventListener("resize", look);
  new ResizeObserver(look).observe(video);
}
