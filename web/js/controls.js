// The buttons of a call: icon over word, always both. The same for candidate and interviewer.
import { h, icon, setIcon } from "./dom.js";
import { say } from "./i18n.js";
import { words } from "./ui.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./devices.js").Kind} Kind */

/**
 * @param {{key: string, icon: string, act: string, press: () => void, class?: string}} b
 * @returns {HTMLButtonElement}
 */
export function control(b) {
  return h(
    "button",
    { type: "button", class: `ctl ${b.class ?? ""}`, "data-act": b.act, on: { click: b.press } },
    icon(b.icon),
    words("span", b.key),
  );
}

/**
 * The button that switches the microphone or the camera off and on.
 * @param {Devices} devices
 * @param {Kind} kind
 */
export function muteControl(devices, kind) {
  const pictures = kind === "microphone" ? ["mic", "micoff"] : ["cam", "camoff"];
  const b = control({
    key: `talk.${kind}`,
    icon: pictures[0] ?? "",
    act: `mute-${kind}`,
    press: () => {
      if (devices.state[kind] === "ok") return devices.mute(kind, !devices.muted[kind]);
      devices.mute(kind, false);
      void devices.ask({
        camera: kind === "camera" || devices.state.camera !== "off",
        microphone: kind === "microphone" || devices.state.microphone !== "off",
      });
    },
  });
  const label = b.querySelector("span");
  const update = () => {
    const off = devices.state[kind] !== "ok" || devices.muted[kind];
    b.classList.toggle("ctl--off", off);
    b.setAttribute("aria-pressed", String(off));
    setIcon(b, pictures[off ? 1 : 0] ?? "");
    if (label) say(label, off ? `talk.${kind}Off` : `talk.${kind}`);
  };
  update();
  devices.addEventListener("change", update);
  return { element: b, stop: () => devices.removeEventListener("change", update) };
}

/** The spinner over a dimmed picture. */
export function spinner() {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "spin");
  svg.setAttribute("viewBox", "0 0 48 48");
  svg.setAttribute("aria-hidden", "true");
  const ring = document.createElementNS(svg.namespaceURI ?? "", "circle");
  for (const [k, v] of Object.entries({ cx: 24, cy: 24, r: 20, fill: "none", stroke: "#fff", "stroke-opacity": 0.25, "stroke-width": 4 }))
    ring.setAttribute(k, String(v));
  const arc = document.createElementNS(svg.namespaceURI ?? "", "path");
  for (const [k, v] of Object.entries({ d: "M24 4a20 20 0 0 1 20 20", fill: "none", stroke: "#8fd0ef", "stroke-width": 4, "stroke-linecap": "round" }))
    arc.setAttribute(k, v.toString());
  svg.append(ring, arc);
  return svg;
}
