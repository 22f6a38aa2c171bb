// One browser's connection to the media server: a sound and a picture up, four
// of each down, one text channel, negotiated once. Who is heard and seen is
// changed by the server without any negotiation.

/** How many other people can be shown; the server's media.Slots. */
export const SLOTS = 4;

/** Longest wait for the browser to find its own addresses, in ms. */
const GATHER = 1000;
/** How long "disconnected" may last before an ICE restart, in ms. */
const PATIENCE = 2500;
/** How long a restart may take before everything is built anew, in ms. */
const RESTART = 8000;
/** Pause between attempts after the server could not be asked, in ms. */
const PAUSE = 3000;
/** How often a waiting slot looks for its first picture, in ms. */
const LOOK = 25;

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
 *
 * @typedef {object} TextDetail
 * @property {string} from the person who wrote
 * @property {string} text
 *
 * @typedef {object} PeerStats
 * @property {number | null} rtt to the server, in seconds
 * @property {boolean} relayed the path goes through TURN
 * @property {number} availableUp the browser's estimate of what it may send, bit/s; 0 unknown
 * @property {number} lossUp share of packets sent that the server did not get, 0 to 1
 * @property {{packets: number, lost: number, framesDecoded: number, jitter: number, soundPackets: number}[]} slots what came in
 */

/**
 * @typedef {object} Slot
 * @property {string} person
 * @property {boolean} active
 * @property {number | null} after everything later than this RTP timestamp is of the present person; null: everything is
 */

/**
 * Events:
 * - "state": detail is the RTCPeerConnectionState
 * - "remote": detail is a RemoteDetail. When the person in a slot changes it comes
 *   with active false at once (hide the picture) and with active true at the
 *   new person's first picture. Sound needs no hiding.
 * - "text": detail is a TextDetail
 */
export class Peer extends EventTarget {
  #signal;
  #iceServers;
  #relayOnly;
  /** @type {RTCPeerConnection | null} */
  #pc = null;
  /** @type {RTCDataChannel | null} */
  #text = null;
  /** @type {{audio: MediaStreamTrack | null, video: MediaStreamTrack | null}} */
  #up = { audio: null, video: null };
  /** @type {Slot[]} */
  #slots = Array.from({ length: SLOTS }, () => ({ person: "", active: false, after: null }));
  /** Negotiations one after the other. @type {Promise<void>} */
  #turn = Promise.resolve();
  #closed = false;
  /** The server's DTLS fingerprint: another one means another server process. */
  #print = "";
  #patience = 0;
  #deadline = 0;
  #look = 0;

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

  /** Who is in each slot, and whether the picture is his. @returns {RemoteDetail[]} */
  get slots() {
    return this.#slots.map(({ person, active }, slot) => ({ slot, person, active }));
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
      availableUp: 0,
      lossUp: 0,
      slots: Array.from({ length: SLOTS }, () => ({ packets: 0, lost: 0, framesDecoded: 0, jitter: 0, soundPackets: 0 })),
    };
    const pc = this.#pc;
    if (!pc) return out;
    const report = await pc.getStats();
    /** @type {Map<string, number>} */
    const slotOfMid = new Map();
    pc.getTransceivers().forEach((t, i) => {
      if (i >= 2 && t.mid !== null) slotOfMid.set(t.mid, (i - 2) % SLOTS);
    });
    report.forEach((s) => {
      if (s.type === "candidate-pair" && s.nominated && s.state === "succeeded") {
        out.rtt = s.currentRoundTripTime ?? null;
        out.availableUp = s.availableOutgoingBitrate ?? 0;
        out.relayed = report.get(s.localCandidateId)?.candidateType === "relay";
      } else if (s.type === "remote-inbound-rtp") {
        out.lossUp = Math.max(out.lossUp, s.fractionLost ?? 0);
      } else if (s.type === "inbound-rtp") {
        const slot = out.slots[slotOfMid.get(s.mid) ?? -1];
        if (!slot) return;
        if (s.kind === "audio") {
          slot.soundPackets = s.packetsReceived ?? 0;
          return;
        }
        slot.packets = s.packetsReceived ?? 0;
        slot.lost = s.packetsLost ?? 0;
        slot.framesDecoded = s.framesDecoded ?? 0;
        slot.jitter = s.jitter ?? 0;
      }
    });
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
    pc.addTransceiver("video", { direction: "sendonly" });
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
    const text = pc.createDataChannel("text");
    this.#text = text;
    text.onmessage = ({ data }) => {
      if (pc === this.#pc && typeof data === "string") this.#heard(data);
    };
    pc.onconnectionstatechange = () => {
      if (pc === this.#pc) this.#changed(pc.connectionState);
    };
    this.#emit("state", pc.connectionState);
    await this.#negotiate(pc);
    await this.#send();
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
    clearTimeout(this.#deadline);
    this.#deadline = window.setTimeout(() => {
      if (pc === this.#pc && pc.connectionState !== "connected") this.#again(() => this.#build());
    }, RESTART);
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
    if (state === "connected") clearTimeout(this.#deadline);
    if (state === "disconnected") {
      this.#patience = window.setTimeout(() => this.#again(() => this.#restart()), PATIENCE);
    } else if (state === "failed") {
      this.#again(() => this.#restart());
    }
    this.#emit("state", state);
  }

  /**
   * Tries until it works or the connection is there anyway.
   * @param {() => Promise<void>} step
   */
  #again(step) {
    if (this.#closed || this.state === "connected") return;
    this.#queue(step).catch(() => {
      clearTimeout(this.#patience);
      this.#patience = window.setTimeout(() => this.#again(step), PAUSE);
    });
  }

  async #send() {
    const [audio, video] = this.#pc?.getTransceivers() ?? [];
    await Promise.all([audio?.sender.replaceTrack(this.#up.audio), video?.sender.replaceTrack(this.#up.video)]);
  }

  /** @param {string} data */
  #heard(data) {
    /** @type {{type?: unknown, slot?: unknown, person?: unknown, after?: unknown, from?: unknown, text?: unknown}} */
    let m;
    try {
      m = JSON.parse(data);
    } catch {
      return;
    }
    if (m.type === "text" && typeof m.from === "string" && typeof m.text === "string") {
      this.#emit("text", { from: m.from, text: m.text });
    } else if (m.type === "slot" && typeof m.slot === "number" && typeof m.person === "string" && m.slot in this.#slots) {
      this.#seat(m.slot, m.person, typeof m.after === "number" ? m.after : null);
    }
  }

  /**
   * Puts a person (or nobody) in a slot: blank until his first picture.
   * @param {number} i
   * @param {string} person
   * @param {number | null} after
   */
  #seat(i, person, after) {
    const slot = /** @type {Slot} */ (this.#slots[i]);
    const quiet = person === "" && slot.person === "" && !slot.active;
    Object.assign(slot, { person, after, active: false });
    if (!quiet) this.#emit("remote", { slot: i, active: false, person });
    if (person !== "" && !this.#look) this.#look = window.setInterval(() => this.#lookForPictures(), LOOK);
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
      this.#emit("remote", { slot: i, active: true, person: slot.person });
    });
    if (!waiting) {
      clearInterval(this.#look);
      this.#look = 0;
    }
  }

  #drop() {
    clearTimeout(this.#patience);
    clearTimeout(this.#deadline);
    clearInterval(this.#look);
    this.#look = 0;
    const pc = this.#pc;
    this.#pc = null;
    this.#text = null;
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
 * Waits until the browser knows its addresses: Firefox on loopback is only
 * found through them. Not for ever: the server finds everybody else by himself.
 * @param {RTCPeerConnection} pc
 * @returns {Promise<void>}
 */
function gathered(pc) {
  return new Promise((done) => {
    const look = () => {
      if (pc.iceGatheringState === "complete") end();
    };
    const end = () => {
      clearTimeout(timer);
      pc.removeEventListener("icegatheringstatechange", look);
      done();
    };
    const timer = setTimeout(end, GATHER);
    pc.addEventListener("icegatheringstatechange", look);
    look();
  });
}
