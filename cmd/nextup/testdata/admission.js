// Notes, on both pages, when the moments of an admission come: what was said to the server and by it, the press on Next,
// each decoded picture of the first other person, and when it is seen. All in ms since 1970, so that the pages of one
// machine can be compared.
(() => {
  const now = () => performance.timeOrigin + performance.now();
  const noted = (window.__admission = { next: 0, calls: [], said: {}, packet: 0, frames: [], shown: [] });
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", (e) => {
        const at = now();
        const { view } = JSON.parse(e.data);
        if (!view) return;
        const you = view.you ?? { state: view.moment, left: view.left };
        noted.calls.push({ at, state: you.state ?? "", stage: you.stage ?? "", left: you.left ?? 0 });
      });
    }
    send(text) {
      noted.said[JSON.parse(text).do] ??= now();
      super.send(text);
    }
  };
  addEventListener("click", (e) => e.target.closest?.("[data-act=next]") && (noted.next = now()), { capture: true });

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState !== "connected" || this.followed) return;
        this.followed = true;
        const track = this.getTransceivers().filter((t) => t.receiver.track.kind === "video")[1].receiver.track;
        void follow(track);
        void arrive(this, track);
      });
    }
  };
  const paper = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  async function follow(track) {
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await frames.read();
      if (done) return;
      const at = now();
      // The first few are looked at: whose they are.
      const colour = [];
      if (noted.frames.length < 3) {
        paper.drawImage(value, value.displayWidth * 0.4, value.displayHeight * 0.3, 8, 8, 0, 0, 1, 1);
        colour.push(...paper.getImageData(0, 0, 1, 1).data.slice(0, 3));
      }
      noted.frames.push({ at, stamp: value.timestamp, colour });
      value.close();
    }
  }
  async function arrive(peer, track) {
    for (let before = 0; peer.connectionState !== "closed"; ) {
      for (const s of (await peer.getStats(track)).values()) {
        if (s.type !== "inbound-rtp") continue;
        if (s.packetsReceived > before && noted.packet === 0) noted.packet = now();
        before = s.packetsReceived;
      }
      await new Promise((done) => setTimeout(done, noted.next || noted.said.acknowledge ? 5 : 300));
    }
  }
  addEventListener("DOMContentLoaded", () => {
    const look = () => {
      for (const v of document.querySelectorAll("#talk video.live-remote")) {
        if (!v.classList.contains("live-blank") && v.checkVisibility() && noted.shown.length === 0) noted.shown.push(now());
      }
    };
    new MutationObserver(look).observe(document.documentElement, { attributes: true, subtree: true, attributeFilter: ["class", "hidden"] });
  });
  noted.begin = () => Object.assign(noted, { next: 0, calls: [], said: {}, packet: 0, frames: [], shown: [] });
})();
