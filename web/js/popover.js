// A small panel beside the button that opened it. The page behind it goes on and can be used: a queue that moves, a
// talk that runs. Escape and a press outside close it, unless something was typed in it; the focus goes back to where
// it was.
import { h } from "./dom.js";
import { closer, words } from "./ui.js";

/** @typedef {import("./i18n.js").Args} Args */
/** @typedef {import("./dom.js").Child} Child */

/** The room between a panel and its button or the window's edge, in px. */
const gap = 8;
/** Below this width the panel stands at the lower edge of the window, in px. */
const narrow = 720;

/** The open one; there is never more than one. @type {HTMLDialogElement | undefined} */
let open;

/** Closes what is open. */
export function closePopover() {
  open?.close();
}

/**
 * @param {HTMLElement} anchor the button it belongs to
 * @param {string} key the heading
 * @param {Args | undefined} args
 * @param {Child[]} children
 * @param {{class?: string}} [how]
 * @returns {HTMLDialogElement} its "close" event comes when it is closed
 */
export function popover(anchor, key, args, children, how = {}) {
  open?.close();
  const heading = words("h2", key, args, { class: "h3", id: "popover-title" });
  const d = h(
    "dialog",
    { class: `pop ${how.class ?? ""}`, "aria-labelledby": "popover-title" },
    h(
      "div",
      { class: "stack g4" },
      h("div", { class: "row row--split row--line" }, heading, closer(() => d.close())),
      ...children,
    ),
  );
  const was = document.activeElement;
  const place = () => settle(d, anchor);
  const typed = () => [...d.querySelectorAll("textarea, input:not([type])")].some((f) => /** @type {HTMLInputElement} */ (f).value.trim() !== "");
  const outside = (/** @type {Event} */ e) => {
    if (e.target instanceof Node && !d.contains(e.target) && !anchor.contains(e.target) && !typed()) d.close();
  };
  const escape = (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== "Escape" || e.defaultPrevented || document.querySelector("dialog:modal")) return;
    e.preventDefault();
    d.close();
  };
  const grown = new ResizeObserver(place);
  d.addEventListener("close", () => {
    open = undefined;
    grown.disconnect();
    window.removeEventListener("resize", place);
    document.removeEventListener("scroll", place, true);
    document.removeEventListener("pointerdown", outside);
    document.removeEventListener("keydown", escape);
    anchor.removeAttribute("aria-expanded");
    const back = d.contains(document.activeElement) || document.activeElement === document.body;
    d.remove();
    const to = anchor.isConnected && anchor.checkVisibility() ? anchor : was;
    if (back && to instanceof HTMLElement && to.isConnected) to.focus({ preventScroll: true });
  });
  document.body.append(d);
  open = d;
  anchor.setAttribute("aria-expanded", "true");
  d.show();
  place();
  window.addEventListener("resize", place);
  document.addEventListener("scroll", place, true);
  document.addEventListener("pointerdown", outside);
  document.addEventListener("keydown", escape);
  grown.observe(d);
  // The first thing to choose, not the button that closes.
  const first = d.querySelector("fieldset input:not(:disabled), fieldset button, textarea, .pop__first");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  return d;
}

/** Puts a panel under its button, or over it where there is more room. @param {HTMLElement} d @param {HTMLElement} anchor */
function settle(d, anchor) {
  const { style } = d;
  if (window.innerWidth < narrow || !anchor.isConnected) {
    for (const p of ["left", "top", "bottom", "max-height"]) style.removeProperty(p);
    return;
  }
  const a = anchor.getBoundingClientRect();
  const below = window.innerHeight - a.bottom - 2 * gap;
  const above = a.top - 2 * gap;
  const under = below >= Math.min(d.scrollHeight, 320) || below >= above;
  // Inside the card that the button belongs to, where it is wide enough.
  const card = anchor.closest(".sheet, .stage")?.getBoundingClientRect();
  const right = Math.min(window.innerWidth - gap, card ? card.right - gap : Number.POSITIVE_INFINITY);
  const left = Math.max(gap, Math.min(a.left, right - d.offsetWidth));
  style.left = `${left}px`;
  // Beside a tall page there is always this much to see.
  style.maxHeight = `${Math.max(240, under ? below : above)}px`;
  if (under) {
    style.top = `${Math.max(gap, Math.min(a.bottom + gap, window.innerHeight - 240 - gap))}px`;
    style.bottom = "auto";
  } else {
    style.top = "auto";
    style.bottom = `${Math.max(gap, window.innerHeight - a.top + gap)}px`;
  }
}
