// Messages of the desk's kind by nodemailer: PORT CONNECTIONS NUMBER. Prints how many a second.
import nodemailer from "nodemailer";

const [port, connections, number] = process.argv.slice(2).map(Number);
const transport = nodemailer.createTransport({
  host: "127.0.0.1",
  port,
  ignoreTLS: true,
  pool: true,
  maxConnections: connections,
  maxMessages: Infinity,
});

const calendar = (link) =>
  [
    "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Example//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
    "UID:1@example.org", "SEQUENCE:1", "DTSTAMP:20261127T120000Z", "DTSTART:20261201T190000Z",
    "DTEND:20261201T210000Z", "SUMMARY:Evening show", `URL:${link}`, "STATUS:CONFIRMED",
    "END:VEVENT", "END:VCALENDAR", "",
  ].join("\r\n");

function message(n) {
  const link = `https://callboard.example.org/join/1-${n.toString(16)}-abcdefghijklmnopqrstuv`;
  const words = "The evening show goes out on Tuesday at eight; here is how to watch it. ".repeat(6);
  return {
    from: "Callboard <desk@example.org>",
    to: `Fan ${n} <fan${n}@example.org>`,
    subject: "Evening show, Tuesday, 1 December, 20:00",
    text: `${words}\n\n${link}\n`,
    html: `<p>${words}</p><p><a href="${link}">Join</a></p>`.repeat(2),
    icalEvent: { method: "REQUEST", content: calendar(link) },
  };
}

await transport.sendMail(message(0));
const began = process.hrtime.bigint();
await Promise.all(Array.from({ length: number }, (_, n) => transport.sendMail(message(n + 1))));
const seconds = Number(process.hrtime.bigint() - began) / 1e9;
transport.close();
console.log(number / seconds);
