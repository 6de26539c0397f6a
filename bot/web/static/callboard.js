// What the pages do beyond showing: times in the reader's own zone, a countdown, copying.
// Without it they say the same, in the server's zone.
"use strict";

const own = new Intl.DateTimeFormat(undefined, {
  weekday: "short", day: "numeric", month: "short", year: "numeric",
  hour: "2-digit", minute: "2-digit", timeZoneName: "short",
});

for (const time of document.querySelectorAll("time[datetime]")) {
  const at = new Date(time.dateTime);
  if (!Number.isNaN(at.getTime())) {
    time.title = time.textContent;
    time.textContent = own.format(at);
  }
}

const headline = document.querySelector("h1");
if (headline) document.title = `${headline.textContent.trim()} · Callboard`;

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
    const seconds = (until - Date.now() - ahead) / 1000;
    if (seconds > 0) {
      count.textContent = left(seconds);
      setTimeout(tick, 1000 - (Date.now() % 1000));
    } else {
      // not everybody in the same instant
      setTimeout(() => location.reload(), 300 + Math.random() * 1500);
    }
  };
  tick();
}

// nobody may publish yet, or again; and Chromium gives up a stream that has just begun
for (const player of document.querySelectorAll("video, audio")) {
  player.addEventListener("error", () => {
    setTimeout(() => {
      player.load();
      player.play().catch(() => {});
    }, 2000 + Math.random() * 1000);
  });
}

for (const part of document.querySelectorAll("[data-copies]")) {
  part.hidden = !navigator.clipboard;
  part.addEventListener("click", async () => {
    const text = document.getElementById(part.dataset.copies).textContent.trim();
    const label = part.textContent;
    try {
      await navigator.clipboard.writeText(text);
      part.textContent = "Copied";
    } catch {
      part.textContent = "Please copy it by hand";
    }
    setTimeout(() => { part.textContent = label; }, 2000);
  });
}
