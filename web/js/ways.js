// The connection test: both ways to the media server, one after the other. The direct way goes to the server's own port,
// the other through its relay, which is there for networks that let little through. Nothing of camera or microphone is
// sent: the answers come from a channel on which the server says back what it hears.
import { SLOTS } from "./peer.js";

/** @typedef {import("./socket.js").Live} Live */
/**
 * How one way did.
 * @typedef {object} Way
 * @property {boolean} ok packets came through
 * @property {number} rtt ms there and back; 0 unknown
 * @property {number} loss share of packets that did not come back, 0 to 1
 */
/** @typedef {{direct: Way, relay: Way}} Ways */
/** In one word: good; relayed, only through the relay; slow; none. @typedef {"good" | "relayed" | "slow" | "none"} Verdict */

/** How long a way may take to come about, in ms. */
const patience = 8000;
/** What is sent on each way: this many packets of this many bytes, one at a time, this far apart in ms. */
const packets = 40;
const bytes = 1000;
const apart = 25;
/** How long the last answers are waited for, in ms. */
const late = 800;
/** Beyond these a talk is not good: ms there and back, share lost. */
const slowRound = 400;
const muchLost = 0.05;

/**
 * Tries both ways. Whoever has a connection open on this page lets it go before: a place has one.
 * @param {Live} live
 * @param {AbortSignal} stop
 * @returns {Promise<Ways>}
 */
export async function tryWays(live, stop) {
  const r = await live.request({ do: "relay" });
  const servers = r.urls?.length ? [{ urls: r.urls, username: r.username, credential: r.credential }] : [];
  let direct = await way(live, { iceServers: [] }, stop);
  // A way is not called closed because of one bad moment.
  if (!direct.ok) direct = await way(live, { iceServers: [] }, stop);
  const relay = servers.length ? await way(live, { iceServers: servers, iceTransportPolicy: "relay" }, stop) : none;
  stop.throwIfAborted();
  return { direct, relay };
}

/** @type {Way} */
const none = { ok: false, rtt: 0, loss: 0 };

/** @param {Ways} w @returns {Verdict} */
export function verdict(w) {
  const best = w.direct.ok ? w.direct : w.relay;
  if (!best.ok) return "none";
  if (best.rtt > slowRound || best.loss > muchLost) return "slow";
  return w.direct.ok ? "good" : "relayed";
}

/** @param {Live} live @param {RTCConfiguration} how @param {AbortSignal} stop @returns {Promise<Way>} */
async function way(live, how, stop) {
  stop.throwIfAborted();
  const pc = new RTCPeerConnection({ ...how, bundlePolicy: "max-bundle" });
  const end = () => pc.close();
  stop.addEventListener("abort", end);
  try {
    // The same lines as a call's connection has: it is their way that is tried.
    for (const kind of ["audio", "video"]) pc.addTransceiver(kind, { direction: "sendonly" });
    for (const kind of ["audio", "video"]) for (let i = 0; i < SLOTS; i++) pc.addTransceiver(kind, { direction: "recvonly" });
    const echo = pc.createDataChannel("echo", { ordered: false, maxRetransmits: 0 });
    echo.binaryType = "arraybuffer";
    await pc.setLocalDescription(await pc.createOffer());
    await gathered(pc);
    const answer = await live.request({ do: "offer", sdp: pc.localDescription?.sdp });
    await pc.setRemoteDescription({ type: "answer", sdp: String(answer.sdp) });
    // Where packets come through the way is open, even if the channel for measuring it stays shut.
    return (await opened(echo, pc)) ? await measured(echo) : await connected(pc);
  } catch (e) {
    if (stop.aborted) throw e;
    return none;
  } finally {
    stop.removeEventListener("abort", end);
    pc.close();
  }
}

/** @param {RTCPeerConnection} pc @returns {Promise<void>} */
function gathered(pc) {
  return new Promise((done) => {
    const look = () => pc.iceGatheringState === "complete" && done();
    pc.addEventListener("icegatheringstatechange", look);
    window.setTimeout(done, 2000);
    look();
  });
}

/** What the connection itself knows of its way. @param {RTCPeerConnection} pc @returns {Promise<Way>} */
async function connected(pc) {
  if (pc.connectionState !== "connected") return none;
  let rtt = 0;
  (await pc.getStats()).forEach((r) => {
    if (r.type === "candidate-pair" && r.nominated) rtt = Math.max(1, Math.round((r.currentRoundTripTime ?? 0) * 1000));
  });
  return { ok: true, rtt, loss: 0 };
}

/** @param {RTCDataChannel} c @param {RTCPeerConnection} pc @returns {Promise<boolean>} */
function opened(c, pc) {
  return new Promise((done) => {
    window.setTimeout(() => done(false), patience);
    c.addEventListener("open", () => done(true));
    c.addEventListener("close", () => done(false));
    pc.addEventListener("connectionstatechange", () => pc.connectionState === "failed" && done(false));
  });
}

/** @param {RTCDataChannel} c @returns {Promise<Way>} */
async function measured(c) {
  /** @type {number[]} */
  const sent = [];
  /** @type {number[]} */
  const rounds = [];
  c.addEventListener("message", (e) => {
    if (!(e.data instanceof ArrayBuffer)) return;
    const at = sent[new DataView(e.data).getUint16(0)];
    if (at !== undefined) rounds.push(performance.now() - at);
  });
  const pause = (/** @type {number} */ ms) => new Promise((r) => window.setTimeout(r, ms));
  for (let i = 0; i < packets && c.readyState === "open"; i++) {
    const packet = new DataView(new ArrayBuffer(bytes));
    packet.setUint16(0, i);
    sent[i] = performance.now();
    c.send(packet.buffer);
    await pause(apart);
  }
  await pause(late);
  if (rounds.length === 0) return none;
  rounds.sort((a, b) => a - b);
  return { ok: true, rtt: Math.max(1, Math.round(rounds[rounds.length >> 1] ?? 0)), loss: Math.max(0, 1 - rounds.length / sent.length) };
}
