// The quiet rows at the end of the candidate's pages: the job, the devices, another device, help, giving up the place.
import { h, icon, must } from "./dom.js";
import { deviceRows } from "./devicerows.js";
import { ladder, measured } from "./steps.js";
import { button, dialog, relabel, sure, words } from "./ui.js";

/** @typedef {import("./lobby.js").Context} Context */
/** @typedef {"job" | "devices" | "other" | "help" | "withdraw"} Door */

const icons = { job: "job", devices: "cog", other: "mobile", help: "help", withdraw: "leave" };

/** @param {Context} c @param {Door[]} which */
export function doors(c, which) {
  const shown = which.filter((d) => d !== "job" || document.getElementById("job"));
  return h(
    "div",
    { class: "sheet sheet--flush" },
    ...shown.map((d) =>
      button({
        key: `door.${d}`,
        icon: icons[d],
        trailing: "right",
        class: "door live-door",
        act: `door-${d}`,
        press: () => open(c, d),
      }),
    ),
  );
}

/** @param {Context} c @param {Door} d */
function open(c, d) {
  switch (d) {
    case "job":
      showJob();
      break;
    case "devices":
      showDevices(c);
      break;
    case "other":
      dialog("door.other", undefined, [
        words("p", "door.otherText"),
        copyLine(location.href),
        h("p", { class: "note note--act" }, icon("info"), words("span", "door.otherSafe")),
      ]);
      break;
    case "help":
      showHelp(c);
      break;
    case "withdraw":
      void sure({
        title: "door.withdraw",
        text: "door.withdrawText",
        yes: "door.withdrawYes",
        no: "door.withdrawNo",
        act: "withdraw-yes",
      }).then((yes) => (yes ? c.act({ do: "withdraw" }) : undefined));
  }
}

/** The link with a button that copies it. @param {string} link */
function copyLine(link) {
  const copy = button({
    key: "common.copy",
    icon: "copy",
    class: "ds-button ds-button--slim",
    variant: "secondary",
    act: "copy",
    press: async () => {
      await navigator.clipboard.writeText(link);
      relabel(copy, "common.copied");
    },
  });
  return h("div", { class: "copyline" }, h("span", { class: "code" }, link), "clipboard" in navigator && copy);
}

/** The job text came with the page, made safe by the server. */
export function showJob() {
  dialog("door.job", undefined, [h("div", { class: "prose" }, must("#job", HTMLTemplateElement).content.cloneNode(true))]);
}

/** @param {Pick<Context, "devices" | "call">} c */
export function showDevices(c) {
  const rows = deviceRows(c.devices, c.call);
  if (c.call.network.state === "") void c.call.test();
  dialog("door.devices", undefined, [rows.element]).addEventListener("close", rows.stop);
}

/** @param {Pick<Context, "devices" | "call">} c */
export function showHelp(c) {
  dialog("live.help.title", undefined, [measured(c.devices, c.call), h("hr"), ladder()]);
}
