// The interviewer's own tools in a talk, put together for the stage: more time, handing over, asking a colleague in, the
// end; and below, what is needed less often: the picture in a window of its own, a conflict of interest found too late.
import { control } from "./controls.js";
import { extendTool, overCost } from "./cost.js";
import { finish } from "./ending.js";
import { handOverPopover } from "./handover.js";
import { invitePopover, panelSize } from "./panel.js";
import { floating } from "./pip.js";
import { recusePopover } from "./reason.js";
import { button } from "./ui.js";
import { upNext } from "./upnext.js";

/** @typedef {import("./room.js").Room} Room */

/** @param {Room} room */
export function talkTools(room) {
  const extend = extendTool(room);
  const hand = control({ key: "hand.short", icon: "hand", act: "hand-over", press: () => handOverPopover(room, hand) });
  const invite = control({ key: "panel.short", icon: "add", act: "invite", press: () => invitePopover(room, invite) });
  const recuse = button({
    key: "room.recuse",
    icon: "gavel",
    class: "quiet quiet--link",
    act: "recuse",
    press: () => room.view.you.candidate && recusePopover(room, recuse, room.view.you.candidate),
  });
  const float = floating(room);
  const end = control({ key: "room.end", icon: "end", class: "ctl--end", act: "end", press: () => void finish(room, false) });
  const below = upNext(room, () => void finish(room, true), [float.element, recuse]);
  return {
    /** The box that gives more time. */
    extend: extend.element,
    /** Buttons for the stage's own row, in order; the last one ends the talk. */
    controls: [invite, hand, end],
    /** What stands under the stage. */
    below: below.element,
    /** The line under the clock when the time is up. */
    over: () => overCost(room),
    /** For the first focus in a talk. */
    end,
    update: () => {
      const { you, colleagues } = room.view;
      extend.update();
      below.update();
      // Who leads the talk hands it over.
      hand.hidden = colleagues.length === 0 || !you.lead;
      invite.hidden = colleagues.length === 0 || (you.panel?.length ?? 1) >= panelSize;
      float.update();
    },
    tick: () => float.tick(),
    hide: () => float.close(),
  };
}
