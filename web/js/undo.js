// A short line at the lower edge that says what was done, with a way back. The way back stays elsewhere too (at the
// row), so nobody has to be quick.
import { h, icon } from "./dom.js";
import { say } from "./i18n.js";
import { busy, button, words } from "./ui.js";

/** How long the line stands, in ms; as long as the pointer or the focus is in it. */
const stays = 12_000;

/** @type {HTMLElement | undefined} */
let region;
let timer = 0;

/**
 * @param {string} key what was done
 * @param {import("./i18n.js").Args} args
 * @param {() => Promise<unknown>} undo
 */
export function offerUndo(key, args, undo) {
  if (!region) {
    region = h("div", { class: "undo", role: "status" });
    document.body.append(region);
  }
  const r = region;
  const back = button({
    key: "undo.undo",
    class: "undo__back",
    act: "undo",
    press: () => void busy(back, async () => {
      await undo();
      clear();
    }),
  });
  const text = h("span", {});
  say(text, key, args);
  const close = h("button", { type: "button", class: "undo__back", on: { click: clear } }, icon("x"), words("span", "common.close", undefined, { class: "ds-sr-only" }));
  r.replaceChildren(text, back, close);
  window.clearTimeout(timer);
  timer = window.setTimeout(function gone() {
    if (r.matches(":hover, :focus-within")) timer = window.setTimeout(gone, 2000);
    else clear();
  }, stays);
}

/** Takes the line away. */
export function clear() {
  window.clearTimeout(timer);
  region?.replaceChildren();
}
