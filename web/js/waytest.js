// The connection test on the page: one button, one plain sentence, and the figures for whoever helps.
import { h } from "./dom.js";
import { say } from "./i18n.js";
import { busy, button, plain, relabel, state, swap, words } from "./ui.js";
import { tryWays, verdict } from "./ways.js";

/** @typedef {import("./lobby.js").Context} Context */
/** @typedef {import("./ways.js").Ways} Ways */
/** @typedef {import("./ways.js").Way} Way */

/** @type {Record<import("./ways.js").Verdict, ["ok" | "wait" | "bad", string]>} */
const looks = { good: ["ok", "ok"], relayed: ["ok", "ok"], slow: ["wait", "warn"], none: ["bad", "bang"] };

/** The last result on this page. @type {Ways | undefined} */
let last;

/** What is known of the ways to the server. @returns {Ways | undefined} */
export function knownWays() {
  return last;
}

/** @param {Pick<Context, "live" | "quietly">} c */
export function wayTest(c) {
  const pill = h("p", {});
  const result = h("p", { role: "status" });
  const figures = h("dl", { class: "lobby-figures" });
  const more = h("details", { class: "fold", hidden: true }, h("summary", {}, words("span", "ways.figures")), figures);
  const go = button({
    key: "ways.start",
    icon: "signal",
    class: "ds-button ds-button--wide",
    variant: "secondary",
    act: "try-ways",
    press: () => void busy(go, run),
  });

  const show = () => {
    if (!last) return;
    const v = verdict(last);
    swap(pill, state(looks[v][0], looks[v][1], `ways.word.${v}`, undefined, { pill: true }));
    say(result, `ways.${v}`);
    figures.replaceChildren(...line("ways.direct", last.direct), ...line("ways.relay", last.relay));
    more.hidden = false;
    relabel(go, "ways.again");
  };

  const run = async () => {
    last = undefined;
    pill.replaceChildren();
    more.hidden = true;
    say(result, "ways.running");
    try {
      last = await c.quietly((stop) => tryWays(c.live, stop));
      show();
    } catch {
      say(result, c.live.online ? "ways.stopped" : "ways.offline");
    }
  };

  plain(result);
  show();
  return h(
    "section",
    { class: "stack g3", "data-ways": true },
    words("p", "ways.text", undefined, { class: "soft" }),
    pill,
    result,
    more,
    go,
  );
}

/** @param {string} key @param {Way} w */
function line(key, w) {
  const dd = h("dd", {});
  if (!w.ok) say(dd, "ways.closed");
  else say(dd, "ways.figure", { ms: w.rtt, loss: Math.round(w.loss * 100) });
  return [words("dt", key), dd];
}
