// A round while it is looked at: the page as it would be now is asked for every other second and put in place of what
// changed. What holds the focus, is typed or folded open stays. Who answered is said once to those who only hear it.
import { pageAsNow } from "./asnow.js";
import { wake } from "./desk.js";
import { must } from "./dom.js";
import { morph } from "./morph.js";

const every = 2000; // ms
const most = 3; // names read out at a time

const root = must("[data-round]", HTMLElement);
const heard = must("[data-heard]", HTMLElement);
let tag = "";
let asking = false;

/** @param {ParentNode} within @returns {Map<string, {state: string, words: string}>} where everybody stands, by applicant */
function standing(within) {
  /** @type {Map<string, {state: string, words: string}>} */
  const all = new Map();
  for (const row of within.querySelectorAll("tr[data-name]")) {
    const cell = row.querySelector("[data-state]");
    const words = [cell?.querySelector(".state"), row.querySelector("[data-time] .strong")].map((e) => e?.textContent?.trim() ?? "").filter(Boolean);
    all.set(row.getAttribute("data-key") ?? "", {
      state: `${cell?.getAttribute("data-state")} ${row.querySelector("[data-time] time")?.getAttribute("datetime") ?? ""}`,
      words: `${row.getAttribute("data-name")}: ${words.join(", ")}`,
    });
  }
  return all;
}

/** @param {Document} page */
function show(page) {
  const fresh = page.querySelector("[data-round]");
  if (!fresh) return;
  // What this visit alone was told (what the last button did, or why it was refused) the next page knows nothing of.
  for (const kept of root.querySelectorAll("[data-keep]")) {
    const same = fresh.querySelector(`#${CSS.escape(kept.id)}`);
    if (same) same.replaceWith(kept.cloneNode(true));
    else fresh.querySelector("[data-head]")?.after(kept.cloneNode(true));
  }
  const before = standing(root);
  morph(root, fresh);
  wake(root);
  const news = [...standing(root)].filter(([id, now]) => before.has(id) && before.get(id)?.state !== now.state).map(([, now]) => now.words);
  if (news.length > 0) heard.textContent = `${news.slice(0, most).join(". ")}${news.length > most ? ` (+${news.length - most})` : ""}`;
}

function ask() {
  const from = root.dataset.round ?? "";
  if (asking || document.visibilityState !== "visible") return;
  asking = true;
  pageAsNow(from, tag, (page, its) => {
    asking = false;
    if (!page) return;
    tag = its;
    show(page);
  });
}

// One menu is open at a time; it closes with Esc and when something else is pressed.
document.addEventListener("click", (e) => {
  for (const open of root.querySelectorAll("details.more[open]")) {
    if (!(e.target instanceof Node) || !open.contains(e.target)) open.removeAttribute("open");
  }
});
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const open of root.querySelectorAll("details.more[open]")) {
    const within = open.contains(document.activeElement);
    open.removeAttribute("open");
    const summary = open.querySelector("summary");
    if (within && summary instanceof HTMLElement) summary.focus();
  }
});

// What was said of the last button is not said again after a reload, nor the summary of what was saved forgotten.
const here = new URL(location.href);
if (here.searchParams.has("done")) {
  here.searchParams.delete("done");
  here.searchParams.delete("n");
  history.replaceState(null, "", here.pathname + here.search + here.hash);
}

ask();
setInterval(ask, every);
document.addEventListener("visibilitychange", ask);
