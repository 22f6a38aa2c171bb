// A service worker that does one thing: where a page may not show a notification itself (Android), it is shown through
// this, and pressing it brings the page forward. It sees no request and keeps nothing.

/** @type {any} */
const worker = self;

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("notificationclick", (/** @type {any} */ e) => {
  e.notification.close();
  e.waitUntil(
    worker.clients.matchAll({ type: "window", includeUncontrolled: true }).then((/** @type {any[]} */ pages) => {
      const page = pages.find((p) => p.url === e.notification.data) ?? pages[0];
      return page?.focus();
    }),
  );
});
