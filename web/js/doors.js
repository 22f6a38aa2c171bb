// The quiet rows at the end of the candidate's pages: the job, how it goes, the devices, the connection, another device,
// help, what he said of himself, giving up the place.
import { h, icon, must } from "./dom.js";
import { deviceRows } from "./devicerows.js";
import { elsewhere } from "./elsewhere.js";
import { ladder, measured } from "./steps.js";
import { button, dialog, plain, sure, words } from "./ui.js";
import { wayTest } from "./waytest.js";

/** @typedef {import("./lobby.js").Context} Context */
/** @typedef {"job" | "ad" | "how" | "devices" | "ways" | "other" | "help" | "details" | "withdraw"} Door */

const icons = {
  job: "job", ad: "external", how: "hourglass", devices: "cog", ways: "signal", other: "mobile", help: "help", details: "pen", withdraw: "leave",
};

/** @param {Context} c @param {Door[]} which */
export function doors(c, which) {
  const there = (/** @type {Door} */ d) => (d === "job" ? document.getElementById("job") : d === "ad" ? c.boot.ad : true);
  return h("div", { class: "sheet sheet--flush" }, ...which.filter(there).map((d) => (d === "ad" || d === "details" ? away(c, d) : row(c, d))));
}

/** @param {Context} c @param {Door} d */
function row(c, d) {
  return button({
    key: `door.${d}`,
    icon: icons[d],
    trailing: "right",
    class: "door live-door",
    act: `door-${d}`,
    press: () => open(c, d),
  });
}

/** A page of its own, beside this one: nobody leaves a lobby by looking something up. @param {Context} c @param {"ad" | "details"} d */
function away(c, d) {
  return h(
    "a",
    { class: "door live-door", href: d === "ad" ? c.boot.ad : c.boot.details, target: "_blank", rel: "noopener noreferrer", "data-act": `door-${d}` },
    icon(icons[d]),
    words("span", `door.${d}`),
    icon(d === "ad" ? "external" : "right"),
  );
}

/** @param {Context} c @param {Door} d */
function open(c, d) {
  switch (d) {
    case "job":
      showJob();
      break;
    case "how":
      dialog("door.how", undefined, [howItGoes(c)]);
      break;
    case "devices":
      showDevices(c);
      break;
    case "ways":
      dialog("door.ways", undefined, [wayTest(c)]);
      break;
    case "other":
      dialog("door.other", undefined, [elsewhere(c.boot.link)]);
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

/** What happens when, also when the time is not enough. @param {Context} c */
export function howItGoes(c) {
  return h(
    "div",
    { class: "stack g4" },
    h("ol", { class: "steps steps--line" }, ...["check", "in", "wait", "called", "missed", "late"].map((k) => h("li", {}, words("span", `how.${k}`)))),
    contact(c, "how.contact"),
  );
}

/**
 * Whom to call, if the employer gave somebody.
 * @param {Pick<Context, "boot">} c
 * @param {string} key what is said before it
 */
export function contact(c, key) {
  if (!c.boot.contact) return undefined;
  const who = h("b", { class: "lobby-words" });
  plain(who, c.boot.contact);
  return h("p", { class: "note", "data-contact": true }, icon("phone"), h("span", {}, words("span", key), " ", who));
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

/** @param {Pick<Context, "devices" | "call" | "boot">} c */
export function showHelp(c) {
  if (c.call.network.state === "") void c.call.test();
  dialog("live.help.title", undefined, [measured(c.devices, c.call), ladder(), contact(c, "how.contact")]);
}
