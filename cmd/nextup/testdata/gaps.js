// Notes when pictures of the other are really shown: the times between one and the next that were longer than a person
// overlooks, for the test to ask for. Times are Date.now(): both sides of a talk run on one machine.
((selector) => {
  const seen = { last: 0, gaps: [], count: 0 };
  window.__gaps = seen;
  const watched = new WeakSet();
  setInterval(() => {
    for (const video of document.querySelectorAll(selector)) {
      if (watched.has(video)) continue;
      watched.add(video);
      const next = () => {
        const now = Date.now();
        if (seen.last && now - seen.last > 300) seen.gaps.push([seen.last, now]);
        seen.last = now;
        seen.count++;
        video.requestVideoFrameCallback(next);
      };
      video.requestVideoFrameCallback(next);
    }
  }, 100);
  // How long no picture came since a moment, in ms; null until they have come again for a while.
  seen.since = (at) => {
    const now = Date.now();
    const after = seen.gaps.filter(([, end]) => end > at);
    const settled = Math.max(at, ...after.map(([, end]) => end)) + 1500;
    if (now < settled || now - seen.last > 300) return null;
    return Math.max(0, ...after.map(([begin, end]) => end - Math.max(begin, at)));
  };
})("#talk video.live-remote[data-slot='0'], #call video.live-remote[data-slot='0']");
