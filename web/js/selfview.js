// His own picture. Each place that shows it has a <video> of its own on the same track: a picture that moves about in
// the page would stop.
import { h, icon } from "./dom.js";
import { words } from "./ui.js";

/** @typedef {import("./devices.js").Devices} Devices */

/**
 * A <video> that follows the camera, mirrored on the screen only.
 * @param {Devices} devices
 * @returns {{element: HTMLVideoElement, stop: () => void}}
 */
export function selfVideo(devices) {
  const video = h("video", { class: "pic mirror", autoplay: true, playsinline: true, muted: true, "aria-hidden": "true" });
  video.muted = true;
  const follow = () => {
    const t = devices.muted.camera ? undefined : devices.track("camera");
    const now = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks()[0];
    video.hidden = !t;
    if (t === now) return;
    video.srcObject = t ? new MediaStream([t]) : null;
    if (t) void video.play().catch(() => {});
  };
  follow();
  devices.addEventListener("change", follow);
  return {
    element: video,
    stop: () => {
      devices.removeEventListener("change", follow);
      video.srcObject = null;
    },
  };
}

/**
 * The own picture in a card, with a caption over it, or a sign that there is none.
 * @param {Devices} devices
 * @param {string} caption catalogue key
 */
export function look(devices, caption) {
  const self = selfVideo(devices);
  const none = h("div", { class: "live-nopic" }, icon("camoff"), words("span", "check.noPicture"));
  const element = h(
    "figure",
    { class: "frame look" },
    none,
    self.element,
    h("figcaption", { class: "over over--bl" }, icon("eyeoff"), words("span", caption)),
  );
  const follow = () => (none.hidden = !self.element.hidden);
  follow();
  devices.addEventListener("change", follow);
  return {
    element,
    stop: () => {
      devices.removeEventListener("change", follow);
      self.stop();
    },
  };
}
