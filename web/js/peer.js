// One browser's connection to the media server: a sound and a picture up, four
// of each down, one text channel, negotiated once. Who is heard and seen is
// changed by the server without any negotiation.
import { adjust, layers } from "./layers.js";
import { sent } from "./quality.js";
import { Silence } from "./silence.js";

/** How many other people can be shown; the server's media.Slots. */
export const SLOTS = 4;

/** Longest wait for the browser to find its own addresses, in ms, and for more of them after the first. */
const GATHER = 1000;
const MORE = 50;
/** How often it is looked whether anything still comes, in ms. */
const LISTEN = 250;
/** How long an ICE restart may take before everything is built anew, in ms. */
const RESTART = 5000;
/** How long what was built anew may take before it is tried again, in ms. */
const BUILD = 8000;
/** Pause between attempts after the server could not be asked, in ms. */
const PAUSE = 3000;
/** How often a waiting slot looks for its first picture, in ms, and how often when none has come for a while. */
const LOOK = 8;
const GLANCE = 200;
const SOON = 3000;
/**
 * How long the text channel may take once the connection is there, in ms; twice as long at each further try. Now and
 * then an SCTP association never comes about, though everything else works: both ends began it in the same instant.
 * Then all is built anew, at once, also in a talk. Nothing that anybody sees is lost by it: who is in which slot comes
 * over this channel, so without it this page shows nobody, and the others miss less than a second.
 */
const CHANNEL = 4000;
const CHANNELS = 4;
/** How long after a channel has closed another one is opened, in ms. */
const AGAIN = 300;

/**
 * @typedef {object} PeerOptions
 * @property {(sdp: string) => Promise<string>} signal takes an offer to the server and gives its answer
 * @property {RTCIceServer[] | (() => Promise<RTCIceServer[]>)} [iceServers] a function is asked again at every restart, for fresh credentials
 * @property {boolean} [relayOnly] no path but through TURN
 *
 * @typedef {object} RemoteDetail
 * @property {number} slot 0 to 3
 * @property {boolean} active the slot's picture is the person's; false: show nothing
 * @property {string} person whose slot it is, or ""
 * @property {PersonState | undefined} state what he said last of himself
 *
 * What a person says of his own camera, microphone and network; the words mean what media/state.go says.
 * @typedef {object} PersonState
 * @property {"on" | "off" | "none" | "failed" | "sound" | "poor" | "away"} camera
 * @property {"on" | "off" | "none" | "failed" | "away"} microphone
 * @property {0 | 1 | 2 | 3} take how much picture his network takes
 * @property {"" | import("./figures.js").Grade} [quality] how his connection does; empty while it is not known
 *
 * @typedef {object} TextDetail
 * @property {string} from the person who wrote
 * @property {string} text
 *
 * @typedef {object} PeerStats
 * @property {number | null} rtt to the server, in seconds
 * @property {boolean} relayed the path goes through TURN
 * @property {string} protocol udp, tcp or tls, as far as it is known
 * @property {number} availableUp the browser's estimate of what it may send, bit/s; 0 unknown
 * @property {number} lossUp share of packets sent that the server did not get, 0 to 1
 * @property {number} bytesUp sent so far, all of the connection
 * @property {number} bytesDown received so far
 * @property {number} framesUp pictures sent so far
 * @property {{energy: number, seconds: number} | undefined} voice of the own microphone so far, where the browser counts it
 * @property {SlotStats[]} slots what came in
 *
 * @typedef {object} SlotStats
 * @property {number} packets of the picture
 * @property {number} lost
 * @property {number} framesDecoded
 * @property {number} jitter seconds
 * @property {number} freezes how often the picture stood still, as the browser counts it
 * @property {number} frozen and for how many seconds
 * @property {number} soundPackets
 * @property {number} soundLost
 *
 * @typedef {object} Echo what the way to the server and back did with small packets, before anything is sent
 * @property {number} loss share that never came back, 0 to 1
 * @property {number} rtt the median round, in ms
 * @property {number} bits bit/s that came back
 */

/**
 * @typedef {object} Slot
 * @property {string} person
 * @property {boolean} active
 * @property {PersonState | undefined} state
 * @property {number | null} after everything later than this RTP timestamp is of the present person; null: everything is
 */

/**
 * Events:
 * - "state": detail is the RTCPeerConnectionState
 * - "remote": detail is a RemoteDetail. When the person in a slot changes it comes
 *   with active false at once (hide the picture) and with active true at the
 *   new person's first picture. Sound needs no hiding. Also when his state changed.
 * - "text": detail is a TextDetail
 * - "silence": nothing comes any more, though something should; detail is "doubt", then "lost", and "flows" when it
 *   comes again. The browser itself notices seconds later. A restart is under way when "lost" is told.
 * - "open": the text channel is there, the first time or again; what was said on an earlier one may be lost
 */
export class Peer extends EventTarget {
  #signal;
  #iceServers;
  #relayOnly;
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {RTCDataChannel | null} */
  #text = null;
  /** @type {RTCDataChannel | null} */
  #state = null;
  /** Asked for a sign of life when nothing comes. @type {RTCDataChannel | null} */
  #pulse = null;
  /** What was said last of the own state, as JSON. */
  #told = "";
  /** @type {import("./quality.js").Shape | undefined} */
  #want = sent[0];
  /** @type {MediaStreamTrack | undefined} */
  #camera;
  /** Times that a text channel did not open in time. */
  #deaf = 0;
  #channel = 0;
  /** @type {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} */
  #up = { audio: null, video: null };
  /** @type {Slot[]} */
  #slots = Array.from({ length: SLOTS }, () => ({ person: "", active: false, after: null, state: undefined }));
  /** Negotiations one after the other. @type {Promise<void>} */
  #turn = Promise.resolve();
  #closed = false;
  /** The server's DTLS fingerprint: another one means another server process. */
  #print = "";
  #patience = 0;
  #deadline = 0;
  #look = 0;
  #listening = 0;
  #silence = new Silence();
  /** Whether anything comes, as far as it is known. @type {"flows" | "doubt" | "lost"} */
  #flow = "flows";
  /** Until when it looks often, by performance.now(). */
  #soon = 0;

  /** @param {PeerOptions} options */
  constructor({ signal, iceServers = [], relayOnly = false }) {
    super();
    this.#signal = signal;
    this.#iceServers = iceServers;
    this.#relayOnly = relayOnly;
    /** What each slot plays; the streams stay the same over restarts. @type {readonly MediaStream[]} */
    this.remotes = Object.freeze(Array.from({ length: SLOTS }, () => new MediaStream()));
  }

  /** @returns {RTCPeerConnectionState} */
  get state() {
    return this.#pc?.connectionState ?? (this.#closed ? "closed" : "new");
  }

  /** Connected, and nothing says that the way is dead. */
  get alive() {
    return this.state === "connected" && this.#flow === "flows";
  }

  /** Who is in each slot, and whether the picture is his. @returns {RemoteDetail[]} */
  get slots() {
    return this.#slots.map(({ person, active, state }, slot) => ({ slot, person, active, state }));
  }

  /** Connects. Settles when the server has answered; "state" tells the rest. Nothing is sent before attach. */
  connect() {
    return this.#queue(() => this.#build());
  }

  /**
   * Begins to send these tracks; null sends nothing of the kind.
   * @param {{audio?: MediaStreamTrack | null, video?: MediaStreamTrack | null}} tracks
   */
  async attach({ audio = null, video = null }) {
    this.#up = { audio, video };
    await this.#send();
  }

  /** Stops sending; the devices stay open and belong to the caller. */
  async detach() {
    await this.attach({});
  }

  /** Makes an ICE restart, or builds the connection anew if the server does not know it any more. */
  restart() {
    return this.#queue(() => this.#restart());
  }

  /**
   * Blanks a slot until the next person's first picture. For a view that hears
   * of the end of a talk before the text channel tells; without a slot, all.
   * @param {number} [slot]
   */
  blank(slot) {
    for (let i = 0; i < SLOTS; i++) {
      if (slot === undefined || slot === i) this.#seat(i, "", null);
    }
  }

  /**
   * Tells the others how camera, microphone and network do here, and the server whether pictures are wanted. A full
   * statement, remembered over restarts.
   * @param {PersonState & {blind: boolean}} state
   */
  tell(state) {
    const text = JSON.stringify(state);
    if (text === this.#told) return;
    this.#told = text;
    if (this.#state?.readyState === "open") this.#state.send(text);
  }

  /**
   * Sends no more picture than this.
   * @param {import("./quality.js").Shape} want
   * @param {MediaStreamTrack} [camera] what will be sent of, where nothing is sent yet: so its first picture waits for nothing
   */
  async limit(want, camera) {
    this.#want = want;
    this.#camera = camera;
    await this.#shape();
    await this.#layer();
  }

  /**
   * Sends small packets to the server and counts what comes back, without camera or microphone.
   * @param {number} time ms
   * @returns {Promise<Echo | undefined>} undefined when the connection is not there
   */
  async echo(time) {
    const channel = this.#pc?.createDataChannel("echo", { ordered: false, maxRetransmits: 0 });
    if (!channel) return undefined;
    channel.binaryType = "arraybuffer";
    try {
      if (!(await opened(channel))) return undefined;
      return await rounds(channel, time);
    } finally {
      channel.close();
    }
  }

  /** @param {string} text up to 4 kB; goes to the others in the talk @returns {boolean} whether it could be sent */
  say(text) {
    if (this.#text?.readyState !== "open") return false;
    this.#text.send(text);
    return true;
  }

  close() {
    this.#closed = true;
    this.#drop();
    for (let i = 0; i < SLOTS; i++) this.#seat(i, "", null);
    this.#emit("state", "closed");
  }

  /** @returns {Promise<PeerStats>} */
  async stats() {
    /** @type {PeerStats} */
    const out = {
      rtt: null,
      relayed: false,
      protocol: "",
      availableUp: 0,
      lossUp: 0,
      bytesUp: 0,
      bytesDown: 0,
      framesUp: 0,
      voice: undefined,
      slots: Array.from({ length: SLOTS }, () => ({
        packets: 0, lost: 0, framesDecoded: 0, jitter: 0, freezes: 0, frozen: 0, soundPackets: 0, soundLost: 0,
      })),
    };
    const pc = this.#pc;
    if (!pc) return out;
    const report = await pc.getStats();
    let round = 0;
    /** @type {Map<string, number>} */
    const slotOfMid = new Map();
    pc.getTransceivers().forEach((t, i) => {
      if (i >= 2 && t.mid !== null) slotOfMid.set(t.mid, (i - 2) % SLOTS);
    });
    report.forEach((s) => {
      if (s.type === "candidate-pair" && s.nominated && s.state === "succeeded") {
        out.rtt = s.currentRoundTripTime ?? null;
        out.availableUp = s.availableOutgoingBitrate ?? 0;
        out.bytesUp = s.bytesSent ?? 0;
        out.bytesDown = s.bytesReceived ?? 0;
        const local = report.get(s.localCandidateId);
        out.relayed = local?.candidateType === "relay";
        out.protocol = (out.relayed ? local?.relayProtocol : local?.protocol) ?? "";
      } else if (s.type === "remote-inbound-rtp") {
        out.lossUp = Math.max(out.lossUp, s.fractionLost ?? 0);
        round = Math.max(round, s.roundTripTime ?? 0);
      } else if (s.type === "media-source" && s.kind === "audio" && s.totalSamplesDuration > 0) {
        out.voice = { energy: s.totalAudioEnergy ?? 0, seconds: s.totalSamplesDuration };
      } else if (s.type === "outbound-rtp" && s.kind === "video") {
        out.framesUp += s.framesSent ?? s.framesEncoded ?? 0; // of all layers
      } else if (s.type === "inbound-rtp") {
        const slot = out.slots[slotOfMid.get(s.mid) ?? -1];
        if (!slot) return;
        if (s.kind === "audio") {
          slot.soundPackets = s.packetsReceived ?? 0;
          slot.soundLost = s.packetsLost ?? 0;
          return;
        }
        slot.packets = s.packetsReceived ?? 0;
        slot.lost = s.packetsLost ?? 0;
        slot.framesDecoded = s.framesDecoded ?? 0;
        slot.jitter = s.jitter ?? 0;
        slot.freezes = s.freezeCount ?? 0;
        slot.frozen = s.totalFreezesDuration ?? 0;
      }
    });
    out.rtt ??= round || null;
    return out;
  }

  // From here on: inside.

  /**
   * Runs negotiations one after the other.
   * @param {() => Promise<void>} step
   */
  #queue(step) {
    const run = this.#turn.then(() => (this.#closed ? undefined : step()));
    this.#turn = run.catch(() => {});
    return run;
  }

  /** @returns {Promise<RTCIceServer[]>} */
  async #servers() {
    return typeof this.#iceServers === "function" ? this.#iceServers() : this.#iceServers;
  }

  async #build() {
    const iceServers = await this.#servers();
    if (this.#closed) return;
    this.#drop();
    const pc = new RTCPeerConnection({
      iceServers,
      iceTransportPolicy: this.#relayOnly ? "relay" : "all",
      bundlePolicy: "max-bundle",
    });
    this.#pc = pc;
    // The order of these lines is the agreement with the server.
    pc.addTransceiver("audio", { direction: "sendonly" });
    try {
      pc.addTransceiver("video", { direction: "sendonly", sendEncodings: layers() });
    } catch {
      pc.addTransceiver("video", { direction: "sendonly" }); // a browser that knows no layers
    }
    for (const kind of ["audio", "video"]) {
      for (let i = 0; i < SLOTS; i++) {
        const { receiver } = pc.addTransceiver(kind, { direction: "recvonly" });
        const stream = /** @type {MediaStream} */ (this.remotes[i]);
        for (const old of stream.getTracks()) {
          if (old.kind === kind) stream.removeTrack(old);
        }
        stream.addTrack(receiver.track);
      }
    }
    this.#letters(pc);
    const state = pc.createDataChannel("state");
    this.#state = state;
    state.onopen = () => {
      if (pc === this.#pc && this.#told) state.send(this.#told);
    };
    this.#pulse = pc.createDataChannel("echo", { ordered: false, maxRetransmits: 0 });
    pc.onconnectionstatechange = () => {
      if (pc === this.#pc) this.#changed(pc.connectionState);
    };
    this.#emit("state", pc.connectionState);
    this.#listening = window.setInterval(() => void this.#listen(pc), LISTEN);
    await this.#negotiate(pc);
    await this.#send();
    this.#expect(pc, BUILD, () => this.#restart());
  }

  /** Makes the text channel. @param {RTCPeerConnection} pc */
  #letters(pc) {
    const text = pc.createDataChannel("text");
    this.#text = text;
    text.onmessage = ({ data }) => {
      if (pc === this.#pc && typeof data === "string") this.#heard(data);
    };
    text.onopen = () => {
      if (text !== this.#text) return;
      clearTimeout(this.#channel);
      this.#deaf = 0;
      this.#emit("open", undefined);
    };
    text.onclose = () => {
      // The channel alone: another one on the same connection, once the server knows that this one has gone.
      window.setTimeout(() => {
        if (text !== this.#text || pc !== this.#pc || pc.connectionState !== "connected") return;
        this.#letters(pc);
        this.#await(pc);
      }, AGAIN);
    };
  }

  /** Once connected: a text channel that does not open. @param {RTCPeerConnection} pc */
  #await(pc) {
    clearTimeout(this.#channel);
    if (this.#text?.readyState === "open" || this.#deaf >= CHANNELS) return;
    this.#channel = window.setTimeout(() => {
      if (pc !== this.#pc || pc.connectionState !== "connected" || this.#text?.readyState === "open") return;
      this.#deaf++;
      this.#queue(() => (pc === this.#pc ? this.#build() : Promise.resolve())).catch(() => this.#again(() => this.#restart()));
    }, CHANNEL * 2 ** this.#deaf);
  }

  async #restart() {
    const pc = this.#pc;
    if (!pc) return this.#build();
    const iceServers = await this.#servers();
    if (this.#closed || pc !== this.#pc) return;
    pc.setConfiguration({ ...pc.getConfiguration(), iceServers });
    pc.restartIce();
    const known = await this.#negotiate(pc);
    if (!known) return this.#build();
    this.#expect(pc, RESTART, () => this.#build());
  }

  /**
   * If the connection is not there in time, something else is tried.
   * @param {RTCPeerConnection} pc
   * @param {number} time ms
   * @param {() => Promise<void>} otherwise
   */
  #expect(pc, time, otherwise) {
    clearTimeout(this.#deadline);
    this.#deadline = window.setTimeout(() => {
      if (pc === this.#pc && !this.alive) this.#again(otherwise);
    }, time);
  }

  /**
   * One offer, one answer.
   * @param {RTCPeerConnection} pc
   * @returns {Promise<boolean>} false when another server process answered, who knows nothing of this connection
   */
  async #negotiate(pc) {
    await pc.setLocalDescription(await pc.createOffer());
    await gathered(pc);
    const sdp = await this.#signal(/** @type {RTCSessionDescription} */ (pc.localDescription).sdp);
    if (pc !== this.#pc) return true;
    const print = /^a=fingerprint:(.+)$/m.exec(sdp)?.[1]?.trim() ?? "";
    if (pc.currentRemoteDescription && print !== this.#print) return false;
    this.#print = print;
    await pc.setRemoteDescription({ type: "answer", sdp });
    return true;
  }

  /** @param {RTCPeerConnectionState} state */
  #changed(state) {
    clearTimeout(this.#patience);
    if (this.alive) clearTimeout(this.#deadline);
    if (state === "connected" && this.#pc) this.#await(this.#pc);
    // At once: a restart that was not needed costs nothing, and one that was saves its time.
    if (state === "disconnected" || state === "failed") this.#again(() => this.#restart());
    this.#emit("state", state);
  }

  /**
   * Looks whether anything comes, while something leaves the device: then the server at least reports what it got.
   * @param {RTCPeerConnection} pc
   */
  async #listen(pc) {
    if (pc !== this.#pc || pc.connectionState !== "connected" || !(this.#up.audio || this.#up.video)) return this.#hears("flows");
    let bytes = 0;
    // One stream's report is small and names the way as well.
    (await pc.getTransceivers()[2]?.receiver.getStats())?.forEach((s) => {
      if (s.type === "transport" || (s.type === "candidate-pair" && s.nominated)) bytes = Math.max(bytes, s.bytesReceived ?? 0);
    });
    if (pc === this.#pc) this.#hears(this.#silence.step(bytes, performance.now()));
  }

  /** @param {"flows" | "doubt" | "lost"} flow */
  #hears(flow) {
    if (flow === this.#flow) return;
    this.#flow = flow;
    // What comes back is counted like everything else: then it is the others who are silent, not the way.
    if (flow === "doubt" && this.#pulse?.readyState === "open") this.#pulse.send(new Uint8Array(4));
    if (flow === "lost") this.#again(() => this.#restart());
    else if (this.alive) clearTimeout(this.#deadline);
    this.#emit("silence", flow);
  }

  /**
   * Tries until it works or the connection is there anyway.
   * @param {() => Promise<void>} step
   */
  #again(step) {
    if (this.#closed || this.alive) return;
    this.#queue(step).catch(() => {
      clearTimeout(this.#patience);
      this.#patience = window.setTimeout(() => this.#again(step), PAUSE);
    });
  }

  async #send() {
    const [audio, video] = this.#pc?.getTransceivers() ?? [];
    // The shape first, so that the first picture has it already.
    await Promise.all([this.#shape(), audio?.sender.replaceTrack(this.#up.audio), video?.sender.replaceTrack(this.#up.video)]);
    await this.#layer();
  }

  /** Sends the small layer too while there are several others. */
  async #layer() {
    const sender = this.#pc?.getTransceivers()[1]?.sender;
    const p = sender?.getParameters();
    if (!sender || !p || !adjust(p.encodings, this.#slots.filter((s) => s.person !== "").length)) return;
    await sender.setParameters(p).catch(() => {}); // stale by a negotiation in between: the next call sets it
  }

  /** Tells the browser's encoders how much picture to make, and that sound goes before it. */
  async #shape() {
    const [audio, video] = this.#pc?.getTransceivers() ?? [];
    const want = this.#want ?? sent[0];
    if (!want) return;
    const { width = 0, height = 0 } = (this.#up.video ?? this.#camera)?.getSettings() ?? {};
    const lines = Math.min(width, height);
    await Promise.all([
      encode(audio?.sender, { priority: "high", networkPriority: "high" }),
      encode(video?.sender, {
        priority: "medium",
        networkPriority: "medium",
        maxBitrate: want.bits,
        maxFramerate: want.frames,
        scaleResolutionDownBy: Math.max(1, lines / want.lines),
      }),
    ]);
  }

  /** @param {string} data */
  #heard(data) {
    /** @type {{type?: unknown, slot?: unknown, person?: unknown, after?: unknown, from?: unknown, text?: unknown, state?: unknown}} */
    let m;
    try {
      m = JSON.parse(data);
    } catch {
      return;
    }
    if (m.type === "text" && typeof m.from === "string" && typeof m.text === "string") {
      this.#emit("text", { from: m.from, text: m.text });
    } else if (m.type === "slot" && typeof m.slot === "number" && typeof m.person === "string" && m.slot in this.#slots) {
      this.#seat(m.slot, m.person, typeof m.after === "number" ? m.after : null, stateOf(m.state));
    } else if (m.type === "state" && typeof m.slot === "number" && m.slot in this.#slots) {
      const slot = /** @type {Slot} */ (this.#slots[m.slot]);
      if (slot.person !== m.person) return;
      slot.state = stateOf(m.state);
      if (!slot.active) this.#watch(); // a camera that was switched on, perhaps
      this.#emit("remote", { slot: m.slot, active: slot.active, person: slot.person, state: slot.state });
    }
  }

  /**
   * Puts a person (or nobody) in a slot: blank until his first picture.
   * @param {number} i
   * @param {string} person
   * @param {number | null} after
   * @param {PersonState} [state]
   */
  #seat(i, person, after, state) {
    const slot = /** @type {Slot} */ (this.#slots[i]);
    const quiet = person === "" && slot.person === "" && !slot.active;
    Object.assign(slot, { person, after, state, active: false });
    void this.#layer();
    if (!quiet) this.#emit("remote", { slot: i, active: false, person, state });
    if (person !== "") this.#watch();
  }

  /** Looks out for first pictures: closely for a while, then now and then. */
  #watch() {
    this.#soon = performance.now() + SOON;
    clearTimeout(this.#look);
    this.#look = window.setTimeout(() => this.#lookForPictures(), 0);
  }

  /** Watches the timestamps of what is being shown until no slot waits. */
  #lookForPictures() {
    let waiting = false;
    this.#slots.forEach((slot, i) => {
      if (slot.person === "" || slot.active) return;
      const receiver = this.#pc?.getTransceivers()[2 + SLOTS + i]?.receiver;
      const shown = receiver?.getSynchronizationSources?.()[0];
      const is = shown && (slot.after === null || ((shown.rtpTimestamp - slot.after) | 0) > 0);
      if (!is) {
        waiting = true;
        return;
      }
      slot.active = true;
      this.#emit("remote", { slot: i, active: true, person: slot.person, state: slot.state });
    });
    clearTimeout(this.#look);
    if (waiting) this.#look = window.setTimeout(() => this.#lookForPictures(), performance.now() < this.#soon ? LOOK : GLANCE);
  }

  #drop() {
    clearTimeout(this.#patience);
    clearTimeout(this.#deadline);
    clearTimeout(this.#channel);
    clearTimeout(this.#look);
    clearInterval(this.#listening);
    this.#hears("flows");
    const pc = this.#pc;
    this.#pc = null;
    this.#text = null;
    this.#state = null;
    this.#pulse = null;
    this.#print = "";
    if (!pc) return;
    pc.close();
    for (let i = 0; i < SLOTS; i++) this.#seat(i, "", null);
  }

  /**
   * @param {string} type
   * @param {unknown} detail
   */
  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}

/**
 * Waits until the browser knows its addresses: Firefox on loopback is only found through them. Those come together;
 * what may come later, of relays, the server needs not be told, and it finds everybody else by himself.
 * @param {RTCPeerConnection} pc
 * @returns {Promise<void>}
 */
function gathered(pc) {
  return new Promise((done) => {
    let timer = window.setTimeout(() => end(), GATHER);
    const end = () => {
      clearTimeout(timer);
      pc.removeEventListener("icegatheringstatechange", look);
      pc.removeEventListener("icecandidate", first);
      done();
    };
    const look = () => {
      if (pc.iceGatheringState === "complete") end();
    };
    const first = () => {
      clearTimeout(timer);
      timer = window.setTimeout(end, MORE);
    };
    pc.addEventListener("icegatheringstatechange", look);
    pc.addEventListener("icecandidate", first, { once: true });
    look();
  });
}

/**
 * Sets an encoder, where it differs. degradationPreference: rather fewer lines than fewer pictures.
 * @param {RTCRtpSender | undefined} sender
 * @param {RTCRtpEncodingParameters} want
 */
async function encode(sender, want) {
  const p = sender?.getParameters();
  const e = p?.encodings?.[0];
  if (!sender || !p || !e) return;
  const all = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (e));
  if (Object.entries(want).every(([k, v]) => all[k] === v)) return;
  Object.assign(e, want);
  if (sender.track?.kind === "video" || "maxFramerate" in want) Object.assign(p, { degradationPreference: "maintain-framerate" });
  // A negotiation in between makes it stale; the next call sets it.
  await sender.setParameters(p).catch(() => {});
}

/** @param {unknown} s @returns {PersonState | undefined} */
function stateOf(s) {
  // The server passes on only what it knows.
  return s && typeof s === "object" ? /** @type {PersonState} */ (s) : undefined;
}

/** @param {RTCDataChannel} channel @returns {Promise<boolean>} */
function opened(channel) {
  return new Promise((done) => {
    if (channel.readyState === "open") return done(true);
    const timer = setTimeout(() => done(false), 3000);
    channel.onopen = () => {
      clearTimeout(timer);
      done(true);
    };
  });
}

/**
 * 40 packets a second of 1000 bytes, and the last ones waited for.
 * @param {RTCDataChannel} channel
 * @param {number} time ms
 * @returns {Promise<Echo>}
 */
async function rounds(channel, time) {
  /** @type {number[]} when each was sent */
  const left = [];
  /** @type {number[]} */
  const took = [];
  channel.onmessage = ({ data }) => {
    if (!(data instanceof ArrayBuffer)) return;
    const at = left[new DataView(data).getUint32(0)];
    if (at !== undefined) took.push(performance.now() - at);
  };
  const begun = performance.now();
  while (performance.now() - begun < time && channel.readyState === "open") {
    const b = new ArrayBuffer(1000);
    new DataView(b).setUint32(0, left.length);
    left.push(performance.now());
    channel.send(b);
    await new Promise((r) => setTimeout(r, 25));
  }
  await new Promise((r) => setTimeout(r, 500));
  const lasted = left.length ? (left[left.length - 1] ?? begun) - begun + 25 : 1;
  took.sort((a, b) => a - b);
  return {
    loss: left.length ? 1 - took.length / left.length : 1,
    rtt: took[took.length >> 1] ?? 0,
    bits: Math.round((took.length * 8000 * 1000) / lasted),
  };
}
