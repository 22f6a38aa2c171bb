// Pasted HTML as Markdown: headings, lists, links, bold and italics; everything else is its text. The result is text
// and is only ever put into a field. It is read by a scanner and not by the browser's HTML parser, which would load
// pictures and is refused by require-trusted-types-for.

/** @type {Record<string, string>} */
const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " ", ndash: "–", mdash: "—", hellip: "…", bull: "•", aring: "å", auml: "ä", ouml: "ö", Aring: "Å", Auml: "Ä", Ouml: "Ö", oslash: "ø", Oslash: "Ø", aelig: "æ", AElig: "Æ", eacute: "é", Eacute: "É" };

/** @param {string} text */
function plain(text) {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{2,8}));/gi, (whole, hex, decimal, name) => {
    if (name) return named[name] ?? whole;
    const code = hex ? parseInt(hex, 16) : Number(decimal);
    return code > 31 && code <= 0x10ffff ? String.fromCodePoint(code) : " ";
  });
}

// What is not text at all.
const unseen = new Set(["script", "style", "head", "title", "template", "svg", "math", "iframe", "object", "noscript"]);
const blocks = new Set(["p", "div", "section", "article", "header", "footer", "main", "table", "tr", "blockquote", "pre", "address", "figure", "figcaption", "dl", "dt", "dd"]);

/**
 * @param {string} html
 * @returns {string}
 */
export function markdownOf(html) {
  let out = "";
  let skip = ""; // the element whose content is passed over
  /** @type {{ordered: boolean, n: number}[]} */
  const lists = [];
  /** @type {{href: string, from: number}[]} */
  const anchors = [];

  const gap = (/** @type {number} */ lines) => {
    out = out.replace(/[ \t]+$/, "");
    const have = /\n*$/.exec(out)?.[0].length ?? 0;
    if (out) out += "\n".repeat(Math.max(0, lines - have));
  };
  /** @type {{sign: string, from: number}[]} */
  const marks = [];
  let heading = false; // bold inside a heading says nothing
  let item = ""; // the sign of a list item that is written as a paragraph, as Word does, until its words come
  let inWordList = false;
  let counted = 0; // items of the list so far, where it counts
  let headingFrom = 0;
  let ignored = 0; // depth inside what Word marks to be ignored: the bullet itself
  // A mark goes round the words only: Markdown knows none round spaces, and none that spans paragraphs.
  const unmark = () => {
    const m = marks.pop();
    const inside = m ? out.slice(m.from) : "";
    const words = inside.trim();
    if (!m?.sign || !words || heading || words.includes("\n\n")) return;
    const at = inside.indexOf(words);
    out = out.slice(0, m.from) + inside.slice(0, at) + m.sign + words + m.sign + inside.slice(at + words.length);
  };

  for (const m of html.matchAll(/<!--[\s\S]*?-->|<[!?][^>]*>|<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>|([^<]+|<)/gi)) {
    const [, slash, name, attributes, text] = m;
    if (text !== undefined) {
      if (skip) continue;
      const words = plain(text).replace(/[\s\u00a0]+/g, " ");
      if (ignored > 0) {
        if (/^\s*[(]?[0-9a-zA-Z]{1,3}[.)]/.test(words)) item = item.replace(/-$/, `${(counted += 1)}.`);
        continue;
      }
      if (item && words.trim()) {
        out += `${item} `;
        item = "";
      }
      out += /(^|\n|\s)$/.test(out) ? words.replace(/^ /, "") : words;
      continue;
    }
    if (!name) continue;
    const tag = name.toLowerCase();
    const closing = slash === "/";
    if (skip) {
      if (closing && tag === skip) skip = "";
      continue;
    }
    if (unseen.has(tag)) {
      if (!closing && !/\/\s*$/.test(attributes ?? "")) skip = tag;
      continue;
    }
    if (ignored > 0) {
      if (tag === "span") ignored += closing ? -1 : 1;
      continue;
    }
    const style = attributes ?? "";
    if (tag === "p" && !closing && /mso-list:\s*l\d/i.test(style)) {
      const level = Number(/\blevel(\d)/i.exec(style)?.[1] ?? 1);
      gap(inWordList ? 1 : 2);
      if (!inWordList) counted = 0;
      inWordList = true;
      item = `${"  ".repeat(level - 1)}-`;
      continue;
    }
    if (tag === "p" && closing && inWordList) {
      item = "";
      continue;
    }
    if (tag === "span" && !closing && /mso-list:\s*ignore/i.test(style)) {
      ignored = 1;
      continue;
    }
    if (!closing && blocks.has(tag)) inWordList = false;
    if (/^h[1-6]$/.test(tag)) {
      if (closing) {
        while (marks.length > 0 && (marks[marks.length - 1]?.from ?? 0) >= headingFrom) unmark();
      }
      heading = !closing;
      gap(2);
      inWordList = false;
      headingFrom = out.length;
      if (!closing) out += `${"#".repeat(Number(tag[1]))} `;
    } else if (tag === "br") {
      out = `${out.replace(/[ \t]+$/, "")}\n`;
    } else if (tag === "hr") {
      gap(2);
      out += "---";
      gap(2);
    } else if (tag === "ul" || tag === "ol") {
      if (closing) lists.pop();
      else lists.push({ ordered: tag === "ol", n: 0 });
      gap(lists.length > 0 && !closing && lists.length > 1 ? 1 : 2);
    } else if (tag === "li") {
      gap(1);
      const inside = lists[lists.length - 1];
      if (!closing) {
        const sign = inside?.ordered ? `${++inside.n}.` : "-";
        out += `${"  ".repeat(Math.max(0, lists.length - 1))}${sign} `;
      }
    } else if (tag === "strong" || tag === "b" || tag === "em" || tag === "i") {
      // Google Docs wraps whole documents in <b style="font-weight:normal">.
      const sign = /font-weight:\s*normal/i.test(style) ? "" : tag === "strong" || tag === "b" ? "**" : "*";
      if (closing) unmark();
      else marks.push({ sign, from: out.length });
    } else if (tag === "span") {
      // Google Docs and web pages write bold and italics as styles.
      if (closing) unmark();
      else marks.push({ sign: /font-weight:\s*(bold|[6-9]00)/i.test(style) ? "**" : /font-style:\s*italic/i.test(style) ? "*" : "", from: out.length });
    } else if (tag === "a") {
      if (!closing) {
        const href = plain(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/i.exec(attributes ?? "")?.slice(1).find((v) => v !== undefined) ?? "");
        anchors.push({ href: /^(https?:|mailto:|tel:)/i.test(href) ? href : "", from: out.length });
      } else {
        const a = anchors.pop();
        const words = a ? out.slice(a.from) : "";
        if (a?.href && words.trim()) {
          const same = words.trim() === a.href || `mailto:${words.trim()}` === a.href;
          out = out.slice(0, a.from) + (same ? words : `[${words.replace(/[[\]]/g, "\\$&")}](${encodeURI(decoded(a.href)).replace(/[()]/g, percent)})`);
        }
      }
    } else if (tag === "td" || tag === "th") {
      if (!closing && !/(^|\s)$/.test(out)) out += " ";
    } else if (blocks.has(tag)) {
      const inItem = lists.length > 0;
      if (!inItem || closing) gap(inItem ? 1 : 2);
    }
  }
  return out
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}

/**
 * A link that is written with percent signs already is not written with them twice.
 * @param {string} href
 */
function decoded(href) {
  try {
    return decodeURI(href);
  } catch {
    return href;
  }
}

/** @param {string} c */
function percent(c) {
  return `%${c.charCodeAt(0).toString(16)}`;
}
