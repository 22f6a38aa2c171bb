// On recruiters' pages: buttons that only a script can carry out. They are hidden in the page and shown here, so
// nobody without scripts is offered what does not work.
import { icon } from "./dom.js";
import { ready, say } from "./i18n.js";

const shown = 2000; // ms that "copied" stands on a button

/**
 * Shows the buttons under a node that wait for a script.
 * @param {ParentNode} node
 */
export function wake(node) {
  for (const b of node.querySelectorAll("button[data-copy], button[data-print], button[data-show]")) b.removeAttribute("hidden");
}

document.addEventListener("click", (e) => {
  const b = e.target instanceof Element ? e.target.closest("button[data-copy], button[data-print], button[data-show]") : null;
  if (!(b instanceof HTMLButtonElement)) return;
  if (b.dataset.copy !== undefined) void copy(b, b.dataset.copy);
  else if (b.dataset.print !== undefined) window.print();
  else show(b);
});

/**
 * @param {HTMLButtonElement} b
 * @param {string} text
 */
async function copy(b, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without the permission (or over plain HTTP) the text is shown, ready to be copied by hand.
    window.prompt("", text);
    return;
  }
  const words = b.querySelector("[data-i18n]");
  if (!words || b.dataset.busy !== undefined) return;
  const key = words.getAttribute("data-i18n") ?? "";
  b.dataset.busy = "";
  say(words, "common.copied");
  setTimeout(() => {
    delete b.dataset.busy;
    say(words, key);
  }, shown);
}

/** @param {HTMLButtonElement} b whose data-show is the ID of a password field */
function show(b) {
  const field = document.getElementById(b.dataset.show ?? "");
  if (!(field instanceof HTMLInputElement)) return;
  const visible = field.type === "password";
  field.type = visible ? "text" : "password";
  const words = b.querySelector("[data-i18n]");
  if (words) say(words, visible ? "login.hide" : "login.show");
  b.querySelector("svg.icon")?.replaceWith(icon(visible ? "eyeoff" : "eye"));
}

await ready;
wake(document);
