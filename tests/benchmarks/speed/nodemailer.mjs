// Nodemailer, pooled: builds and sends a message for each recipient, as often as it is ordered to.
// Run as `node nodemailer.mjs PORT CONNECTIONS SAMPLE`; each line of input is an order in JSON.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import nodemailer from "nodemailer";

const [port, connections, path] = process.argv.slice(2);
const sample = JSON.parse(readFileSync(path, "utf8"));

// what is a recipient's own: the address, and the links
const personal = (text, number) =>
  sample.links.reduce(
    (made, link) => made.replaceAll(link, `${link.slice(0, -8)}${String(number).padStart(8, "0")}`),
    text.replaceAll("person0@", `person${number}@`),
  );

const message = (number) => ({
  from: { name: "Callboard", address: "desk@example.org" },
  to: { name: `Person ${number}`, address: `person${number}@example.org` },
  subject: sample.subject,
  headers: sample.headers,
  text: personal(sample.text, number),
  html: personal(sample.html, number),
  alternatives: [
    {
      contentType: "text/calendar; charset=utf-8; method=REQUEST",
      content: personal(sample.calendar, number),
    },
  ],
});

const send = async (count) => {
  const pool = nodemailer.createTransport({
    pool: true,
    host: "127.0.0.1",
    port: Number(port),
    ignoreTLS: true,
    maxConnections: Number(connections),
    maxMessages: Infinity,
    name: "example.org",
  });
  const began = process.hrtime.bigint();
  const cpu = process.cpuUsage();
  let next = 0;
  const some = async () => {
    while (next < count) await pool.sendMail(message(next++));
  };
  // more at work than there are connections, so that none of these waits
  await Promise.all(Array.from({ length: 2 * Number(connections) }, some));
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  pool.close();
  const { user, system } = process.cpuUsage(cpu);
  return { sent: count, seconds, cpu: (user + system) / 1e6 };
};

const size = async () => {
  const builder = nodemailer.createTransport({ streamTransport: true, buffer: true });
  const built = await builder.sendMail(message(0));
  return { octets: built.message.length };
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  const answer = order.do === "size" ? await size() : await send(order.messages);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
