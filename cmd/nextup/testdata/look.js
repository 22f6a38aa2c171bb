// What is wrong with a page as it stands, as a list of sentences. It is given the language of the page and the texts
// of all catalogues. The last line is filled in by the test.
((lang, catalogues) => {
  const faults = [];
  const say = (fault) => faults.includes(fault) || faults.push(fault);
  const name = (e) => `<${e.tagName.toLowerCase()}${e.id && ` id=${e.id}`}${e.classList?.length ? ` class="${[...e.classList].join(" ")}"` : ""}>`;
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true });

  if (document.documentElement.lang !== lang) say(`the page says it is in ${document.documentElement.lang}, not ${lang}`);

  // Nothing sticks out to the side. What lies in a part that scrolls by itself, or is cut off on purpose, does not.
  const root = document.documentElement;
  const width = root.clientWidth;
  if (root.scrollWidth > width) say(`the page is ${root.scrollWidth} wide in a window of ${width}`);
  const boxed = (e) => {
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
      if (getComputedStyle(p).overflowX !== "visible") return true;
    }
    return false;
  };
  for (const e of document.body.querySelectorAll("*")) {
    const r = e.getBoundingClientRect();
    if (r.width < 2 || r.height < 2 || !seen(e) || boxed(e) || e.closest("svg") !== (e.tagName === "svg" ? e : null)) continue;
    if (r.right > width + 1 || r.left < -1) say(`${name(e)} sticks out of the window: ${Math.round(r.left)} to ${Math.round(r.right)} of ${width}`);
  }
  // Words in buttons and pills are not cut off.
  for (const e of document.querySelectorAll("button, a.ds-button, .state, .ctl")) {
    if (!seen(e) || e.closest(".ds-sr-only, .ds-skip-link")) continue;
    if (e.scrollWidth > e.clientWidth + 2 && e.clientWidth > 2 && getComputedStyle(e).display !== "inline") say(`the words of ${name(e)} "${e.innerText}" do not fit`);
  }

  // Every text is one of the page's language: no catalogue key, no open placeholder, nothing left over from another.
  const first = new Set(Object.keys(catalogues.en).map((k) => k.split(".")[0]));
  const pattern = (text) => new RegExp(`^${text.split(/\{\w+\}/).map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join(".{0,80}?")}$`, "s");
  const telling = (text) => text.replace(/\{\w+\}/g, "").replace(/[^\p{L}]/gu, "").length > 3;
  // What is made of a catalogue is kept in the page: it is looked at in every language, and more than once.
  const kept = (window.__looked ??= {});
  const made = (l) => {
    if (kept[l]) return kept[l];
    const all = Object.values(catalogues[l]).map((text) => text.trim()).filter(telling);
    const open = all.filter((text) => text.includes("{"));
    return (kept[l] = { all: new Set(all), closed: all.filter((text) => !text.includes("{")), patterns: open.map(pattern) });
  };
  const own = made(lang);
  const ownWords = own.all;
  const ownPatterns = own.patterns;
  const others = Object.keys(catalogues).filter((l) => l !== lang);
  const otherWords = new Map(others.flatMap((l) => made(l).closed.map((text) => [text, l])));
  const otherPatterns = others.flatMap((l) => made(l).patterns.map((p) => [p, l]));
  const check = (text, where) => {
    text = text.trim();
    if (!text) return;
    for (const word of text.match(/[a-z][A-Za-z0-9]*(\.[A-Za-z0-9_-]+)+/g) ?? []) {
      if (first.has(word.split(".")[0]) && !text.includes("@") && !text.includes("://")) say(`${where} shows the key ${word}`);
    }
    if (/\{\w+\}/.test(text)) say(`${where} shows an open placeholder: ${text}`);
    if (/\b(undefined|NaN|null)\b|\[object/.test(text)) say(`${where} shows ${text}`);
    if (ownWords.has(text) || ownPatterns.some((p) => p.test(text))) return;
    const from = otherWords.get(text) ?? otherPatterns.find(([p]) => p.test(text))?.[1];
    if (from) say(`${where} says "${text}" in ${from}`);
  };
  const foreign = (e) => e.closest("[lang]") !== root || e.closest("script, style, template, noscript, pre, textarea");
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let n = walk.nextNode(); n; n = walk.nextNode()) {
    const e = n.parentElement;
    if (e && seen(e) && !foreign(e)) check(n.data, name(e));
  }
  for (const e of document.querySelectorAll("[aria-label], [placeholder], [title], [alt], optgroup[label]")) {
    if (!seen(e) || foreign(e)) continue;
    for (const a of ["aria-label", "placeholder", "title", "alt", "label"]) if (e.getAttribute(a)) check(e.getAttribute(a), `${a} of ${name(e)}`);
  }
  check(document.title, "the title");
  return faults;
})(LANG, CATALOGUES)
