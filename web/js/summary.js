// The summary while it is looked at: the page as it would be now is asked for every few seconds and put in place of
// what changed. Narrowing and sorting ask at once. Without scripts the same form is sent as a form.
import { pageAsNow } from "./asnow.js";
import { wake } from "./desk.js";
import { must } from "./dom.js";
import { morph } from "./morph.js";

const every = 4000; // ms
const typing = 250; // ms after the last letter

const main = must("#main", HTMLElement);
let tag = "";
let asking = false;
let again = false;

/** Where the page as it is now is found; it moves with the filter. */
function source() {
  return main.querySelector("[data-summary]")?.getAttribute("data-summary") ?? "";
}

/** @param {string} from */
function ask(from) {
  if (asking) {
    again = true;
    return;
  }
  asking = true;
  pageAsNow(from, tag, (page, its) => {
    asking = false;
    const fresh = page?.getElementById("main");
    if (fresh) {
      tag = its;
      morph(main, fresh);
      wake(main);
    }
    if (again) {
      again = false;
      narrow();
    }
  });
}

/** Asks for what the form says, and makes it the page's address. */
function narrow() {
  const form = main.querySelector("form[data-filter]");
  if (!(form instanceof HTMLFormElement)) return;
  const q = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value && !(name === "sort" && value === "time")) q.append(name, value);
  const query = q.size > 0 ? `?${q}` : "";
  const path = new URL(form.action).pathname;
  history.replaceState(null, "", path + query);
  const pdf = main.querySelector("a[data-act=pdf]");
  if (pdf instanceof HTMLAnchorElement) pdf.href = `${path}.pdf${query}`;
  tag = "";
  ask(`${path}/now${query}`);
}

let timer = 0;
main.addEventListener("input", (e) => {
  if (!(e.target instanceof Element) || !e.target.closest("form[data-filter]")) return;
  window.clearTimeout(timer);
  timer = window.setTimeout(narrow, e.target instanceof HTMLInputElement ? typing : 0);
});
main.addEventListener("submit", (e) => {
  if (!(e.target instanceof Element) || !e.target.matches("form[data-filter]")) return;
  e.preventDefault();
  window.clearTimeout(timer);
  narrow();
});

function look() {
  if (document.visibilityState === "visible" && source()) ask(source());
}
setInterval(look, every);
document.addEventListener("visibilitychange", look);
