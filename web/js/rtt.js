// Real-time text: the other sees each letter as it is typed (EN 301 549, 6.2). What travels is the change: backspaces
// for what goes away, then the new letters; a line break ends a line. The same idea as ITU-T T.140.

const back = "\b";
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

/**
 * Makes a field send what is typed in it. Enter ends the line and empties the field.
 * @param {HTMLInputElement} field
 * @param {(piece: string) => boolean} send
 */
export function typeInto(field, send) {
  let sent = "";
  const flush = (/** @type {string} */ end) => {
    const piece = change(sent, field.value) + end;
    if (piece && send(piece)) sent = field.value;
  };
  field.addEventListener("input", () => flush(""));
  field.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.isComposing) return;
    e.preventDefault();
    flush("\n");
    field.value = "";
    sent = "";
  });
  return {
    /** For a new talk. */
    clear: () => {
      field.value = "";
      sent = "";
    },
  };
}
