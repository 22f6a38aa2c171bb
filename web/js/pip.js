// The candidate's picture in a small window that stays in front, so that a CV can be read beside it. With the clock and
// the name where the browser gives a whole window (Document Picture-in-Picture), with the picture alone elsewhere.
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { clockText, talkLeft } from "./clock.js";
import { button, plain } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {{requestWindow: (o: {width: number, height: number}) => Promise<Window>}} Whole */

/** @returns {Whole | undefined} */
function whole() {
  return "documentPictureInPicture" in window ? /** @type {Whole} */ (window.documentPictureInPicture) : undefined;
}

/** @param {Room} room */
export function floating(room) {
  const { call } = room;
  /** @type {Window | undefined} */
  let small;
  const clock = h("b", {});
  const name = h("span", {});
  // A second element on the same stream: the one in the page stays where it is, and so does the sound.
  const picture = h("video", { autoplay: true, playsinline: true, muted: true });
  picture.muted = true;

  const able = Boolean(whole()) || document.pictureInPictureEnabled === true;
  const b = button({ key: "pip.open", icon: "expand", class: "quiet quiet--link", act: "pip", press: () => void toggle() });
  b.setAttribute("aria-pressed", "false");

  const toggle = async () => {
    if (small || document.pictureInPictureElement) return close();
    try {
      const api = whole();
      if (!api) {
        await call.pip.requestPictureInPicture();
        b.setAttribute("aria-pressed", "true");
        return;
      }
      small = await api.requestWindow({ width: 420, height: 280 });
      for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) small.document.head.append(sheet.cloneNode());
      small.document.documentElement.lang = document.documentElement.lang;
      small.document.documentElement.dataset.colorScheme = "dark";
      small.document.title = name.textContent ?? "";
      small.document.body.className = "pip";
      small.document.body.append(picture, h("p", { class: "pip__plate" }, name, clock));
      picture.srcObject = call.pip.srcObject;
      void picture.play().catch(() => {});
      small.addEventListener("pagehide", () => {
        small = undefined;
        picture.srcObject = null;
        b.setAttribute("aria-pressed", "false");
      });
      b.setAttribute("aria-pressed", "true");
      tick();
    } catch {
      // Refused, or there is no picture yet: the page still has it.
    }
  };
  const close = () => {
    small?.close();
    if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => {});
  };
  for (const v of call.videos) v.addEventListener("leavepictureinpicture", () => b.setAttribute("aria-pressed", "false"));

  const tick = () => {
    if (!small) return;
    const { you } = room.view;
    const left = talkLeft(you, room.at);
    plain(clock, left > -1000 ? clockText(left) : `+${clockText(-left - 999)}`);
    plain(name, you.lost ? `${you.candidate?.name ?? ""}, ${t("state.reconnecting")}` : you.candidate?.name);
    if (picture.srcObject !== call.pip.srcObject) {
      picture.srcObject = call.pip.srcObject;
      void picture.play().catch(() => {});
    }
  };
  return { element: b, tick, close, update: () => (b.hidden = !able || matchMedia("(pointer: coarse)").matches) };
}
