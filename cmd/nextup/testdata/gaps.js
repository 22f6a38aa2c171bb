// Notes when pictures of the other are really shown: the times between one and the next that were longer than a person
// overlooks, for the test to ask for. Times are Date.now(): both sides of a talk run on one machine.
((selector) => {
  const seen = { last: 0, gaps: [], count: 0 };
  window.__gaps = seen;
  // What happened meanwhile, for whoever looks for the reason of a long one.
  const diary = (seen.diary = []);
  const note = (what) => diary.push([Date.now(), what]);
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      note("socket made");
      this.addEventListener("open", () => note("socket open"));
      this.addEventListener("close", () => note("socket closed"));
    }
  };
  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      note("peer made");
      for (const kind of ["ice", ""]) this.addEventListener(`${kind}connectionstatechange`, () => note(`${kind} ${this[kind ? "iceConnectionState" : "connectionState"]}`));
      this.addEventListener("icecandidate", ({ candidate: c }) => note(c?.candidate ? `found ${c.type} ${c.protocol} ${c.address}` : "found all"));
    }
    setLocalDescription(...args) {
      note("offer made");
      return super.setLocalDescription(...args);
    }
    setRemoteDescription(...args) {
      note("answer there");
      return super.setRemoteDescription(...args);
    }
    close() {
      note("peer closed");
      super.close();
    }
  };
  // And how each way does, as long as no picture comes.
  let told = "";
  setInterval(async () => {
    if (!seen.last || Date.now() - seen.last < 400) return;
    const peer = window.__nextup.peers.at(-1);
    const report = await peer.getStats();
    const pairs = [];
    for (const s of report.values()) {
      if (s.type !== "candidate-pair" || (s.state === "waiting" && !s.requestsSent)) continue;
      const [a, b] = [report.get(s.localCandidateId), report.get(s.remoteCandidateId)];
      pairs.push(`${a?.candidateType}/${a?.relayProtocol ?? a?.protocol} ${a?.address} > ${b?.address}: ${s.state}${s.nominated ? " nominated" : ""}${s.bytesReceived ? " heard" : ""}${s.responsesReceived ? " answered" : ""}`);
    }
    const now = pairs.sort().join("; ");
    if (now !== told) note(`[${(told = now)}]`);
  }, 200);
  for (const kind of ["online", "offline"]) addEventListener(kind, () => note(kind));
  seen.tells = (at) => diary.filter(([when]) => when >= at).map(([when, what]) => `${when - at} ${what}`);
  const watched = new WeakSet();
  setInterval(() => {
    for (const video of document.querySelectorAll(selector)) {
      if (watched.has(video)) continue;
      watched.add(video);
      const next = () => {
        const now = Date.now();
        if (seen.last && now - seen.last > 300) seen.gaps.push([seen.last, now]);
        seen.last = now;
        seen.count++;
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
    }
  }, 100);
  // How long no picture came since a moment, in ms; null until they have come again for a while.
  seen.since = (at) => {
    const now = Date.now();
    const after = seen.gaps.filter(([, end]) => end > at);
    const settled = Math.max(at, ...after.map(([, end]) => end)) + 1500;
    if (now < settled || now - seen.last > 300) return null;
    return Math.max(0, ...after.map(([begin, end]) => end - Math.max(begin, at)));
  };
})("#talk video.live-remote[data-slot='0'], #call video.live-remote[data-slot='0']");
