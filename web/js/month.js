// A month in which several days can be chosen, by mouse and by keyboard: the grid pattern of the ARIA Authoring
// Practices with one tab stop. A date is text, "2026-12-01"; no time zone has a say in it.
import { h, icon } from "./dom.js";
import { say, t, when } from "./i18n.js";

/**
 * @typedef {object} MonthWays
 * @property {string} today
 * @property {string} last the last day that can be chosen
 * @property {Record<string, string[]>} holidays by date: pairs of catalogue keys, where and which
 * @property {(date: string) => boolean} chosen
 * @property {() => number} count
 * @property {(date: string) => void} toggle
 * @property {() => void} done
 */

const dayMs = 86_400_000;

/** @param {string} date @param {number} days */
export function addDays(date, days) {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** The same day of another month, or that month's last. @param {string} date @param {number} months */
function addMonths(date, months) {
  const first = new Date(`${date.slice(0, 7)}-01T00:00:00Z`);
  first.setUTCMonth(first.getUTCMonth() + months);
  const next = new Date(first);
  next.setUTCMonth(next.getUTCMonth() + 1);
  const longest = (next.valueOf() - first.valueOf()) / dayMs;
  return addDays(first.toISOString().slice(0, 10), Math.min(Number(date.slice(8)), longest) - 1);
}

/** Monday is 0. @param {string} date */
function weekday(date) {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** ISO 8601: the week of its Thursday. @param {string} date */
function week(date) {
  const thursday = addDays(date, 3 - weekday(date));
  return 1 + Math.floor((Date.parse(`${thursday}T00:00:00Z`) - Date.parse(`${thursday.slice(0, 4)}-01-01T00:00:00Z`)) / dayMs / 7);
}

/**
 * @param {MonthWays} ways
 * @returns {{nodes: HTMLElement[], update: () => void, show: (date: string) => void}}
 */
export function month(ways) {
  let cursor = ways.today; // the day that Tab leads to
  let shown = ""; // the month on the page
  const name = h("h3", { class: "h3 monthname", id: "month-name", "aria-live": "polite" });
  const turn = (/** @type {number} */ by, /** @type {string} */ key, /** @type {string} */ picture, /** @type {string} */ act) =>
    h("button", { class: "iconbtn", type: "button", "data-act": act, on: { click: () => go(addMonths(cursor, by), false) } }, icon(picture), words("span", key, "ds-sr-only"));
  const before = turn(-1, "slots.month.previous", "left", "month-previous");
  const after = turn(1, "slots.month.next", "right", "month-next");
  const head = h("tr", {});
  const body = h("tbody", {});
  const table = h(
    "table",
    { class: "month", role: "grid", "aria-labelledby": "month-name", "aria-multiselectable": "true", "aria-describedby": "month-keys", on: { keydown: key, click: press } },
    h("thead", {}, head),
    body,
  );
  const count = h("span", {});
  const foot = h(
    "p",
    { class: "row row--split" },
    h("span", { class: "soft small" }, count, " ", words("span", "slots.month.dot")),
    h("button", { class: "ds-button ds-button--slim", "data-variant": "secondary", type: "button", "data-act": "done", on: { click: ways.done } }, words("span", "slots.month.done")),
  );

  /** @param {"span" | "p"} tag @param {string} text @param {string} [cls] */
  function words(tag, text, cls) {
    const e = h(tag, { class: cls });
    say(e, text);
    return e;
  }

  /** @param {string} date */
  const clamp = (date) => (date < ways.today ? ways.today : date > ways.last ? ways.last : date);

  /** @param {string} date @param {boolean} focus */
  function go(date, focus) {
    cursor = clamp(date);
    if (cursor.slice(0, 7) !== shown) build();
    else update();
    if (focus) button(cursor)?.focus();
  }

  /** @param {string} date @returns {HTMLButtonElement | null} */
  const button = (date) => body.querySelector(`button[data-date="${date}"]`);

  /** @param {KeyboardEvent} e */
  function key(e) {
    if (e.altKey || e.ctrlKey || e.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
    let to = step ? addDays(cursor, step) : "";
    if (e.key === "Home") to = addDays(cursor, -weekday(cursor));
    if (e.key === "End") to = addDays(cursor, 6 - weekday(cursor));
    if (e.key === "PageUp") to = addMonths(cursor, e.shiftKey ? -12 : -1);
    if (e.key === "PageDown") to = addMonths(cursor, e.shiftKey ? 12 : 1);
    if (!to) return;
    e.preventDefault();
    go(to, true);
  }

  /** @param {MouseEvent} e */
  function press(e) {
    const b = e.target instanceof Element ? e.target.closest("button[data-date]") : null;
    if (!(b instanceof HTMLButtonElement) || b.disabled) return;
    cursor = b.dataset.date ?? cursor;
    ways.toggle(cursor);
    update();
  }

  /** @param {string} date */
  function holiday(date) {
    const list = ways.holidays[date] ?? [];
    const names = [];
    for (let i = 0; i + 1 < list.length; i += 2) names.push(`${t(list[i + 1] ?? "")} (${t(list[i] ?? "")})`);
    return names.join(", ");
  }

  /** Makes the month of the cursor. */
  function build() {
    shown = cursor.slice(0, 7);
    const first = `${shown}-01`;
    say(name, "slots.month.of", { month: t(`format.month.${Number(shown.slice(5))}`), year: shown.slice(0, 4) });
    const cells = [h("th", { scope: "col", class: "wk" }, h("abbr", { title: t("slots.month.week", { n: "" }).trim() }, t("slots.month.weekHead")))];
    for (let d = 1; d <= 7; d++) cells.push(h("th", { scope: "col" }, h("abbr", { title: t(`format.weekday.${d}`) }, t(`format.wd.${d}`))));
    head.replaceChildren(...cells);
    const rows = [];
    for (let monday = addDays(first, -weekday(first)); monday.slice(0, 7) <= shown; monday = addDays(monday, 7)) {
      const row = [h("th", { scope: "row", class: "wk", "aria-label": t("slots.month.week", { n: week(monday) }) }, String(week(monday)))];
      for (let d = 0; d < 7; d++) {
        const date = addDays(monday, d);
        if (date.slice(0, 7) !== shown) {
          row.push(h("td", {}));
          continue;
        }
        const off = holiday(date);
        const about = [when(new Date(`${date}T12:00:00Z`), "date", "UTC"), date === ways.today && t("slots.month.today"), off].filter(Boolean).join(", ");
        row.push(
          h(
            "td",
            { class: [d > 4 && "we", off && "hol", date === ways.today && "today"].filter(Boolean).join(" ") },
            h("button", { type: "button", "data-date": date, "data-act": "day", "aria-label": about, title: off || null, disabled: date < ways.today || date > ways.last }, Number(date.slice(8))),
          ),
        );
      }
      rows.push(h("tr", {}, ...row));
    }
    body.replaceChildren(...rows);
    update();
  }

  /** Shows what is chosen. */
  function update() {
    for (const b of body.querySelectorAll("button")) {
      const on = ways.chosen(b.dataset.date ?? "");
      b.setAttribute("aria-pressed", String(on));
      b.parentElement?.setAttribute("aria-selected", String(on));
      b.tabIndex = b.dataset.date === cursor ? 0 : -1;
    }
    before.setAttribute("aria-disabled", String(shown <= ways.today.slice(0, 7)));
    after.setAttribute("aria-disabled", String(shown >= ways.last.slice(0, 7)));
    say(count, `slots.month.chosen`, { count: ways.count() });
  }

  document.addEventListener("languagechange", build);
  build();
  const keys = words("p", "slots.month.keys", "ds-sr-only");
  keys.id = "month-keys";
  return {
    nodes: [h("div", { class: "row row--split row--line" }, name, h("span", { class: "row g1 row--line" }, before, after)), table, keys, foot],
    update,
    show: (date) => go(date, false),
  };
}
