// The notices about the reader's browser: each can be put away, and stays away on this device.
import { recall, remember, storage } from "./boot.js";
import { copied } from "./copied.js";
import { relabel } from "./ui.js";

for (const notice of document.querySelectorAll("[data-notice]")) {
  if (!(notice instanceof HTMLElement)) continue;
  const key = `nextup.notice.${notice.dataset.notice}`;
  notice.hidden = recall(storage("local"), key, false);
  const away = notice.querySelector("[data-act=dismiss]");
  if (away instanceof HTMLElement) {
    away.hidden = false;
    away.addEventListener("click", () => {
      notice.hidden = true;
      remember(storage("local"), key, true);
      document.getElementById("main")?.focus({ preventScroll: true });
    });
  }
  const copy = notice.querySelector("[data-act=copy-link]");
  const link = notice.querySelector("[data-link]");
  if (copy instanceof HTMLElement && link instanceof HTMLElement) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      if (await copied(link)) relabel(copy, "common.copied");
    });
  }
}
