// Ending a talk: alone, with others in it, or to take the next one at once.
import { h } from "./dom.js";
import { button, dialog, firstName, sure, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */

/**
 * Ends the talk, and takes the next one if asked to. With colleagues in it, it can be left, and whoever leads it may
 * end it for all.
 * @param {Room} room
 * @param {boolean} next
 */
export async function finish(room, next) {
  const { you } = room.view;
  const args = { name: firstName(you.candidate?.name ?? "") };
  const others = (you.panel ?? []).filter((m) => m.id !== you.id);
  let all = false;
  if (others.length > 0) {
    const choice = await leaveOrEnd(args, others.map((m) => firstName(m.name)).join(", "), next, you.lead === true);
    if (!choice) return;
    all = choice === "all";
  } else {
    const yes = await sure({
      title: next ? "room.endNextTitle" : "room.endTitle",
      text: next ? "room.endNextText" : "room.endText",
      yes: next ? "room.endNextYes" : "room.endYes",
      no: "room.endNo",
      act: "end-yes",
      args,
    });
    if (!yes) return;
  }
  // The talk may have ended while he thought about it.
  if (room.view.you.offer !== you.offer || room.view.you.state !== "talk") return;
  if (you.offer) room.assess(you.offer).flush();
  if (next && !all) await room.act({ do: "next", after: room.view.you.last, endTalk: true });
  else await room.act({ do: "end", offer: you.offer, ...(all && { all }) });
}

/**
 * @param {{name: string}} args
 * @param {string} others
 * @param {boolean} next
 * @param {boolean} lead
 * @returns {Promise<"leave" | "all" | undefined>}
 */
function leaveOrEnd(args, others, next, lead) {
  return new Promise((resolve) => {
    /** @type {"leave" | "all" | undefined} */
    let answer;
    const end = (/** @type {"leave" | "all" | undefined} */ a) => () => {
      answer = a;
      d.close();
    };
    const d = dialog(next ? "panel.leaveNextTitle" : "panel.leaveTitle", args, [
      words("p", "panel.leaveText", { others }),
      h(
        "div",
        { class: "row" },
        button({ key: next ? "panel.leaveNext" : "panel.leave", act: "end-yes", press: end("leave") }),
        lead && !next && button({ key: "panel.endAll", variant: "secondary", act: "end-all", press: end("all") }),
        button({ key: "room.endNo", variant: "tertiary", press: end(undefined) }),
      ),
    ]);
    d.addEventListener("close", () => resolve(answer));
  });
}
