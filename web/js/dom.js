// Building and re-ordering elements. Words go in as text nodes only; nothing here parses HTML.

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element.
 *
 * Props: `class`, `text` (its text), `on` ({click: f}), `dataset` ({id: "7"}), anything else is an attribute:
 * true sets it empty, false, null and undefined leave it out.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {{class?: string, text?: string | number, on?: Record<string, (e: any) => void>, dataset?: Record<string, string>,
 *   [attribute: string]: unknown}} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props = {}, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") e.className = String(value);
    else if (name === "text") e.textContent = String(value);
    else if (name === "dataset") Object.assign(e.dataset, value);
    else if (name === "on") {
      for (const [type, f] of Object.entries(props.on ?? {})) e.addEventListener(type, f);
    } else if (name === "style" || name.startsWith("on")) {
      throw new Error(`${name}: the Content-Security-Policy refuses it`);
    } else e.setAttribute(name, value === true ? "" : String(value));
  }
  for (const c of children) {
    if (c === undefined || c === null || c === false) continue;
    e.append(c instanceof Node ? c : String(c));
  }
  return e;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * An icon of icons/icons.svg, hidden from screen readers: a word always stands beside it.
 * @param {string} name
 * @returns {SVGSVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", iconHref(name));
  svg.append(use);
  return svg;
}

/**
 * Changes the icon that an element already holds.
 * @param {Element} element
 * @param {string} name
 */
export function setIcon(element, name) {
  const use = element.querySelector("svg.icon use");
  if (use && use.getAttribute("href") !== iconHref(name)) use.setAttribute("href", iconHref(name));
}

/** @param {string} name */
function iconHref(name) {
  return `${document.documentElement.dataset.icons ?? ""}#${name}`;
}

/**
 * The element that must be there.
 * @template {Element} E
 * @param {string} selector
 * @param {new (...args: any[]) => E} type
 * @param {ParentNode} [within]
 * @returns {E}
 */
export function must(selector, type, within = document) {
  const e = within.querySelector(selector);
  if (!(e instanceof type)) throw new Error(`no ${type.name} at ${selector}`);
  return e;
}

/**
 * Makes a parent's children be one node for each item, in the items' order: known nodes are moved, new ones
 * made, gone ones removed. The node that holds the focus never moves (others move round it), so a live queue can
 * be worked with the keyboard while it changes; if it goes away, its neighbour gets the focus.
 * @template T
 * @template {HTMLElement} E
 * @param {HTMLElement} parent holds nothing but these nodes
 * @param {readonly T[]} items
 * @param {(item: T) => string} key unique among the items
 * @param {(item: T) => E} create
 * @param {(node: E, item: T) => void} [update] called for new and known nodes alike
 */
export function list(parent, items, key, create, update) {
  /** @type {Map<string, E>} */
  const known = new Map();
  for (const c of parent.children) known.set(/** @type {HTMLElement} */ (c).dataset.key ?? "", /** @type {E} */ (c));

  const nodes = items.map((item) => {
    const k = key(item);
    let node = known.get(k);
    known.delete(k);
    if (!node) {
      node = create(item);
      node.dataset.key = k;
    }
    update?.(node, item);
    return node;
  });

  const active = document.activeElement;
  const index = [...parent.children].findIndex((c) => c.contains(active));
  const lost = index >= 0 && [...known.values()].some((n) => n.contains(active));
  for (const gone of known.values()) gone.remove();

  // Backwards from the end to the pivot, then backwards from the pivot to the start; the pivot stays where it is.
  const pivot = nodes.findIndex((n) => n.contains(active));
  const place = (/** @type {number} */ from, /** @type {number} */ to, /** @type {Node | null} */ next) => {
    for (let i = from; i >= to; i--) {
      const node = /** @type {E} */ (nodes[i]);
      if (node.nextSibling !== next || node.parentNode !== parent) parent.insertBefore(node, next);
      next = node;
    }
  };
  place(nodes.length - 1, pivot + 1, null);
  if (pivot > 0) place(pivot - 1, 0, /** @type {E} */ (nodes[pivot]));

  if (lost) {
    const near = nodes[Math.min(index, nodes.length - 1)];
    const target = near?.querySelector("button, a[href], input, select, textarea, [tabindex]") ?? near ?? parent;
    if (target instanceof HTMLElement) {
      if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
  }
}
