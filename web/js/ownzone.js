// A reader in another time zone than the session's is told the time on his own clock too; his browser knows it, the
// server does not.
import { ready, t, when } from "./i18n.js";

async function show() {
  await ready;
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  for (const e of document.querySelectorAll("[data-own-zone]")) {
    if (!(e instanceof HTMLElement)) continue;
    const at = new Date(e.dataset.ownZone ?? "");
    const here = when(at, "full", own);
    // Stockholm and Oslo have two names and one time.
    if (here === when(at, "full", e.dataset.zone)) continue;
    e.textContent = t("time.own", { time: here });
    e.hidden = false;
  }
}

document.addEventListener("languagechange", () => void show());
void show();
