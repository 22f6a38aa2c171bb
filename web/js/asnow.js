// A page as it would be now, for pages that are looked at while others change what they show.
import { language, rewrite } from "./i18n.js";

/**
 * Asks for a page. It comes in the language of this one, which may have been switched since it was asked for, here or
 * in another tab.
 * @param {string} from
 * @param {string} tag of the page that is here already, "" for none
 * @param {(page: Document | null, tag: string) => void} then null: it is the very page, or nothing came of it
 */
export function pageAsNow(from, tag, then) {
  // XMLHttpRequest reads HTML into a document without a parser of strings, which the Content-Security-Policy forbids.
  const x = new XMLHttpRequest();
  x.open("GET", from);
  x.responseType = "document";
  if (tag) x.setRequestHeader("If-None-Match", tag);
  x.onloadend = () => {
    // Anything else (the network is away, the sign-in has ended) leaves what stands; the next press says why.
    const page = x.status === 200 && new URL(x.responseURL).pathname === new URL(from, location.href).pathname ? x.responseXML : null;
    if (page && page.documentElement.lang !== language()) rewrite(page);
    then(page, x.getResponseHeader("ETag") ?? "");
  };
  x.send();
}
