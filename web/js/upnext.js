// Under the picture: the queue as one quiet row, who else is in the talk, and what is announced to those who wait.
import { h, icon, list } from "./dom.js";
import { say } from "./i18n.js";
import { reservedState } from "./handover.js";
import { rowState } from "./rows.js";
import { button, plain, swap, words } from "./ui.js";
import { whoIsIn } from "./panel.js";

/** @typedef {import("./room.js").Room} Room */

/** @param {Room} room @param {() => void} endNext @param {HTMLElement[]} seldom buttons for what is needed less often */
export function upNext(room, endNext, seldom) {
  const count = h("span", { class: "soft small nowrap" });
  const rows = h("ol", {});
  const next = button({ key: "room.endNext", variant: "secondary", trailing: "right", act: "end-next", press: endNext });
  const inside = whoIsIn(room);
  const words1 = h("span", {});
  const line = h("p", { class: "small soft upnext__line" }, icon("megaphone"), " ", words1);
  const element = h(
    "section",
    { class: "sheet upnext" },
    inside.element,
    h("p", {}, words("b", "room.queue", undefined, { class: "strong" }), h("br"), count),
    rows,
    h("div", { class: "upnext__more" }, ...seldom),
    next,
    line,
  );
  return {
    element,
    update: () => {
      const { queue, nextUp, you } = room.view;
      inside.update();
      say(count, "room.count", { count: queue.length });
      list(
        rows,
        // Who was handed over to me waits for nobody else.
        [...queue.filter((r) => r.for?.id === you.id), ...queue.filter((r) => r.for?.id !== you.id)].slice(0, 3),
        (r) => r.id,
        () => h("li", {}, h("span", { class: "place" }), h("div", {}, h("b", { class: "strong" }), h("br"), h("span", {}))),
        (li, r) => {
          const [place, who, how] = li.querySelectorAll(".place, b, div > span");
          if (!place || !who || !how) return;
          plain(place, String(queue.indexOf(r) + 1));
          plain(who, r.name);
          swap(how, reservedState(r, you.id) ?? rowState(r, room.at));
        },
      );
      next.hidden = !nextUp;
      plain(words1, room.view.line);
      line.hidden = !room.view.line;
    },
  };
}
