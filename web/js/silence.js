// When nothing comes any more though something should: decided from a counter of received bytes and nothing else. The
// browser itself takes five seconds and more to call a connection lost, and a person has hung up by then. Pure: the
// clock is the caller's.

/** Nothing for this long, in ms, beyond what was usual, is worth a question to the server, and for this long the end of a way. */
const doubtAfter = 750;
const lostAfter = 1250;
/** Where pauses like this, in ms, are usual nothing can be told: nobody speaks and nobody is seen. */
const slow = 2500;
/** A longer pause between two looks, in ms, means that the page itself slept. */
const slept = 2000;
/** So many of the last pauses make what is usual. */
const remembered = 8;

export class Silence {
  /** @type {number[]} the last pauses between bytes that came, in ms */
  #usual = [];
  #bytes = -1;
  #came = 0;
  #looked = Number.NEGATIVE_INFINITY;

  /**
   * @param {number} bytes received so far, all in all; less than before means another connection
   * @param {number} now ms
   * @returns {"flows" | "doubt" | "lost"}
   */
  step(bytes, now) {
    const overslept = now - this.#looked > slept;
    this.#looked = now;
    if (overslept || bytes < this.#bytes) {
      this.#bytes = bytes;
      this.#came = now;
      this.#usual = [];
      return "flows";
    }
    if (bytes > this.#bytes) {
      this.#usual.push(now - this.#came);
      if (this.#usual.length > remembered) this.#usual.shift();
      this.#bytes = bytes;
      this.#came = now;
      return "flows";
    }
    const usual = Math.max(...this.#usual, 0);
    const quiet = now - this.#came;
    if (this.#usual.length < remembered || usual > slow) return "flows";
    if (quiet >= usual + lostAfter) return "lost";
    return quiet >= usual + doubtAfter ? "doubt" : "flows";
  }
}
