// Makes one tree of elements like another, in place: what stays the same element keeps its focus, its scroll position,
// what is typed into it, and whether it is folded open.

/** What the reader does on the page, and the server knows nothing of. */
const readers = new Set(["open", "hidden"]);

/**
 * @param {Element} old is changed
 * @param {Element} fresh may be of another document; it is not changed
 */
export function morph(old, fresh) {
  attributes(old, fresh);
  /** @type {Map<string, ChildNode>} */
  const kept = new Map();
  for (const c of old.children) if (keyOf(c)) kept.set(keyOf(c), c);
  const wanted = new Set([...fresh.children].map(keyOf));
  const stays = (/** @type {Node} */ n) => keyOf(n) !== "" && wanted.has(keyOf(n));
  /** @type {ChildNode | null} */
  let at = old.firstChild;
  for (const f of fresh.childNodes) {
    const there = keyOf(f) ? kept.get(keyOf(f)) : next(at, f, stays);
    if (!there) {
      old.insertBefore(document.importNode(f, true), at);
      continue;
    }
    // What lies between is gone from the page. To remove it, rather than to move what stays, keeps the focus.
    while (at && at !== there && !stays(at)) at = drop(at);
    if (there === at) at = there.nextSibling;
    else old.insertBefore(there, at);
    if (there instanceof Element) morph(there, /** @type {Element} */ (f));
    else if (there.nodeValue !== f.nodeValue) there.nodeValue = f.nodeValue;
  }
  while (at) at = drop(at);
}

/** @param {ChildNode} n @returns {ChildNode | null} what follows it */
function drop(n) {
  const after = n.nextSibling;
  n.remove();
  return after;
}

/**
 * The one of the remaining children that a nameless node is made from.
 * @param {ChildNode | null} at
 * @param {Node} f
 * @param {(n: Node) => boolean} stays
 */
function next(at, f, stays) {
  if (f.nodeType !== Node.ELEMENT_NODE) return at && at.nodeType === f.nodeType ? at : undefined;
  for (let n = at; n && !stays(n); n = n.nextSibling) {
    if (n instanceof Element && !keyOf(n) && n.nodeName === f.nodeName && n.className === /** @type {Element} */ (f).className) return n;
  }
  return at instanceof HTMLElement && !keyOf(at) && at.nodeName === f.nodeName ? at : undefined;
}

/** @param {Element} old @param {Element} fresh */
function attributes(old, fresh) {
  for (const a of [...old.attributes]) if (!fresh.hasAttribute(a.name) && !readers.has(a.name)) old.removeAttribute(a.name);
  for (const a of fresh.attributes) if (!readers.has(a.name) && old.getAttribute(a.name) !== a.value) old.setAttribute(a.name, a.value);
}

/** @param {Node} n @returns {string} what an element is known by among its neighbours, "" if by nothing */
function keyOf(n) {
  if (n.nodeType !== Node.ELEMENT_NODE) return "";
  const e = /** @type {Element} */ (n);
  const name = e.id || e.getAttribute("data-key") || e.getAttribute("aria-labelledby");
  return name ? `${e.localName} ${name}` : "";
}
