// Runs in every page of a tested person before the page's own scripts. It gives him a camera of one colour and a
// microphone that hears one pitch, so that a test can tell whose picture and sound arrive somewhere, and it speaks up
// where a browser would break a rule in silence. The last line is filled in for each person.
((person) => {
  addEventListener("securitypolicyviolation", (e) => {
    console.error(`content security policy: ${e.violatedDirective} forbids ${e.blockedURI} ${e.sourceFile}:${e.lineNumber}`);
  });

  const seen = (window.__nextup = { peers: [], asked: 0 });
  const Peer = window.RTCPeerConnection;
  if (Peer) {
    window.RTCPeerConnection = class extends Peer {
      constructor(...args) {
        super(...args);
        seen.peers.push(this);
      }
    };
  }

  // The page's own connection to the server, to be cut without touching anything else.
  seen.sockets = [];
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(url, ...more) {
      super(seen.cut ? new URL("/nowhere", url) : url, ...more);
      seen.sockets.push(this);
    }
  };
  seen.cutOff = (cut) => {
    seen.cut = cut;
    if (cut) for (const s of seen.sockets) s.close();
  };

  // What a picture shows in its middle and what pitch a sound has, for the test to ask for.
  seen.colour = (selector) => {
    const video = document.querySelector(selector);
    if (!video?.videoWidth || !video.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return null;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [8, 8];
    const c = canvas.getContext("2d", { willReadFrequently: true });
    c.drawImage(video, video.videoWidth * 0.4, video.videoHeight * 0.3, video.videoWidth * 0.2, video.videoHeight * 0.2, 0, 0, 8, 8);
    const data = c.getImageData(0, 0, 8, 8).data;
    const sum = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) for (const k of [0, 1, 2]) sum[k] += data[i + k];
    return { r: Math.round(sum[0] / 64), g: Math.round(sum[1] / 64), b: Math.round(sum[2] / 64) };
  };
  // For how long, at most, a picture that is being watched was black or away, ms. It is looked at 25 times a second; a
  // page that is too busy to look has seen nothing black.
  seen.darkness = (video) => {
    const dark = { longest: 0, looks: 0 };
    const paper = new OffscreenCanvas(4, 4).getContext("2d", { willReadFrequently: true });
    let since;
    const look = () => {
      paper.clearRect(0, 0, 4, 4);
      if (video.checkVisibility({ visibilityProperty: true, opacityProperty: true })) paper.drawImage(video, 0, 0, 4, 4);
      const black = paper.getImageData(0, 0, 4, 4).data.every((x, i) => i % 4 === 3 || x < 24);
      since = black ? (since ?? performance.now()) : undefined;
      if (since !== undefined) dark.longest = Math.max(dark.longest, performance.now() - since);
      dark.looks++;
    };
    setInterval(look, 40);
    return dark;
  };
  // By recording and decoding, not by listening: without a sound card an AudioContext of Firefox never runs.
  seen.tone = async (selector) => {
    const track = document.querySelector(selector)?.srcObject?.getAudioTracks().find((t) => t.readyState === "live");
    if (!track) return { hz: 0, level: 0 };
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts = [];
    recorder.addEventListener("dataavailable", (e) => parts.push(e.data));
    const stopped = new Promise((done) => recorder.addEventListener("stop", done));
    recorder.start();
    await new Promise((done) => setTimeout(done, 600));
    recorder.stop();
    await stopped;
    const bytes = await new Blob(parts).arrayBuffer();
    const rate = 48000;
    const sound = await new OfflineAudioContext(1, rate, rate).decodeAudioData(bytes).catch(() => undefined);
    if (!sound) return { hz: 0, level: 0 };
    const samples = sound.getChannelData(0).subarray(-rate / 4); // the end: recording begins with silence
    let energy = 0;
    for (const x of samples) energy += x * x;
    let [hz, most] = [0, 0];
    for (let f = 150; f <= 3000; f += 10) {
      // Goertzel: how much of this pitch is in it
      const k = 2 * Math.cos((2 * Math.PI * f) / rate);
      let [s1, s2] = [0, 0];
      for (const x of samples) [s1, s2] = [x + k * s1 - s2, s1];
      const power = s1 * s1 + s2 * s2 - k * s1 * s2;
      if (power > most) [hz, most] = [f, power];
    }
    return { hz, level: Math.sqrt(energy / samples.length) };
  };
  // How many frames have been decoded and how many bytes of media have gone out, over all connections.
  seen.media = async () => {
    const sum = { decoded: 0, sent: 0, received: 0, connections: 0 };
    for (const p of seen.peers) {
      if (p.connectionState === "closed") continue;
      sum.connections++;
      for (const s of (await p.getStats()).values()) {
        if (s.type === "inbound-rtp") {
          sum.decoded += s.framesDecoded ?? 0;
          sum.received += s.bytesReceived ?? 0;
        }
        if (s.type === "outbound-rtp") sum.sent += s.bytesSent ?? 0;
      }
    }
    return sum;
  };

  // A flash in the upper left corner and a beep in the same moment; both last for a sixth of a second.
  seen.clap = () => {
    seen.flash = performance.now() + 160;
    seen.drawn?.();
    const { beep, speaking } = seen;
    if (!beep) return;
    beep.gain.setValueAtTime(0.6, speaking.currentTime);
    beep.gain.setValueAtTime(0, speaking.currentTime + 0.16);
  };
  // When they come out at the other end, both taken from the tracks as they are played: ms of this page's clock. And
  // when each picture came, and how large it was.
  seen.watch = (selector) => {
    const stream = document.querySelector(selector).srcObject;
    const found = (seen.found = { flashes: [], beeps: [], frames: [], lines: 0, stop: false });
    const follow = async (track, each) => {
      const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
      for (;;) {
        const { value, done } = await reader.read();
        const at = performance.now();
        if (done || found.stop) {
          value?.close();
          return void reader.cancel();
        }
        await each(value, at);
        value.close();
      }
    };
    const paper = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    let [light, loud] = [true, true];
    void follow(stream.getVideoTracks()[0], (frame, at) => {
      found.frames.push(at);
      found.lines = frame.displayHeight;
      paper.drawImage(frame, frame.displayWidth * 0.05, frame.displayHeight * 0.05, 8, 8, 0, 0, 1, 1);
      const now = Math.min(...paper.getImageData(0, 0, 1, 1).data.slice(0, 3)) > 200;
      if (now && !light) found.flashes.push(at);
      light = now;
    });
    void follow(stream.getAudioTracks()[0], (sound, at) => {
      const samples = new Float32Array(sound.numberOfFrames);
      sound.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
      const k = 2 * Math.cos((2 * Math.PI * 5000) / sound.sampleRate);
      let [s1, s2] = [0, 0];
      for (const x of samples) [s1, s2] = [x + k * s1 - s2, s1];
      const now = Math.sqrt(Math.max(0, s1 * s1 + s2 * s2 - k * s1 * s2)) / samples.length > 0.05;
      if (now && !loud) found.beeps.push(at);
      loud = now;
    });
  };

  const devices = navigator.mediaDevices;
  if (!devices) return;
  const real = devices.getUserMedia.bind(devices);
  const picture = (want) => {
    const canvas = document.createElement("canvas");
    const [size, rate] = person.swift ? [2, 30] : [1, 15];
    canvas.width = 320 * size;
    canvas.height = 180 * size;
    const c = canvas.getContext("2d", { alpha: false });
    c.scale(size, size);
    let n = 0;
    const draw = () => {
      c.fillStyle = person.colour;
      c.fillRect(0, 0, 320, 180);
      c.fillStyle = n % 2 ? "white" : "black"; // something that moves, outside of the middle
      c.fillRect((n++ * 8) % 300, 165, 20, 15);
      if (performance.now() < (seen.flash ?? 0)) {
        c.fillStyle = "white";
        c.fillRect(0, 0, 90, 50);
      }
    };
    seen.drawn = draw;
    draw();
    const [track] = canvas.captureStream(rate).getVideoTracks();
    const drawing = setInterval(() => (track.readyState === "live" ? draw() : clearInterval(drawing)), 1000 / rate);
    return track;
  };
  const sound = () => {
    const audio = (seen.speaking ??= new AudioContext());
    void audio.resume();
    const voice = audio.createOscillator();
    const quiet = audio.createGain();
    const out = audio.createMediaStreamDestination();
    voice.frequency.value = person.tone;
    quiet.gain.value = 0.3;
    voice.connect(quiet).connect(out);
    voice.start();
    const high = audio.createOscillator();
    high.frequency.value = 5000; // above whatever is looked for as a voice
    seen.beep = audio.createGain();
    seen.beep.gain.value = 0;
    high.connect(seen.beep).connect(out);
    high.start();
    return out.stream.getAudioTracks()[0];
  };
  devices.getUserMedia = async (want) => {
    seen.asked++;
    seen.wishes = want;
    if (person.denied) throw new DOMException("Permission denied", "NotAllowedError");
    if (!person.colour || (want?.audio && !person.tone)) return real(want);
    const tracks = [];
    if (want?.video) tracks.push(picture(want.video));
    if (want?.audio) tracks.push(person.pretended ? (await real({ audio: true })).getAudioTracks()[0] : sound());
    return new MediaStream(tracks);
  };
})(PERSON);
