// What the pages do beyond showing: times in the reader's own zone, copying.
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
