// The overview of one session, kept fresh: states, mails and new candidates are asked for every other second while
// the page is looked at. Nothing that holds the focus is moved or replaced.
import { board, readiness } from "./board.js";
import { wake } from "./desk.js";
import { h, icon, list, must } from "./dom.js";
import { ready, say, when } from "./i18n.js";

const every = 2000; // ms

/** @typedef {{key: string, icon: string, tone: string}} State */
/** @typedef {State & {cause?: string, codes?: string}} Sent */
/** @typedef {{id: string, state: State, locked: boolean, sent?: Sent}} Person */
/** @typedef {Person & {name: string, page: string, language: string, registered: string, link: string, tested: boolean, gone: boolean}} Candidate */
/** @typedef {{state: string, registered: number, waiting: number, talking: number, interviewers: Person[], candidates: Candidate[], board?: import("./board.js").Board}} Now */

const main = must("[data-overview]", HTMLElement);
const source = main.dataset.overview ?? "";
const zone = document.querySelector("time[data-zone]")?.getAttribute("data-zone") ?? undefined;
const place = main.querySelector("[data-board]");
const showBoard = place instanceof HTMLElement ? board(place, source.replace(/\/now$/, ""), zone) : null;
/** What the server called its last answer. */
let tag = "";

/**
 * @param {State} s
 * @param {boolean} [marked] marks the element as the one that setState changes
 */
function stateNode(s, marked = false) {
  const words = h("span");
  say(words, s.key, { count: 0 });
  return h("span", { class: s.tone ? `state state--${s.tone}` : "state", "data-state": marked }, icon(s.icon), words);
}

/**
 * @param {Element | null} holder
 * @param {Sent | undefined} sent
 */
function setSent(holder, sent) {
  if (!(holder instanceof HTMLElement)) return;
  const shown = JSON.stringify(sent ?? null);
  if (holder.dataset.shown === shown) return;
  holder.dataset.shown = shown;
  if (!sent) {
    const none = h("span", { class: "soft" });
    say(none, "delivery.none");
    holder.replaceChildren(none);
    return;
  }
  holder.replaceChildren(stateNode(sent));
  if (!sent.cause) return;
  const words = h("span");
  say(words, sent.cause);
  holder.append(h("br"), h("span", { class: "small soft" }, words, sent.codes ? ` (${sent.codes})` : ""));
}

/**
 * @param {Element} row
 * @param {State} s
 */
function setState(row, s) {
  const old = row.querySelector("[data-state]");
  if (!old || old.querySelector("[data-i18n]")?.getAttribute("data-i18n") === s.key) return;
  old.replaceWith(stateNode(s, true));
}

/** @param {Candidate} c */
function candidateRow(c) {
  const language = h("span");
  if (c.language) say(language, `language.${c.language}`); // erased people speak none
  const words = h("span");
  say(words, "overview.personalLink");
  const at = new Date(c.registered);
  return h(
    "tr",
    { dataset: { id: c.id } },
    h("th", { scope: "row" }, h("a", { href: c.page, text: c.name })),
    h("td", { class: "n" }, h("time", { datetime: c.registered, "data-format": "short", "data-zone": zone, text: when(at, "short", zone) })),
    h("td", {}, h("span", { "data-sent": true })),
    h("td", {}, stateNode(c.state, true)),
    h("td", { "data-tested": true }),
    h("td", {}, language),
    h("td", {}, c.gone ? null : h("button", { class: "quiet quiet--link", type: "button", "data-copy": c.link }, icon("copy"), words, h("span", { class: "ds-sr-only", text: ` ${c.name}` }))),
  );
}

/**
 * @param {Element | null} cell
 * @param {boolean} tested
 */
function setTested(cell, tested) {
  const key = tested ? "board.testedYes" : "board.testedNo";
  if (!cell || cell.querySelector("[data-i18n]")?.getAttribute("data-i18n") === key) return;
  cell.replaceChildren(stateNode(tested ? { key, icon: "ok", tone: "ok" } : { key, icon: "here", tone: "" }));
}

/**
 * @param {Now} now
 * @returns {boolean} whether everything is shown; if not, the same answer is wanted once more
 */
function show(now) {
  // The page's buttons follow the state: a new state is a new page, but never under somebody's hands.
  const moved = now.state !== main.dataset.shown;
  if (moved && !busy()) {
    if (now.state === "closed") location.assign(`${location.pathname}/summary`); // all talks are done
    else location.reload();
    return true;
  }
  if (now.board && showBoard) showBoard(now.board, now.state === "closed");
  for (const i of now.interviewers) {
    const row = main.querySelector(`[data-interviewers] tr[data-id="${CSS.escape(i.id)}"]`);
    if (!row) continue;
    setState(row, i.state);
    setSent(row.querySelector("[data-sent]"), i.sent);
    row.querySelector("[data-locked]")?.toggleAttribute("hidden", !i.locked);
  }
  const body = main.querySelector("tbody[data-candidates]");
  if (!(body instanceof HTMLElement)) return !moved;
  list(body, now.candidates, (c) => c.id, candidateRow, (row, c) => {
    setState(row, c.state);
    setSent(row.querySelector("[data-sent]"), c.sent);
    if (!c.gone) setTested(row.querySelector("[data-tested]"), c.tested);
  });
  readiness(main.querySelector("[data-ready]"), now.candidates.filter((c) => c.tested && !c.gone).length, now.registered);
  wake(body);
  main.querySelector("[data-table]")?.toggleAttribute("hidden", now.candidates.length === 0);
  main.querySelector("[data-none]")?.toggleAttribute("hidden", now.candidates.length > 0);
  const count = main.querySelector("[data-registered] [data-i18n]");
  if (count) {
    const places = JSON.parse(count.getAttribute("data-i18n-args") ?? "{}").places ?? "";
    say(count, "overview.of", { count: now.registered, places });
  }
  const queue = main.querySelector("[data-queue]");
  if (queue && (now.talking || now.waiting || queue.childElementCount > 0)) {
    let [talking, waiting] = queue.querySelectorAll("[data-i18n]");
    if (!talking || !waiting) {
      talking = h("span");
      waiting = h("span");
      queue.replaceChildren(talking, ", ", waiting);
    }
    say(talking, "list.talking", { count: now.talking });
    say(waiting, "list.waiting", { count: now.waiting });
  }
  return !moved;
}

/** Whether somebody has something open or in hand here. */
function busy() {
  const active = document.activeElement;
  return (active !== null && active !== document.body && main.contains(active)) || [...main.querySelectorAll("details[open]")].some((d) => !d.parentElement?.closest("details:not([open])"));
}

async function ask() {
  if (document.visibilityState !== "visible") return;
  try {
    const answer = await fetch(source, { headers: { Accept: "application/json", ...(tag ? { "If-None-Match": tag } : {}) }, cache: "no-store", redirect: "error" });
    if (answer.status !== 200) return; // 304: nothing has changed
    tag = show(await answer.json()) ? (answer.headers.get("ETag") ?? "") : "";
  } catch {
    // The network is away, or the sign-in has ended: what stands here stays, and the next press says why.
  }
}

await ready;
show(JSON.parse(must("#boot", HTMLScriptElement).textContent ?? ""));
setInterval(ask, every);
document.addEventListener("visibilitychange", ask);
