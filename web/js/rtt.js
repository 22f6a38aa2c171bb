// Real-time text: the other sees each letter as it is typed (EN 301 549, 6.2). What travels is the change: backspaces
// for what goes away, then the new letters; a line break ends a line. The same idea as ITU-T T.140.

const back = "\b";
/** The line being written begins anew: something of it may be lost, as after a new connection. */
const anew = "\u0015";
const longestShown = 240;

/**
 * The change from one state of the field to the next, as it is sent.
 * @param {string} from
 * @param {string} to
 */
export function change(from, to) {
  const a = [...from];
  const b = [...to];
  let same = 0;
  while (same < a.length && same < b.length && a[same] === b[same]) same++;
  return back.repeat(a.length - same) + b.slice(same).join("");
}

/**
 * Applies a received change to the other's line.
 * @param {{done: string[], line: string}} text
 * @param {string} piece
 */
export function receive(text, piece) {
  for (const c of piece) {
    if (c === back) text.line = [...text.line].slice(0, -1).join("");
    else if (c === anew) text.line = "";
    else if (c === "\n") {
      if (text.line) text.done.push(text.line);
      text.line = "";
    } else if (c >= " ") text.line += c;
  }
  if (text.done.length > 200) text.done.splice(0, text.done.length - 200);
}

/** What is shown over the picture: the line being written, or the last one. @param {{done: string[], line: string}} text */
export function shown(text) {
  const line = text.line || (text.done[text.done.length - 1] ?? "");
  return line.length > longestShown ? `…${line.slice(-longestShown)}` : line;
}

/** The longest piece that is sent at once, in characters: a message holds 4 kB. */
const piece = 1000;

/**
 * Makes a field send what is typed in it, however it gets there: keys, an input method, a paste, a voice. Enter ends
 * the line and empties the field. What cannot be sent now waits, and goes with the next change or with again.
 * @param {HTMLInputElement} field
 * @param {(piece: string) => boolean} send
 * @param {(line: string) => void} [ended] a line that was ended, by whoever typed it
 */
export function typeInto(field, send, ended = () => {}) {
  /** What the others have of the line. */
  let sent = "";
  /** Lines that were ended and could not be sent. @type {string[]} */
  let waiting = [];
  const say = (/** @type {string} */ text) => {
    const all = [...text];
    for (let i = 0; i < all.length; i += piece) if (!send(all.slice(i, i + piece).join(""))) return false;
    return true;
  };
  const flush = () => {
    while (waiting.length > 0) {
      if (!say(`${change(sent, waiting[0] ?? "")}\n`)) return;
      waiting.shift();
      sent = "";
    }
    const text = change(sent, field.value);
    if (text && say(text)) sent = field.value;
  };
  const end = () => {
    if (field.value === "") return;
    waiting.push(field.value);
    ended(field.value);
    field.value = "";
    flush();
  };
  field.addEventListener("input", flush);
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    end();
  });
  return {
    /** The connection is there, perhaps another one: the line is sent whole. */
    again: () => {
      if (sent !== "" && !say(anew)) return;
      sent = "";
      flush();
    },
    /** For a new talk. */
    clear: () => {
      field.value = "";
      sent = "";
      waiting = [];
    },
  };
}
