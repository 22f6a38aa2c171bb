// Leads a page's media through one UDP port of the test and nowhere else, so that the test can cut it.
((port) => {
  const Peer = window.RTCPeerConnection;
  const alone = (c) => ({ ...c, iceServers: [] });
  window.RTCPeerConnection = class extends Peer {
    constructor(c = {}) {
      super(alone(c));
    }
    setConfiguration(c) {
      super.setConfiguration(alone(c));
    }
    // The server learns no other way back.
    get localDescription() {
      const d = super.localDescription;
      return d && new RTCSessionDescription({ type: d.type, sdp: d.sdp.replace(/^a=candidate:.*\r?\n/gm, "") });
    }
    setRemoteDescription(d) {
      const sdp = d.sdp
        .replace(/^a=candidate:\S+ \d tcp .*\r?\n/gim, "")
        .replace(/^(a=candidate:\S+ \d udp \d+) \S+ \d+ (typ host.*)$/gim, `$1 127.0.0.1 ${port} $2`);
      return super.setRemoteDescription({ type: d.type, sdp });
    }
  };
})(PORT);
