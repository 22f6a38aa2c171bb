// When all talks are done, the summary comes by itself to those who may read it.

/**
 * Goes to the summary, if it is for this reader.
 * @param {string} address
 */
export async function appear(address) {
  try {
    const r = await fetch(address, { method: "HEAD", redirect: "error", cache: "no-store" });
    if (r.ok) location.assign(address);
  } catch {
    // The network is away: the way there stands on the page.
  }
}
