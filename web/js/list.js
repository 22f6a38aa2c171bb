// "Your quick interviews": the list is fresh when somebody comes back to it, and while a session runs.
const every = 20000; // ms
const opened = Date.now();

/** Loads the page again unless somebody is in the middle of something on it. */
function refresh() {
  const active = document.activeElement;
  const idle = !active || active === document.body || active.tagName === "MAIN";
  if (document.visibilityState === "visible" && idle && Date.now() - opened > every) location.reload();
}

document.addEventListener("visibilitychange", refresh);
if (document.querySelector("[data-session]")) setInterval(refresh, every);
