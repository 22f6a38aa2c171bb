// The focus must not fall off the page because a view came: a button that went away gives it to what stands where it
// stood.

/**
 * Draws, and puts the focus back if drawing took it.
 * @param {() => void} draw
 * @param {() => HTMLElement | undefined} fallback where the focus goes when nothing near is left
 */
export function keepFocus(draw, fallback) {
  const was = document.activeElement;
  if (!(was instanceof HTMLElement) || was === document.body) return draw();
  // Where it stood, outwards: the nearest part that is still there says where to look.
  /** @type {HTMLElement[]} */
  const around = [];
  for (let e = was.parentElement; e && e !== document.body; e = e.parentElement) around.push(e);
  const { act } = was.dataset;
  const { id } = was;
  const caret = was instanceof HTMLTextAreaElement || (was instanceof HTMLInputElement && was.type === "text") ? [was.selectionStart, was.selectionEnd] : undefined;
  draw();
  const now = document.activeElement;
  if (was.isConnected && was.checkVisibility()) return;
  // Drawing gave it to somebody.
  if (now && now !== was && now !== document.body) return;
  const same = (id && document.getElementById(id)) || (act && document.querySelector(`[data-act="${CSS.escape(act)}"]`));
  const near = around.find((e) => e.isConnected && e.checkVisibility() && e.id !== "main" && first(e));
  const to = same instanceof HTMLElement && same.checkVisibility() ? same : ((near && first(near)) ?? fallback());
  to?.focus({ preventScroll: true });
  if (to === same && caret && (to instanceof HTMLTextAreaElement || to instanceof HTMLInputElement)) to.setSelectionRange(caret[0] ?? 0, caret[1] ?? 0);
}

/** The first thing in a part that can have the focus. @param {HTMLElement} part */
function first(part) {
  for (const e of part.querySelectorAll("button, a[href], input, select, textarea, summary, [tabindex]")) {
    if (e instanceof HTMLElement && e.checkVisibility() && !e.hasAttribute("disabled")) return e;
  }
  return undefined;
}
