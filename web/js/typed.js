// What is typed into the form is kept in this browser until the server has it, so that a crash, a closed tab or a
// login that ended loses nothing. It is offered back and never put in by itself.
import { recall, remember, storage } from "./boot.js";

const days = 7; // a kept form is offered this long
const pause = 400; // ms after the last key

/**
 * @typedef {object} Kept
 * @property {[string, string][]} fields as the form would send them
 * @property {number} at ms since 1970
 * @property {string} version of the session it was filled in from
 * @property {string} revision
 * @property {boolean} [sent] the form was sent; whether it arrived shows in what the server has now
 */

/** @param {HTMLFormElement} form @returns {[string, string][]} */
function fieldsOf(form) {
  /** @type {[string, string][]} */
  const all = [];
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && !transient.has(name)) all.push([name, value]);
  return all;
}

// These belong to one page's copy of the form, not to what was typed.
const transient = new Set(["command", "version", "revision", "base", "ground", "clash", "undo_kind", "undo_index", "undo_id", "undo_text", "undo_email"]);

/** @param {[string, string][]} fields */
const said = (fields) => JSON.stringify(fields.filter(([name, value]) => value.trim() && !name.endsWith("_id") && name !== "new"));

/** @param {HTMLFormElement} form @param {string} name */
function hidden(form, name) {
  const e = form.elements.namedItem(name);
  return e instanceof HTMLInputElement ? e.value : "";
}

/**
 * Puts kept fields back into the form.
 * @param {HTMLFormElement} form
 * @param {[string, string][]} fields
 * @param {(kind: string, n: number) => void} grow makes a list have n rows
 */
function fill(form, fields, grow) {
  /** @type {Map<string, string[]>} */
  const by = new Map();
  for (const [name, value] of fields) by.set(name, [...(by.get(name) ?? []), value]);
  grow("question", by.get("question")?.length ?? 0);
  grow("trait", by.get("trait")?.length ?? 0);
  grow("interviewer", by.get("interviewer_name")?.length ?? 0);
  for (const [name, values] of by) {
    const there = [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    values.forEach((value, i) => {
      const e = there[i];
      if (e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) e.value = value;
    });
  }
}

/**
 * Keeps what is typed, and offers what an earlier page kept.
 * @param {HTMLFormElement} form
 * @param {{store: string, fresh: boolean, made?: string}} boot
 * @param {{grow: (kind: string, n: number) => void, changed: () => void, offer: (at: Date, bring: () => void, forget: () => void) => void}} ways
 * @returns {{touch: () => void, sent: () => void}}
 */
export function keeping(form, boot, ways) {
  const store = storage("local");
  const first = said(fieldsOf(form)); // as the server sent it
  let timer = 0;

  const save = (sent = false) => {
    window.clearTimeout(timer);
    const fields = fieldsOf(form);
    if (said(fields) === first && boot.fresh && !sent) {
      remember(store, boot.store, undefined); // nothing that the server does not have
      return;
    }
    /** @type {Kept} */
    const kept = { fields, at: Date.now(), version: hidden(form, "version"), revision: hidden(form, "revision"), sent };
    remember(store, boot.store, kept);
  };

  void look();
  async function look() {
    if (!boot.fresh) { // refused: the page itself shows what was typed, and it is not saved
      save();
      return;
    }
    const kept = recall(store, boot.store, /** @type {Kept | null} */ (null));
    if (!kept) return;
    const old = Date.now() - kept.at > days * 86400000;
    if (old || said(kept.fields) === first || (await arrived(kept))) {
      remember(store, boot.store, undefined);
      return;
    }
    ways.offer(
      new Date(kept.at),
      () => {
        fill(form, kept.fields, ways.grow);
        ways.changed();
        save();
      },
      () => remember(store, boot.store, undefined),
    );
  }

  /** Whether what was sent is in the server's hands. @param {Kept} kept */
  async function arrived(kept) {
    if (!kept.sent) return false;
    const made = kept.fields.find(([name]) => name === "new")?.[1];
    if (!made) return kept.version !== hidden(form, "version") || kept.revision !== hidden(form, "revision");
    try {
      return (await fetch(`/sessions/${encodeURIComponent(made)}`, { method: "HEAD", redirect: "manual", cache: "no-store" })).ok;
    } catch {
      return false;
    }
  }

  window.addEventListener("pagehide", () => {
    if (timer) save(leaving);
  });
  let leaving = false;
  return {
    touch() {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => {
        save();
        timer = 0;
      }, pause);
    },
    sent() {
      leaving = true;
      save(true);
      timer = 0;
    },
  };
}
