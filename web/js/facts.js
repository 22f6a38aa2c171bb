// What an interviewer should know of a candidate before and during the talk: adjustments he needs, his telephone, the
// recruiter's link to his application, whether he tried his devices before the day.
import { h, icon } from "./dom.js";
import { words } from "./ui.js";

/** @typedef {import("./types.js").QueueRow} Row */

export function facts() {
  const element = h("ul", { class: "facts", hidden: true });
  let shown = "";
  return {
    element,
    /** @param {Row | undefined} r */
    update: (r) => {
      const now = JSON.stringify([r?.needs, r?.phone, r?.link]);
      if (now === shown) return;
      shown = now;
      element.replaceChildren(
        ...[
          r?.needs && h("li", {}, icon("info"), h("span", {}, words("b", "facts.needs"), " ", h("span", { class: "plain-words" }, r.needs))),
          r?.link && https(r.link) && h("li", {}, icon("external"), h("a", { href: r.link, target: "_blank", rel: "noopener noreferrer", "data-act": "application" }, words("span", "facts.link"))),
          r?.phone && h("li", {}, icon("phone"), h("span", {}, words("span", "facts.phone"), " ", h("a", { href: `tel:${r.phone.replace(/[^\d+]/g, "")}` }, r.phone))),
        ].filter((e) => e instanceof HTMLElement),
      );
      element.hidden = element.childElementCount === 0;
    },
  };
}

/** Only what a browser opens as a page; the server allows nothing else either. @param {string} link */
function https(link) {
  return /^https:\/\//i.test(link);
}

/** Camera, microphone and network of somebody who waits, as three signs with one sentence for all. */
export function lights() {
  const signs = /** @type {const} */ ([["camera", "cam"], ["microphone", "mic"], ["network", "signal"]]).map(([kind, picture]) => ({
    kind,
    e: h("span", { class: "light" }, icon(picture)),
  }));
  const text = h("span", { class: "ds-sr-only" });
  const element = h("span", { class: "lights" }, ...signs.map((s) => s.e), text);
  return {
    element,
    text,
    /** @param {Row} r */
    update: (r) => {
      for (const { kind, e } of signs) e.dataset.light = r.devices?.[kind] || "unknown";
    },
  };
}
