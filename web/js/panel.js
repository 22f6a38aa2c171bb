// Several interviewers in one talk: asking a colleague in, being asked, and who is there.
import { h, icon, list } from "./dom.js";
import { plural, say, t } from "./i18n.js";
import { leftNow } from "./clock.js";
import { chooseColleague } from "./handover.js";
import { popover } from "./popover.js";
import { busy, button, firstName, plain, words } from "./ui.js";

/** @typedef {import("./room.js").Room} Room */
/** @typedef {import("./types.js").Invite} Invite */
/** @typedef {import("./types.js").Mate} Mate */

/** How many interviewers one talk holds. */
export const panelSize = 4;

/** @param {Room} room @param {HTMLElement} anchor */
export function invitePopover(room, anchor) {
  const { you } = room.view;
  const name = firstName(you.candidate?.name ?? "");
  const inside = new Set((you.panel ?? []).map((m) => m.id));
  // Who talks with somebody else, or is not here, could not come.
  const who = chooseColleague(room, "panel.who", (w) => w.connected && !inside.has(w.id) && ["free", "write_up", "paused"].includes(w.state));
  const go = button({
    key: "panel.go",
    icon: "add",
    act: "invite-yes",
    press: () => {
      const to = who.read();
      if (!to) return;
      void busy(go, async () => {
        if (await room.act({ do: "invite_panel", offer: you.offer, interviewer: to })) d.close();
      });
    },
  });
  const d = popover(anchor, "panel.title", { name }, [
    who.element,
    h("div", { class: "row" }, who.any && go, button({ key: "common.cancel", variant: "tertiary", press: () => d.close() })),
    words("p", "panel.what", { name }, { class: "small soft" }),
  ]);
  d.addEventListener("close", who.stop);
}

/** Invitations to others' talks. @param {Room} room */
export function invitations(room) {
  const element = h("div", { class: "stack g4 live-notices", role: "status" });
  return {
    element,
    update: () => {
      const { invites, you } = room.view;
      const able = you.state !== "talk";
      list(element, able ? (invites ?? []) : [], (i) => String(i.offer), (i) => invitation(room, i), (node, i) => node.show?.(i));
      element.hidden = element.childElementCount === 0;
    },
  };
}

/** @typedef {HTMLElement & {show?: (i: Invite) => void}} Card */

/** @param {Room} room @param {Invite} first @returns {Card} */
function invitation(room, first) {
  const { offer } = first;
  const title = h("h2", { class: "h2" });
  const left = h("p", { class: "soft" });
  const join = button({
    key: "panel.join",
    icon: "cam",
    act: "join",
    class: "ds-button ds-button--wide",
    press: () => void busy(join, () => room.act({ do: "join_panel", offer })),
  });
  const no = button({
    key: "panel.decline",
    variant: "secondary",
    act: "decline-panel",
    class: "ds-button ds-button--wide",
    press: () => void busy(no, () => room.act({ do: "decline_panel", offer })),
  });
  /** @type {Card} */
  const element = h(
    "section",
    { class: "sheet sheet--next stack g4" },
    h("div", { class: "stack g2" }, h("p", { class: "row row--tight" }, icon("persons"), words("span", "panel.asked", undefined, { class: "eyebrow" })), title, left),
    h("div", { class: "row row--pair" }, join, no),
  );
  element.show = (i) => {
    say(title, "panel.askedBy", { from: i.from, name: i.candidate?.name ?? "" });
    const minutes = Math.ceil(leftNow(i.left ?? 0, room.at) / 60_000);
    left.hidden = i.left === undefined;
    plain(left, minutes > 0 ? plural("room.work.talkLeft", minutes) : t("room.work.talkOver"));
  };
  return element;
}

/** Who is in the talk, beside me and the candidate. @param {Room} room */
export function whoIsIn(room) {
  const names = h("span", {});
  const element = h("p", { class: "whoin", role: "status", hidden: true }, icon("persons"), names);
  return {
    element,
    update: () => {
      const { you } = room.view;
      const others = (you.panel ?? []).filter((m) => m.id !== you.id);
      element.hidden = others.length === 0;
      plain(names, others.map(named).join(", "));
    },
  };
}

/** @param {Mate} m */
function named(m) {
  const more = [m.lead && t("panel.lead"), m.connected === false && t("state.reconnecting")].filter(Boolean);
  return more.length ? `${m.name} (${more.join(", ")})` : m.name;
}
