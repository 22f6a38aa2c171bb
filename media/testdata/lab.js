// The page of the browser test: a canvas of one colour as camera, a tone as
// microphone, and what slot 0 shows read back as a colour.
import { Peer } from "/peer.js";

const query = new URLSearchParams(location.search);
const camera = /** @type {HTMLCanvasElement} */ (document.getElementById("camera"));
const paint = /** @type {CanvasRenderingContext2D} */ (camera.getContext("2d"));
let n = 0;
setInterval(() => {
  paint.fillStyle = query.get("colour") ?? "gray";
  paint.fillRect(0, 0, 640, 360);
  if (query.has("noise")) {
    for (let i = 0; i < 300; i++) {
      paint.fillStyle = `hsl(${Math.random() * 360} 60% 50%)`;
      paint.fillRect(100 + Math.random() * 500, Math.random() * 340, 20, 20);
    }
  }
  paint.fillStyle = n++ % 2 ? "#0001" : "#fff1"; // or nothing changes and no frame comes
  paint.fillRect(0, 0, 8, 8);
}, 50);
const sound = new AudioContext();
const tone = sound.createOscillator();
const microphone = sound.createMediaStreamDestination();
tone.connect(microphone);
tone.start();

const video = /** @type {HTMLVideoElement} */ (document.getElementById("remote"));
const sample = /** @type {CanvasRenderingContext2D} */ (
  new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true })
);

/** The colour in the middle of the remote picture, as [red, green, blue]. */
function colour() {
  sample.clearRect(0, 0, 1, 1);
  sample.drawImage(video, video.videoWidth * 0.05, video.videoHeight * 0.5, 4, 4, 0, 0, 1, 1);
  return [...sample.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

const lab = {
  /** @type {string[]} */ states: [],
  /** @type {{active: boolean, person: string, colour: number[], at: number}[]} */ remotes: [],
  /** @type {string[]} */ texts: [],
  /** @type {Peer | null} */ peer: null,
  colour,
  /** How many lines the remote picture has. */
  height: () => video.videoHeight,
  async connect() {
    const relay = await (await fetch(`/relay?person=${query.get("person")}`)).json();
    const peer = new Peer({
      signal: async (sdp) => {
        const r = await fetch(`/answer?person=${query.get("person")}&connection=${query.get("connection")}`, { method: "POST", body: sdp });
        if (!r.ok) throw new Error(await r.text());
        return r.text();
      },
      iceServers: query.has("relay") ? relay : [],
      relayOnly: query.has("relay"),
    });
    lab.peer = peer;
    peer.addEventListener("state", (e) => lab.states.push(e.detail));
    peer.addEventListener("text", (e) => lab.texts.push(`${e.detail.from}: ${e.detail.text}`));
    peer.addEventListener("remote", (e) => {
      if (e.detail.slot !== 0) return;
      const seen = { active: e.detail.active, person: e.detail.person, colour: [], at: performance.now() };
      lab.remotes.push(seen);
      if (seen.active) video.requestVideoFrameCallback(() => (seen.colour = colour()));
    });
    video.srcObject = peer.remotes[0];
    await peer.connect();
  },
  attach() {
    return lab.peer.attach({
      video: camera.captureStream(20).getVideoTracks()[0],
      audio: microphone.stream.getAudioTracks()[0],
    });
  },
};
globalThis.lab = lab;
