// Going on with another device: the link as words and as a picture to be photographed. Opening it there takes nothing
// over; "Continue here" does, on that device.
import { h, icon } from "./dom.js";
import { copied } from "./copied.js";
import { button, relabel, words } from "./ui.js";

/** The link with a button that copies it. @param {string} link */
export function copyLine(link) {
  const text = h("span", { class: "code" }, link);
  const copy = button({
    key: "common.copy",
    icon: "copy",
    class: "ds-button ds-button--slim",
    variant: "secondary",
    act: "copy",
    press: async () => {
      if (await copied(text)) relabel(copy, "common.copied");
    },
  });
  return h("div", { class: "copyline" }, text, copy);
}

/** The picture of the link, if this page came with one: only the candidate's own does. @returns {Node | undefined} */
export function qr() {
  const t = document.getElementById("qr");
  return t instanceof HTMLTemplateElement ? t.content.cloneNode(true) : undefined;
}

/** How to go on with another device. @param {string} link */
export function elsewhere(link) {
  const picture = qr();
  return h(
    "div",
    { class: "stack g4" },
    picture && h("div", { class: "stack g3 center" }, h("div", { class: "lobby-code" }, picture), words("p", "other.scan", undefined, { class: "center" })),
    h("div", { class: "stack g2" }, words("p", picture ? "other.orCopy" : "door.otherText", undefined, { class: "soft" }), copyLine(link)),
    h("p", { class: "note note--act" }, icon("info"), words("span", "door.otherSafe")),
  );
}
