// The others in a talk, one to four of them: each with picture, name, and in words why there is no picture. The places
// are made once; who sits where is the media's doing, and nobody moves when somebody else comes or goes.
import { h, icon } from "./dom.js";
import { say, t } from "./i18n.js";
import { theirSign } from "./signal.js";
import { firstName, initials, plain, words } from "./ui.js";

/** @typedef {import("./call.js").Call} Call */
/** @typedef {import("./call.js").Seat} Seat */
/**
 * Who should be there. An empty id is whoever comes.
 * @typedef {{id: string, name: string, role?: string, main?: boolean, here?: boolean, camera?: string}} Someone role is a
 *   catalogue key; main stands first; here: false while his page is not connected; camera as his page reported it, where his browser says nothing itself
 */

/** What is worth saying aloud when it begins. */
const told = new Set(["off", "sound", "poor", "away", "failed", "frozen", "gone"]);

/**
 * @param {Call} call
 * @param {HTMLElement} self the own picture, which stands in the corner or among the others, as there is room
 */
export function peopleView(call, self) {
  const tiles = call.seats.map((seat) => tile(call, seat));
  const news = h("p", { class: "ds-sr-only", role: "status" });
  const element = h("div", { class: "people", "data-n": 1 }, ...tiles.map((x) => x.element), self);
  /** @type {readonly Someone[]} */
  let expected = [];
  /** @type {Map<string, string>} who was here when it was last looked at, with his name */
  let known = new Map();
  let quiet = true;

  const who = (/** @type {string} */ id) => expected.find((e) => e.id === id) ?? expected.find((e) => e.id === "");

  const update = () => {
    // Whoever is expected and has no place yet waits in a free one, always the same.
    const seated = new Set(call.seats.map((s) => s.person).filter((p) => p !== ""));
    const anybody = expected.some((e) => e.id === "");
    const waiting = anybody ? (seated.size === 0 ? expected.slice(0, 1) : []) : expected.filter((e) => !seated.has(e.id));
    /** @type {(Someone | undefined)[]} */
    const at = tiles.map((_, i) => {
      const person = call.seats[i]?.person ?? "";
      if (person === "") return undefined;
      return who(person) ?? (expected.length === 0 ? { id: person, name: "" } : undefined);
    });
    const free = (/** @type {number} */ i) => at[i] === undefined && (call.seats[i]?.person ?? "") === "";
    for (const w of waiting) {
      const before = tiles.findIndex((x, i) => x.id === w.id && free(i));
      const i = before >= 0 ? before : tiles.findIndex((_, j) => free(j));
      if (i >= 0) at[i] = w;
    }
    // A candidate stands first for everybody; else each stands by his slot.
    const order = tiles.map((_, i) => i).sort((a, b) => Number(at[b]?.main ?? 0) - Number(at[a]?.main ?? 0) || a - b);
    let n = 0;
    for (const i of order) {
      tiles[i]?.set(at[i]);
      if (at[i]) tiles[i]?.element.setAttribute("data-at", String(++n));
    }
    element.dataset.n = String(Math.max(1, n));
    tell(at.filter((w) => w !== undefined));
  };

  /** Says who came, who went, and whose picture stopped. @param {readonly Someone[]} all */
  const tell = (all) => {
    const now = new Map(all.filter((w) => w.id !== "").map((w) => [w.id, w.name]));
    const lines = [];
    for (const [id, name] of now) if (!known.has(id) && known.size > 0) lines.push(t("talk.joined", { name }));
    for (const [id, name] of known) if (!now.has(id) && now.size > 0) lines.push(t("talk.wentAway", { name }));
    for (const x of tiles) {
      const line = x.news();
      if (line) lines.push(line);
    }
    known = now;
    if (lines.length && !quiet) plain(news, lines.join(". "));
    quiet = false;
  };

  call.addEventListener("change", update);
  // What was said in another language is said already.
  document.addEventListener("languagechange", () => plain(news));
  return {
    element,
    news,
    /** @param {readonly Someone[]} people the main one first */
    set: (people) => {
      expected = people;
      update();
    },
    /** For the next talk. */
    reset: () => {
      known = new Map();
      quiet = true;
      plain(news);
    },
  };
}

/** @param {Call} call @param {Seat} seat */
function tile(call, seat) {
  const letters = h("span", { class: "face live-bigface", "aria-hidden": "true" });
  const why = h("span", {});
  const faceless = h("div", { class: "live-faceless" }, letters, why);
  const name = h("b", {});
  const role = h("span", { class: "ds-sr-only" });
  const mic = h("span", { class: "seat__mic", hidden: true }, icon("micoff"), words("span", "talk.theirMicOff"));
  const sign = theirSign();
  const stopped = h("p", { class: "over seat__stopped", hidden: true }, icon("sync"), h("span", {}));
  const element = h(
    "figure",
    { class: "seat", "data-slot": seat.slot, hidden: true },
    faceless,
    /** @type {HTMLElement} */ (call.videos[seat.slot]),
    stopped,
    h("figcaption", { class: "seat__name" }, name, role, sign.element, mic),
  );
  let id = "";
  let shown = "";
  let said = "";
  /** @type {{name: string}} */
  let args = { name: "" };
  return {
    element,
    get id() {
      return id;
    },
    /** @param {Someone | undefined} w */
    set: (w) => {
      id = w?.id ?? "";
      element.hidden = !w;
      if (!w) {
        shown = said = "";
        return;
      }
      args = { name: firstName(w.name) };
      const [state, key] = reason(call, seat, w);
      shown = state;
      plain(name, w.name);
      if (w.role) say(role, w.role);
      else plain(role);
      plain(letters, initials(w.name));
      say(why, key, args);
      faceless.hidden = seat.picture;
      element.dataset.state = state;
      element.classList.toggle("seat--frozen", state === "frozen");
      stopped.hidden = !(state === "frozen" && seat.picture);
      const line = stopped.lastElementChild;
      if (line && !stopped.hidden) say(line, key, args);
      const { microphone = "on" } = seat.state ?? {};
      mic.hidden = seat.person === "" || microphone === "on";
      sign.set(seat.person === "" ? undefined : seat.state?.quality, args.name);
    },
    /** What to say aloud since it was last asked. */
    news: () => {
      if (shown === said) return "";
      const before = said;
      said = shown;
      if (told.has(shown)) return t(`talk.seat.${shown}`, args);
      return shown === "ok" && told.has(before) ? t("talk.pictureBack", args) : "";
    },
  };
}

/**
 * Why a picture is not there, as a short word and a catalogue key.
 * @param {Call} call
 * @param {Seat} seat
 * @param {Someone} w
 * @returns {[string, string]}
 */
function reason(call, seat, w) {
  const because = (/** @type {string} */ s) => /** @type {[string, string]} */ ([s, `talk.seat.${s}`]);
  if (call.state !== "connected" && !seat.picture) return ["connecting", "talk.connecting"];
  if (seat.person === "") return w.here === false ? because("gone") : ["waiting", "talk.noPictureYet"];
  if (seat.frozen) return because("frozen");
  if (seat.picture) return ["ok", "talk.noPictureYet"];
  const camera = seat.state?.camera ?? (w.camera === "off" || w.camera === "failed" ? w.camera : "on");
  if (camera !== "on") return because(camera);
  if (call.soundOnly) return because("here");
  if (call.facts.down === 3) return because("poorHere");
  return ["waiting", "talk.noPictureYet"];
}
