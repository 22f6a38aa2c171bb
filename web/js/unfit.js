// For browsers that do not understand the page's own scripts, so it is written for any engine there is: when the live
// page has not begun, or cannot because the browser has no calls, it shows the words that say what to do instead.
(function () {
  "use strict";
  /** @param {string} id @param {boolean} on */
  function show(id, on) {
    var e = document.getElementById(id);
    if (!e) return;
    if (on) e.removeAttribute("hidden");
    else e.setAttribute("hidden", "");
  }
  function look() {
    if (document.documentElement.getAttribute("data-live") !== null) return;
    show("unfit", true);
    show("connecting", false);
  }
  if (!("RTCPeerConnection" in window) || !("WebSocket" in window) || !("noModule" in document.createElement("script"))) {
    look();
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", look);
    return;
  }
  // The page's scripts have run when it has loaded; one that could not be read has said nothing.
  window.addEventListener("load", function () {
    window.setTimeout(look, 3000);
  });
})();
