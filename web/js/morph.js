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
  const kept = new Map();
  for (const c of old.children) {
    const key = keyOf(c);
    if (key) kept.set(key, c);
  }
  /** @type {ChildNode | null} */
  let at = old.firstChild;
  for (const f of fresh.childNodes) {
    const key = f instanceof Element || isElement(f) ? keyOf(/** @type {Element} */ (f)) : "";
    const there = key ? (kept.get(key) ?? null) : at && !isKeyed(at) && alike(at, f) ? at : null;
    if (!there) {
      old.insertBefore(document.importNode(f, true), at);
      continue;
    }
    if (there === at) at = there.nextSibling;
    else old.insertBefore(there, at);
    if (isElement(f)) morph(there, /** @type {Element} */ (f));
    else if (there.nodeValue !== f.nodeValue) there.nodeValue = f.nodeValue;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** @param {Element} old @param {Element} fresh */
function attributes(old, fresh) {
  for (const a of [...old.attributes]) if (!fresh.hasAttribute(a.name) && !readers.has(a.name)) old.removeAttribute(a.name);
  for (const a of fresh.attributes) if (!readers.has(a.name) && old.getAttribute(a.name) !== a.value) old.setAttribute(a.name, a.value);
}

/** Elements of another document are not of this window's classes. @param {Node} n */
function isElement(n) {
  return n.nodeType === Node.ELEMENT_NODE;
}

/** @param {Node} n */
function isKeyed(n) {
  return isElement(n) && keyOf(/** @type {Element} */ (n)) !== "";
}

/** @param {Element} e @returns {string} what an element is known by among its neighbours */
function keyOf(e) {
  const name = e.id || (e.getAttribute("data-key") ?? "");
  return name && `${e.localName} ${name}`;
}

/** @param {Node} a @param {Node} b */
function alike(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}
