// A job's overview: ticking applicants, looking for them, and the drawer from which they are invited. Without this the
// same form goes to the server with all its buttons.
import { must } from "./dom.js";
import { drawer } from "./drawer.js";
import { language, ready, say, t } from "./i18n.js";
import { firstName } from "./ui.js";

const form = document.querySelector("form[data-invite]");
if (form instanceof HTMLFormElement) {
  await ready;
  overview(form);
}

/** @param {HTMLFormElement} form */
function overview(form) {
  const bar = must("[data-bar]", HTMLElement, form);
  const count = must("[data-count]", HTMLElement, bar);
  const every = must("[data-all]", HTMLElement, form);
  const all = must("input", HTMLInputElement, every);
  const rows = [...form.querySelectorAll("tr[data-applicant]")].filter((r) => r instanceof HTMLTableRowElement);
  every.hidden = false;
  must("[data-not-all]", HTMLElement, form).hidden = true;

  /** @param {HTMLTableRowElement} row */
  const tick = (row) => must("input[name=to]", HTMLInputElement, row);
  /** @param {HTMLTableRowElement} row */
  const nameOf = (row) => row.querySelector(".jobname")?.textContent ?? "";
  const chosen = () => rows.filter((r) => tick(r).checked);

  // ---- what is ticked. It stays with this entry of the browser's history: a reload and the back button find it
  // again, and a new visit begins with nothing ticked.

  const kept = history.state?.ticked;
  // Who was quicker than this script has ticked already, and that stands.
  if (Array.isArray(kept)) for (const r of rows) tick(r).checked ||= kept.includes(r.dataset.applicant);

  function counted() {
    const ticked = chosen();
    const hidden = ticked.filter((r) => r.hidden).length;
    const shown = rows.filter((r) => !r.hidden);
    const on = shown.filter((r) => tick(r).checked).length;
    all.checked = on > 0 && on === shown.length;
    all.indeterminate = on > 0 && on < shown.length;
    // The figure is said before the bar goes, so that it is also said when the last tick is taken away.
    if (ticked.length === 0) say(count, "job.chosenNone");
    else if (hidden > 0) say(count, "job.chosenHidden", { count: ticked.length, hidden });
    else say(count, "job.chosen", { count: ticked.length });
    bar.hidden = ticked.length === 0;
    history.replaceState({ ...history.state, ticked: ticked.map((r) => r.dataset.applicant) }, "");
  }
  form.addEventListener("change", (e) => {
    if (e.target === all) for (const r of rows) if (!r.hidden) tick(r).checked = all.checked;
    counted();
  });

  // ---- the drawer

  const dialog = must("dialog[data-drawer]", HTMLDialogElement, form);
  const heading = must("h2", HTMLElement, dialog);
  const names = must("[data-names]", HTMLElement, dialog);
  const how = must("[data-how]", HTMLElement, dialog);
  const none = must("[data-none]", HTMLElement, dialog);
  const button = (/** @type {string} */ act) => must(`button[data-act="${act}"]`, HTMLButtonElement, dialog);
  const [message, slots, register, close] = [button("message"), button("slots"), button("register"), button("close")];
  how.hidden = false;
  close.hidden = false;

  /** @param {HTMLButtonElement} b @param {boolean} first whether it is the one to press */
  const rank = (b, first) => {
    if (first) b.removeAttribute("data-variant");
    else b.setAttribute("data-variant", "secondary");
    b.classList.toggle("ds-button--big", first);
  };
  /** @param {Element} b @param {string} key @param {import("./i18n.js").Args} [args] */
  const relabel = (b, key, args) => say(b.querySelector("[data-i18n]") ?? b, key, args);

  /** What the buttons say and which there are, after every choice. */
  function choices() {
    const ticked = chosen();
    say(heading, "job.invite.head", { count: ticked.length });
    const first = ticked.map((r) => firstName(nameOf(r)));
    const list = (/** @type {string[]} */ l) => new Intl.ListFormat(language(), { type: "conjunction" }).format(l);
    names.textContent = first.length <= 6 ? list(first) : t("job.invite.more", { names: first.slice(0, 5).join(", "), count: first.length - 5 });

    const round = dialog.querySelector("input[data-round]:checked");
    const { number = "", name = "", seats = "0" } = round instanceof HTMLInputElement ? round.dataset : {};
    const fresh = round instanceof HTMLInputElement && round.value === "new";
    const shut = round instanceof HTMLInputElement && round.dataset.shut !== undefined;
    const typed = fresh ? must("input[name=name]", HTMLInputElement, dialog).value.trim() : name;
    const usual = !typed || typed === t("round.named", { n: number });
    const choose = must("input[name=how][value=choose]", HTMLInputElement, dialog).checked;
    const has = Number(seats) > 0 && !shut;

    message.hidden = !choose || !has;
    rank(message, true);
    slots.hidden = !choose;
    rank(slots, !has);
    if (usual) relabel(slots, "job.invite.slotsN", { n: number });
    else relabel(slots, "job.invite.slotsFor", { round: typed });
    none.hidden = !choose || has || fresh;
    say(must("#none-why [data-i18n]", HTMLElement, none), shut && Number(seats) > 0 ? "job.invite.shut" : "job.invite.noSlots");
    register.hidden = choose;
    rank(register, true);
    relabel(register, "job.invite.registerN", { count: ticked.length });
    say(must("[data-choose] [data-i18n]", HTMLElement, dialog), has ? "job.invite.chooseHas" : "job.invite.chooseNext");
  }
  dialog.addEventListener("change", choices);
  dialog.addEventListener("input", choices);
  document.addEventListener("languagechange", choices);

  const side = drawer(dialog, { open: choices });
  close.addEventListener("click", side.close);
  const invite = must('button[data-act="invite"]', HTMLButtonElement, bar);
  invite.addEventListener("click", () => side.show(invite));
  // Enter in the round's name means the button that is offered, not the first of the form.
  dialog.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || !(e.target instanceof HTMLInputElement)) return;
    e.preventDefault();
    const offered = [message, slots, register].find((b) => !b.hidden);
    offered?.click();
  });

  // ---- looking for somebody

  const finder = document.querySelector("form[data-finder]");
  if (finder instanceof HTMLFormElement) {
    const q = must("input[name=q]", HTMLInputElement, finder);
    const standing = must("select[name=standing]", HTMLSelectElement, finder);
    const found = must("[data-found]", HTMLElement, document);
    const narrow = () => {
      const words = q.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
      let n = 0;
      for (const r of rows) {
        const in_ = (r.querySelector("th")?.textContent ?? "").toLocaleLowerCase();
        r.hidden = !words.every((w) => in_.includes(w)) || (standing.value !== "" && r.dataset.standing !== `standing.${standing.value}`);
        if (!r.hidden) n++;
      }
      if (words.length || standing.value) say(found, "job.found", { count: n });
      else found.textContent = "";
      counted();
    };
    // What the server has narrowed already holds fewer rows than there are: then the form goes to it.
    if (!new URLSearchParams(location.search).has("q") && !new URLSearchParams(location.search).has("standing")) {
      q.addEventListener("input", narrow);
      standing.addEventListener("change", narrow);
      finder.addEventListener("submit", (e) => {
        e.preventDefault();
        narrow();
      });
      must("button[type=submit]", HTMLButtonElement, finder).hidden = true;
      if (q.value || standing.value) narrow(); // a reload keeps what was typed
    }
  }

  counted();
  if (dialog.dataset.refused !== undefined && chosen().length > 0) side.show(invite);
}
