import { invalidArgument, kindOf, reading, refused, timeText } from "../errors/arguments.js";
import { refuseLoss, written } from "../json/json-text.js";

/**
 * Reads the events of an append, once and completely, into the text that the core takes.
 *
 * @internal
 */
export function encodeEvents(events: unknown): string {
  return reading("events", () => {
    if (!Array.isArray(events)) throw invalidArgument("events", `is ${kindOf(events)}; give an array`);
    const { length } = events;
    const texts: string[] = [];
    let characters = 0;
    for (let index = 0; index < length; index += 1) {
      const event = encodeEvent(events[index], `events[${index}]`);
      characters += event.length;
      if (characters > MAX_CHARACTERS) throw invalidArgument("events", "is far beyond the 16 MiB of an append; make several of it");
      texts.push(event);
    }
    return `[${texts.join(",")}]`;
  });
}

/**
 * More than the text of any append that the core takes: 16 MiB of names and payloads, a byte of a name written as six characters at
 * the most. The core says how large an append is exactly; this only keeps it from being handed more than its memory holds.
 */
const MAX_CHARACTERS = 2 ** 27;

/** @internal Reads one event; `where` names it in errors. */
export function encodeEvent(event: unknown, where: string): string {
  if (typeof event !== "object" || event === null) throw refused("invalid_event", where, "is not an object");
  return reading(where, () => readEvent(event as Record<string, unknown>, where), "invalid_event");
}

const FIELDS = [
  "id",
  "aggregateId",
  "aggregateType",
  "eventType",
  "aggregateVersion",
  "schemaVersion",
  "eventData",
  "metadata",
  "tags",
  "createdAt",
  "causedBy",
  "causationId",
  "correlationId",
] as const;

const KNOWN: ReadonlySet<string> = new Set(FIELDS);

function readEvent(event: Record<string, unknown>, where: string): string {
  for (const key of Object.keys(event)) {
    if (!KNOWN.has(key)) throw refused("invalid_event", `${where}.${key}`, `is unknown; the fields are ${FIELDS.join(", ")}`);
  }
  const picked: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const value = readField(event, field, where);
    if (value === undefined && field !== "eventData") continue;
    if (typeof value !== "string") refuseLoss(value, `${where}.${field}`, "invalid_event");
    picked[field] = value;
  }
  return written(picked, where, "invalid_event");
}

function readField(event: Record<string, unknown>, name: string, where: string): unknown {
  const field = `${where}.${name}`;
  const value = reading(field, () => event[name], "invalid_event");
  return name === "createdAt" ? timeText(value, field, "invalid_event") : value;
}
