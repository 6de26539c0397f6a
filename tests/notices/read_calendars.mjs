// Reads calendars (a JSON list of texts on standard input) with ical.js, strictly, and says what it read.
import ICAL from "ical.js";
import { readFileSync } from "node:fs";

ICAL.design.strict = true;

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents("vevent");
  return events.map((entry) => readOne(calendar, events, entry));
}

function readOne(calendar, events, entry) {
  const event = new ICAL.Event(entry);
  const attendee = entry.getFirstProperty("attendee");
  return {
    method: calendar.getFirstPropertyValue("method"),
    events: events.length,
    uid: event.uid,
    sequence: event.sequence,
    status: entry.getFirstPropertyValue("status"),
    summary: event.summary,
    description: event.description,
    location: event.location,
    starts_at: event.startDate.toJSDate().toISOString(),
    ends_at: event.endDate.toJSDate().toISOString(),
    zone: event.startDate.zone.tzid,
    organizer: event.organizer,
    attendees: event.attendees.length,
    attendee: attendee?.getFirstValue() ?? "",
    attendee_name: attendee?.getParameter("cn") ?? "",
    url: entry.getFirstPropertyValue("url") ?? "",
    name: calendar.getFirstPropertyValue("name") ?? "",
  };
}

const texts = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(texts.map(read)));
