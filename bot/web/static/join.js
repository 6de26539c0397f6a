// The page behind a join link, left open: it counts down, plays, and becomes the next by itself.
// Without it the page is loaded again at its next moment, and says the same.
"use strict";

const shown = document.querySelector("[data-mark]");
const SECOND = 1000;
const MINUTE = 60 * SECOND;

// not everybody in the same instant
const spread = (least, most) => least + Math.random() * (most - least);

let lookedAt = -MINUTE;

// Asked for beside the page, which stays where the desk is away: it is loaded when it is another.
async function look() {
  lookedAt = performance.now();
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (answer.status !== 200 && answer.status !== 404) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (page.querySelector("[data-mark]")?.dataset.mark !== shown.dataset.mark) location.reload();
  } catch {
    // no answer: it is asked again
  }
}

function lookUntilAnother(after) {
  setTimeout(async () => {
    await look();
    lookUntilAnother(Math.min(after * 2, 30 * SECOND));
  }, spread(after / 2, after));
}

// called off, moved, or let in anew: whoever has it before them is told within a minute
function lookIfSeen() {
  const long = performance.now() - lookedAt > 45 * SECOND;
  if (long && document.visibilityState === "visible") look();
}

function left(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24];
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  if (days) return `${days} d ${hours} h`;
  if (hours) return `${hours} h ${minutes} min`;
  return minutes ? `${minutes} min ${rest} s` : `${rest} s`;
}

for (const count of document.querySelectorAll("[data-until]")) {
  // by the server's clock: the reader's own may be wrong
  const ahead = Date.parse(count.dataset.now) - Date.now();
  const until = Date.parse(count.dataset.until);
  const tick = () => {
    const seconds = (until - Date.now() - ahead) / SECOND;
    count.textContent = left(seconds);
    if (seconds > 0) setTimeout(tick, SECOND - (Date.now() % SECOND));
    else lookUntilAnother(3 * SECOND);
  };
  tick();
}

for (const player of document.querySelectorAll("video, audio")) {
  let retrying = 0;
  const retry = () => {
    if (performance.now() - lookedAt > 15 * SECOND) look();
    player.load();
    player.play().catch(() => {});
  };
  const soon = (after) => {
    clearTimeout(retrying);
    retrying = setTimeout(retry, spread(after, after + SECOND));
  };
  // nobody publishes yet, or any more; and Chromium gives up a stream that has just begun
  player.addEventListener("error", () => soon(2 * SECOND));
  player.addEventListener("ended", () => soon(2 * SECOND));
  // where it is refused in the middle of a stream, Chromium waits for ever and says nothing more;
  // to begin may take long, too, and is let be
  player.addEventListener("waiting", () => {
    if (player.currentTime > 0) soon(8 * SECOND);
  });
  // it goes on, or whoever watches has stopped it; what has failed is paused as well
  for (const name of ["playing", "pause"]) {
    player.addEventListener(name, () => {
      if (!player.error && !player.ended) clearTimeout(retrying);
    });
  }
}

if (shown) {
  lookedAt = performance.now();
  setInterval(lookIfSeen, spread(50 * SECOND, MINUTE));
  document.addEventListener("visibilitychange", lookIfSeen);
}
