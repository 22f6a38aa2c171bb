// A table of pretended devices for one page: each camera of its own colour, each microphone of its own pitch, to be
// plugged in and out, kept busy or silenced by a test. Runs before the page's own scripts.
((kinds) => {
  const seen = (window.__devices = { cameras: {}, microphones: {}, speakers: [], running: { camera: 0, microphone: 0 }, sinks: [] });
  const devices = navigator.mediaDevices;
  if (!devices) return;
  Object.assign(seen, kinds);

  const changed = () => devices.dispatchEvent(new Event("devicechange"));
  /** @type {{id: string, kind: string, track: MediaStreamTrack, still?: boolean, gain?: GainNode}[]} */
  const open = [];
  seen.plug = (kind, id, is) => {
    if (Array.isArray(seen[kind])) seen[kind].push(id);
    else seen[kind][id] = is;
    changed();
  };
  seen.unplug = (kind, id) => {
    delete seen[kind][id];
    for (const o of open) {
      if (o.id !== id || o.track.readyState !== "live") continue;
      o.track.stop();
      o.track.dispatchEvent(new Event("ended")); // stop() itself says nothing
    }
    changed();
  };
  // What a camera does that another program has taken, and a microphone after a telephone call: it lives and gives nothing.
  seen.still = () => open.filter((o) => o.kind === "camera").forEach((o) => (o.still = true));
  seen.hush = () => open.filter((o) => o.kind === "microphone").forEach((o) => (o.gain.gain.value = 0));
  seen.live = (kind) => open.filter((o) => o.kind === kind && o.track.readyState === "live").length;

  const named = (kind, id) => ({ kind, deviceId: id, groupId: id, label: id, toJSON: () => ({}) });
  devices.enumerateDevices = async () => [
    ...Object.keys(seen.cameras).map((id) => named("videoinput", id)),
    ...Object.keys(seen.microphones).map((id) => named("audioinput", id)),
    ...seen.speakers.map((id) => named("audiooutput", id)),
  ];
  HTMLMediaElement.prototype.setSinkId = async function (id) {
    seen.sinks.push(id);
    Object.defineProperty(this, "sinkId", { value: id, configurable: true });
  };

  const wish = (want, of) => {
    const id = want?.deviceId?.ideal ?? want?.deviceId;
    return id in of ? id : Object.keys(of)[0];
  };
  const keep = (kind, id, track, more) => {
    const settings = track.getSettings.bind(track);
    track.getSettings = () => ({ ...settings(), deviceId: id });
    Object.defineProperty(track, "label", { value: id });
    const o = { id, kind, track, ...more };
    open.push(o);
    return o;
  };
  const picture = (id) => {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [320, 180];
    const c = canvas.getContext("2d", { alpha: false });
    const [track] = canvas.captureStream(15).getVideoTracks();
    const o = keep("camera", id, track);
    let n = 0;
    const draw = () => {
      if (track.readyState !== "live") return clearInterval(drawing);
      if (o.still) return;
      c.fillStyle = seen.cameras[id];
      c.fillRect(0, 0, 320, 180);
      c.fillStyle = n % 2 ? "white" : "black";
      c.fillRect((n++ * 8) % 300, 165, 20, 15);
    };
    const drawing = setInterval(draw, 66);
    draw();
    return track;
  };
  let audio;
  const sound = (id) => {
    audio ??= new AudioContext();
    void audio.resume();
    const voice = audio.createOscillator();
    const gain = audio.createGain();
    const out = audio.createMediaStreamDestination();
    voice.frequency.value = seen.microphones[id];
    gain.gain.value = 0.3;
    voice.connect(gain).connect(out);
    voice.start();
    const [track] = out.stream.getAudioTracks();
    keep("microphone", id, track, { gain });
    return track;
  };
  devices.getUserMedia = async (want) => {
    const tracks = [];
    for (const [kind, of, make] of [["video", seen.cameras, picture], ["audio", seen.microphones, sound]]) {
      if (!want?.[kind]) continue;
      const id = wish(want[kind], of);
      if (!id) throw new DOMException("none", "NotFoundError");
      tracks.push(make(id));
    }
    return new MediaStream(tracks);
  };
})(DEVICES);
