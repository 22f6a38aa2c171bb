// Parts that the live pages are put together from. Words are catalogue keys, so that a language switch rewrites them
// where they stand.
import { h, icon } from "./dom.js";
import { say, t } from "./i18n.js";

/** @typedef {import("./i18n.js").Args} Args */
/** @typedef {import("./dom.js").Child} Child */

/**
 * An element with a text of the catalogue.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {string} key
 * @param {Args} [args]
 * @param {Record<string, unknown>} [props]
 */
export function words(tag, key, args, props) {
  const e = h(tag, props);
  say(e, key, args);
  return e;
}

/**
 * A button. `act` names it for tests and scripts and is never shown.
 * @param {{key: string, args?: Args, icon?: string, trailing?: string, class?: string, variant?: "secondary" | "tertiary",
 *   act?: string, press: (e: MouseEvent) => unknown, props?: Record<string, unknown>}} b
 * @returns {HTMLButtonElement}
 */
export function button(b) {
  return h(
    "button",
    {
      type: "button",
      class: b.class ?? "ds-button",
      "data-variant": b.variant,
      "data-act": b.act,
      on: { click: b.press },
      ...b.props,
    },
    b.icon && icon(b.icon),
    words("span", b.key, b.args),
    b.trailing && icon(b.trailing),
  );
}

/** Changes the words of a button. @param {HTMLElement} b @param {string} key @param {Args} [args] */
export function relabel(b, key, args) {
  const span = b.querySelector(":scope > [data-i18n]");
  if (span) say(span, key, args);
}

/**
 * Gives an element a text that no catalogue knows, such as a name or a figure.
 * @param {Element} e
 * @param {string} [text]
 */
export function plain(e, text = "") {
  e.removeAttribute("data-i18n");
  e.removeAttribute("data-i18n-args");
  if (e.textContent !== text) e.textContent = text;
}

/**
 * Shows a node in a place, unless the same is there already: what has the focus or is being read stays.
 * @param {Element} place
 * @param {Element} node
 */
export function swap(place, node) {
  const now = place.firstElementChild;
  if (!now || now.outerHTML !== node.outerHTML || place.childElementCount > 1) place.replaceChildren(node);
}

/**
 * Makes a button do its work once: it is dead until the promise settles.
 * @param {HTMLButtonElement} b
 * @param {() => Promise<unknown>} work
 */
export async function busy(b, work) {
  if (b.getAttribute("aria-disabled") === "true") return;
  b.setAttribute("aria-disabled", "true");
  b.setAttribute("aria-busy", "true");
  try {
    await work();
  } finally {
    b.removeAttribute("aria-disabled");
    b.removeAttribute("aria-busy");
  }
}

/**
 * A status: shape, word, colour.
 * @param {"" | "ok" | "wait" | "bad" | "act"} tone
 * @param {string} picture
 * @param {string} key
 * @param {Args} [args]
 * @param {{pill?: boolean, class?: string, tag?: "span" | "p"}} [how]
 */
export function state(tone, picture, key, args, how = {}) {
  const classes = ["state", how.pill && "state--pill", tone && `state--${tone}`, how.class].filter(Boolean).join(" ");
  return h(how.tag ?? "span", { class: classes }, icon(picture), words("span", key, args));
}

/**
 * A notice with a title and a sentence.
 * @param {"wait" | "bad" | "ok" | "act"} tone
 * @param {string} picture
 * @param {string} title
 * @param {{text?: string, args?: Args, role?: string, extra?: Child[]}} [more]
 */
export function note(tone, picture, title, more = {}) {
  return h(
    "div",
    { class: `note note--${tone}`, role: more.role },
    icon(picture),
    words("p", title, more.args, { class: "strong" }),
    more.text && words("p", more.text, more.args),
    ...(more.extra ?? []),
  );
}

/**
 * A modal dialog that goes away when it is closed; the browser gives the focus back to where it was.
 * @param {string} key the heading
 * @param {Args | undefined} args
 * @param {Child[]} children
 * @param {{class?: string, label?: boolean}} [how]
 * @returns {HTMLDialogElement}
 */
export function dialog(key, args, children, how = {}) {
  const heading = words("h2", key, args, { class: "h3", id: "dialog-title" });
  const d = h(
    "dialog",
    { class: `live-dialog ${how.class ?? ""}`, "aria-labelledby": "dialog-title" },
    h(
      "div",
      { class: "stack g4" },
      h("div", { class: "row row--split row--line" }, heading, closer(() => d.close())),
      ...children,
    ),
  );
  d.addEventListener("close", () => d.remove());
  // A press on the backdrop closes, as people expect; presses inside have other targets.
  d.addEventListener("click", (e) => {
    if (e.target === d) d.close();
  });
  document.body.append(d);
  d.showModal();
  return d;
}

/** @param {() => void} press */
export function closer(press) {
  return button({ key: "common.close", icon: "x", class: "quiet", press });
}

/**
 * Asks before something that cannot be undone.
 * @param {{title: string, text: string, yes: string, no: string, args?: Args, act: string}} q
 * @returns {Promise<boolean>}
 */
export function sure(q) {
  return new Promise((resolve) => {
    let answer = false;
    const end = (/** @type {boolean} */ a) => {
      answer = a;
      d.close();
    };
    const d = dialog(q.title, q.args, [
      words("p", q.text, q.args),
      h(
        "div",
        { class: "row" },
        button({ key: q.yes, args: q.args, act: q.act, press: () => end(true) }),
        button({ key: q.no, args: q.args, variant: "tertiary", press: () => end(false) }),
      ),
    ]);
    d.addEventListener("close", () => resolve(answer));
  });
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * A drawing. Attributes as in SVG; children are more drawings or text.
 * @param {string} tag
 * @param {Record<string, string | number>} attributes
 * @param {...(SVGElement | string)} children
 * @returns {SVGElement}
 */
export function draw(tag, attributes, ...children) {
  const e = document.createElementNS(SVG, tag);
  for (const [k, v] of Object.entries(attributes)) e.setAttribute(k, String(v));
  e.append(...children);
  return e;
}

/** The dots of an ended or empty state. @param {"cancelled" | "done" | "waiting"} kind */
export function dots(kind) {
  return draw(
    "svg",
    { class: "art", viewBox: "0 0 224 120", "aria-hidden": "true" },
    draw("circle", { class: "a0", cx: 52, cy: 84, r: 20 }),
    draw("circle", { class: "a0", cx: 108, cy: 84, r: 20 }),
    draw("circle", { class: kind === "done" ? "d1" : "a1", cx: 170, cy: 46, r: 26 }),
  );
}

/** The sentence for a refused command. @param {unknown} e */
export function refusal(e) {
  const code = e instanceof Error && "code" in e ? String(e.code) : "";
  const key = `error.${code}`;
  const text = code ? t(key) : "";
  return !text || text === key ? t("live.refused") : text;
}

/** Two letters for a person without a picture. @param {string} name */
export function initials(name) {
  const parts = name.trim().split(/\s+/);
  const first = parts[0]?.[0] ?? "";
  const last = parts.length > 1 ? (parts[parts.length - 1]?.[0] ?? "") : "";
  return (first + last).toLocaleUpperCase();
}

/** @param {string} name @returns {string} the first of a person's names */
export function firstName(name) {
  return name.trim().split(/\s+/)[0] ?? name;
}

/** One short sentence at the lower edge, spoken politely, gone by itself. @param {string} text */
export function toast(text) {
  let region = document.getElementById("toast");
  if (!region) {
    region = h("div", { id: "toast", class: "live-toast", role: "status" });
    document.body.append(region);
  }
  const r = region;
  r.textContent = text;
  window.clearTimeout(Number(r.dataset.timer));
  r.dataset.timer = String(window.setTimeout(() => (r.textContent = ""), 6000));
}
