// An applicant's personal page. Times that others take go away and times that are given back come while he looks;
// what he has chosen stays chosen. Choosing books nothing: the form does, and works without this.
import { recall, remember, storage } from "./boot.js";
import { h, icon, list, must } from "./dom.js";
import { ready, say, t, when } from "./i18n.js";

/** How often the page asks, in ms: while it is looked at, and while it is not. */
const every = { seen: 2000, hidden: 5000 };

/** After this long without an answer he may confirm again, in ms. */
const answerWithin = 8000;

/** @typedef {{id: string, start: string, end: string, from: string, to: string, own?: boolean}} Time */
/** @typedef {{date: string, video: boolean, address?: string, times: Time[]}} Day */
/** @typedef {{page: string, days: Day[]}} Times */

const page = must("[data-personal]", HTMLElement);
const source = page.dataset.personal ?? "";
const zone = page.dataset.zone ?? "";
const form = page.querySelector("form[data-choose]");
const days = page.querySelector("[data-days]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
/** What the server called its last answer. */
let tag = "";
/** The form is on its way: what it shows must not change any more. */
let sent = false;

/** @returns {HTMLInputElement[]} */
const radios = () => (days ? /** @type {HTMLInputElement[]} */ ([...days.querySelectorAll("input[type=radio]")]) : []);
const chosen = () => radios().find((r) => r.checked);
const key = `nextup.choice.${source}`;

/** A time as a sentence names it. @param {string} start */
const named = (start) => `${when(new Date(start), "date", zone)} ${when(new Date(start), "clock", zone)}`;

/** Writes the time on the reader's own clock beside each, where his clock shows another one. */
function beside() {
  let other = false;
  for (const note of page.querySelectorAll("[data-here]")) {
    if (!(note instanceof HTMLElement)) continue;
    const at = new Date(note.dataset.start ?? "");
    // Stockholm and Oslo have two names and one time.
    note.hidden = when(at, "full", zone) === when(at, "full", own);
    if (note.hidden) continue;
    other = true;
    const same = when(at, "date", zone) === when(at, "date", own);
    say(note, "personal.here", { time: same ? when(at, "clock", own) : when(at, "short", own) });
  }
  const about = page.querySelector("[data-own-note]");
  if (!(about instanceof HTMLElement)) return;
  about.hidden = !other;
  if (other) say(about, "personal.ownNote");
}

/** Repeats what is chosen beside the button that confirms it. */
function dock() {
  const place = page.querySelector("[data-chosen]");
  const go = page.querySelector("[data-act=confirm]");
  if (!(place instanceof HTMLElement) || !(go instanceof HTMLElement)) return;
  const r = chosen();
  if (r) {
    go.removeAttribute("aria-disabled");
    const at = new Date(r.dataset.start ?? "");
    const where = r.closest("fieldset")?.querySelector(".plain-state");
    place.replaceChildren(
      h("p", { class: "strong capital" }, timeOf(at, "date"), " ", timeOf(at, "clock")),
      h("p", { class: "soft small" }, ...[...(where?.children ?? [])].filter((c) => c.tagName === "SPAN").map((c) => c.cloneNode(true))),
    );
  } else {
    go.setAttribute("aria-disabled", "true");
    const words = h("span");
    say(words, "personal.dock.empty");
    place.replaceChildren(h("p", { class: "soft" }, words));
  }
}

/** @param {Date} at @param {string} format */
function timeOf(at, format) {
  return h("time", { datetime: at.toISOString(), "data-format": format, "data-zone": zone, text: when(at, format, zone) });
}

/** @param {string} key @param {import("./i18n.js").Args} [args] */
function words(key, args) {
  const e = h("span");
  say(e, key, args);
  return e;
}

/** @param {Day} d */
function dayNode(d) {
  const first = new Date(d.times[0]?.start ?? "");
  const place = d.video ? [icon("cam"), words("personal.video")] : [icon("pin"), d.address ? h("span", { text: d.address }) : words("personal.placeLater")];
  return h(
    "fieldset",
    { class: "stack g2" },
    h(
      "legend",
      { class: "full" },
      h("span", { class: "dayhead" }, h("span", { class: "capital" }, timeOf(first, "date"))),
      h("span", { class: "state plain-state" }, ...place),
    ),
    h("div", { class: "sheet sheet--flush" }),
  );
}

/** @param {Time} x */
function timeNode(x) {
  return h(
    "label",
    { class: "slot" },
    h("input", { class: "ds-input", type: "radio", name: "slot", value: x.id, required: true, autocomplete: "off", "data-start": x.start }),
    h("span", {}, words("personal.span", { from: x.from, to: x.to }), x.own && h("span", { class: "state state--ok personal-own" }, icon("ok"), words("personal.own"))),
    h("span", { class: "soft", "data-start": x.start, "data-here": true, hidden: true }),
  );
}

/** @param {Times} now */
function show(now) {
  if (now.page !== page.dataset.tag || (form && now.days.length === 0)) {
    // Another page now: closed, moved, cancelled, the lobby open. A GET shows it; what was chosen is remembered.
    location.replace(page.dataset.page ?? location.pathname);
    return;
  }
  if (!(days instanceof HTMLElement)) return;
  const before = new Set(radios().map((r) => r.value));
  const picked = chosen();
  const gone = picked && !now.days.some((d) => d.times.some((x) => x.id === picked.value)) ? picked.dataset.start : undefined;
  list(days, now.days, (d) => d.date, dayNode, (node, d) => list(must(".sheet", HTMLElement, node), d.times, (x) => x.id, timeNode));
  if (gone) {
    const notice = page.querySelector("[data-gone]");
    if (notice instanceof HTMLElement) {
      notice.hidden = false;
      say(must(".strong", HTMLElement, notice), "personal.live.taken", { time: capital(named(gone)) });
    }
    speak(`${t("personal.live.taken", { time: capital(named(gone)) })}. ${t("personal.live.rest")}`);
    remember(storage("session"), key, undefined);
  } else if (radios().some((r) => !before.has(r.value))) {
    speak(t("personal.live.more"));
  }
  beside();
  dock();
}

/** @param {string} s */
const capital = (s) => s.charAt(0).toLocaleUpperCase() + s.slice(1);

/** Says something once, politely. @param {string} text */
function speak(text) {
  const region = page.querySelector("[data-said]");
  if (region) region.textContent = text;
}

async function ask() {
  if (sent) return;
  try {
    const answer = await fetch(source, { headers: { Accept: "application/json", ...(tag ? { "If-None-Match": tag } : {}) }, cache: "no-store", redirect: "error" });
    if (sent || answer.status === 304) return;
    if (answer.ok) {
      const now = await answer.json();
      if (sent) return;
      tag = answer.headers.get("ETag") ?? "";
      show(now);
    } else if (answer.status === 404 || answer.status === 410) {
      location.replace(page.dataset.page ?? location.pathname); // its own page says why
    }
  } catch {
    // The network is away: what stands here stays, and confirming tells how it is.
  }
}

/** The first thing a person does here tells the recruiter that the invitation was opened; a scanner does nothing. */
function opened() {
  const to = page.dataset.opened;
  if (!to) return;
  const kinds = ["pointerdown", "keydown", "touchstart", "wheel"];
  const tell = (/** @type {Event} */ e) => {
    if (!e.isTrusted) return;
    for (const k of kinds) removeEventListener(k, tell, true);
    void fetch(to, { method: "POST", keepalive: true }).catch(() => {});
  };
  for (const k of kinds) addEventListener(k, tell, { capture: true, passive: true });
}

function choosing() {
  if (!(form instanceof HTMLFormElement) || !(days instanceof HTMLElement)) return;
  const kept = recall(storage("session"), key, "");
  const again = chosen() ? undefined : radios().find((r) => r.value === kept);
  if (again) again.checked = true;
  days.addEventListener("change", () => {
    const notice = page.querySelector("[data-gone]");
    if (notice instanceof HTMLElement) notice.hidden = true;
    remember(storage("session"), key, chosen()?.value);
    dock();
  });
  const go = must("[data-act=confirm]", HTMLElement);
  form.addEventListener("submit", (e) => {
    if (sent || !chosen()) {
      e.preventDefault(); // pressed twice, or too early
      if (!sent) radios()[0]?.focus();
      return;
    }
    sent = true;
    go.setAttribute("aria-busy", "true");
    // An answer that never comes, on a train for instance: he may press again, twice does it once.
    setTimeout(() => {
      sent = false;
      go.removeAttribute("aria-busy");
    }, answerWithin);
    remember(storage("session"), key, undefined);
  });
  form.noValidate = true; // the dock says what is missing
  beside();
  dock();
}

opened();
await ready;
choosing();
beside();
// A reload of what a form answered would send the form again.
if (location.pathname !== new URL(source, location.href).pathname.replace(/\/times$/, "")) history.replaceState(null, "", page.dataset.page);
addEventListener("pageshow", (e) => {
  if (!e.persisted) return;
  sent = false;
  void ask();
});
document.addEventListener("languagechange", () => {
  beside();
  dock();
});
document.addEventListener("visibilitychange", () => void (document.visibilityState === "visible" && ask()));
(function again() {
  setTimeout(() => void ask().finally(again), document.visibilityState === "visible" ? every.seen : every.hidden);
})();
