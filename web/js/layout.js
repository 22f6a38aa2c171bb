// On every page: what went wrong has the focus, the language select switches in place, and menus close as people expect.
import { isLang, language, setLanguage } from "./i18n.js";

// A page that comes back because something was refused says so first. An alert that is there from the beginning is read
// out by few screen readers; what has the focus is.
const first = document.querySelector("[data-first]");
if (first instanceof HTMLElement) first.focus();

for (const select of document.querySelectorAll("select[data-language]")) {
  if (!(select instanceof HTMLSelectElement)) continue;
  select.addEventListener("change", () => {
    if (!isLang(select.value)) return;
    // Without the catalogue (a lost network) everything stays as it is. Never submit the form instead: that would
    // leave a lobby or a talk for the browser's error page.
    setLanguage(select.value).catch(() => {
      select.value = language();
    });
  });
}

// A details menu closes on Escape, with the focus back on its summary, and on a press outside.
document.addEventListener("keydown", (e) => {
  if (e.key !== "Escape") return;
  for (const d of document.querySelectorAll("details.account[open]")) {
    d.removeAttribute("open");
    d.querySelector("summary")?.focus();
  }
});
document.addEventListener("pointerdown", (e) => {
  for (const d of document.querySelectorAll("details.account[open]")) {
    if (e.target instanceof Node && !d.contains(e.target)) d.removeAttribute("open");
  }
});
