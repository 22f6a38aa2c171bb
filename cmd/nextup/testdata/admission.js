// Notes, on an interviewer's page, when the moments of an admission come: what the server said and when, the press on
// Next, each decoded picture of the first other person, and when it is seen. All by performance.now().
(() => {
  const noted = (window.__admission = { next: 0, calls: [], frames: [], shown: [] });
  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", (e) => {
        const at = performance.now();
        const you = JSON.parse(e.data).view?.you;
        if (you) noted.calls.push({ at, state: you.state, stage: you.stage ?? "", left: you.left ?? 0 });
      });
    }
  };
  addEventListener("click", (e) => e.target.closest?.("[data-act=next]") && (noted.next = performance.now()), { capture: true });

  const Peer = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Peer {
    constructor(...args) {
      super(...args);
      this.addEventListener("connectionstatechange", () => {
        if (this.connectionState !== "connected" || this.followed) return;
        this.followed = true;
        const track = this.getTransceivers().filter((t) => t.receiver.track.kind === "video")[1].receiver.track;
        void follow(track);
      });
    }
  };
  const paper = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  async function follow(track) {
    const frames = new MediaStreamTrackProcessor({ track }).readable.getReader();
    for (;;) {
      const { value, done } = await frames.read();
      if (done) return;
      const at = performance.now();
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
  addEventListener("DOMContentLoaded", () => {
    const look = () => {
      for (const v of document.querySelectorAll("#talk video.live-remote")) {
        if (!v.classList.contains("live-blank") && v.checkVisibility() && noted.shown.length === 0) noted.shown.push(performance.now());
      }
    };
    new MutationObserver(look).observe(document.documentElement, { attributes: true, subtree: true, attributeFilter: ["class", "hidden"] });
  });
  noted.begin = () => Object.assign(noted, { next: 0, calls: [], frames: [], shown: [] });
})();
