// Keeps the screen of a waiting or talking phone awake, where the browser can.

/** @type {WakeLockSentinel | undefined} */
let lock;
let wanted = false;

async function take() {
  if (!wanted || lock || document.visibilityState !== "visible" || !("wakeLock" in navigator)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => (lock = undefined));
    if (!wanted) keepAwake(false);
  } catch {
    // Low battery, or not allowed: the place does not depend on it.
  }
}

/** @param {boolean} on */
export function keepAwake(on) {
  wanted = on;
  if (on) void take();
  else void lock?.release();
}

// The browser takes it back whenever the page is hidden.
document.addEventListener("visibilitychange", () => void take());
