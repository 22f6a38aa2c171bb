// For unfit.js: this engine understands the page's scripts (socket.js is in the newest language that they use), and has
// what a call needs.
import "./socket.js";

if ("RTCPeerConnection" in window) document.documentElement.dataset.live = "";
