// A drawer: a dialog at the side of the page. It is modal, so the page behind it cannot be reached; Escape and a press
// beside it close it, and the focus goes back to what opened it.

/**
 * @param {HTMLDialogElement} dialog
 * @param {{open?: () => void}} [on] `open` is called before it is shown
 * @returns {{show: (opener: HTMLElement | null) => void, close: () => void}}
 */
export function drawer(dialog, on = {}) {
  /** @type {HTMLElement | null} */
  let opener = null;
  dialog.removeAttribute("open"); // it stands open for who has no scripts
  dialog.setAttribute("aria-modal", "true");
  dialog.addEventListener("click", (e) => {
    if (e.target !== dialog) return;
    const box = dialog.getBoundingClientRect();
    const inside = e.clientX >= box.left && e.clientX <= box.right && e.clientY >= box.top && e.clientY <= box.bottom;
    if (!inside) dialog.close();
  });
  dialog.addEventListener("close", () => {
    const back = opener;
    opener = null;
    if (back?.isConnected) back.focus();
  });
  return {
    show(from) {
      if (dialog.open) return;
      opener = from;
      on.open?.();
      dialog.showModal();
      const heading = dialog.querySelector("h2");
      if (heading instanceof HTMLElement) heading.focus();
    },
    close: () => dialog.close(),
  };
}
