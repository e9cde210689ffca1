import { invalidArgument } from "../errors/arguments.js";
import { FoldlogError } from "../errors/foldlog-error.js";
import { refused, refuseLoss } from "../json/json-text.js";

/**
 * Reads the events of an append, once and completely, into the text that the core takes.
 *
 * @internal
 */
export function encodeEvents(events: unknown): string {
  if (!Array.isArray(events)) throw invalidArgument("events", "is not an array");
  const texts: string[] = [];
  for (let index = 0; index < events.length; index += 1) texts.push(encodeEvent(events[index], `events[${index}]`));
  return `[${texts.join(",")}]`;
}

/** @internal Reads one event; `where` names it in errors. */
export function encodeEvent(event: unknown, where: string): string {
  if (typeof event !== "object" || event === null) throw refused("invalid_event", where, "is not an object");
  try {
    return readEvent(event as Record<string, unknown>, where);
  } catch (cause) {
    if (FoldlogError.is(cause)) throw cause;
    throw refused("invalid_event", where, "cannot be read", cause);
  }
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
    if (value === undefined) continue;
    if (typeof value !== "string") refuseLoss(value, `${where}.${field}`, "invalid_event");
    picked[field] = value;
  }
  return JSON.stringify(picked);
}

function readField(event: Record<string, unknown>, field: string, where: string): unknown {
  let value: unknown;
  try {
    value = event[field];
  } catch (cause) {
    throw refused("invalid_event", `${where}.${field}`, "cannot be read", cause);
  }
  if (field !== "createdAt" || !(value instanceof Date)) return value;
  if (Number.isNaN(value.getTime())) throw refused("invalid_event", `${where}.${field}`, "is an invalid Date");
  return value.toISOString();
}
