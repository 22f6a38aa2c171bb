// Copying, where the browser lets a page copy and where it does not.

/**
 * Copies what stands in an element. Windows inside apps often have no clipboard for pages: there the text is marked, so
 * that a long press copies it.
 * @param {HTMLElement} element
 * @returns {Promise<boolean>}
 */
export async function copied(element) {
  try {
    await navigator.clipboard.writeText(element.innerText.trim());
    return true;
  } catch {
    getSelection()?.selectAllChildren(element);
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}
