import { invalidArgument, knownKeys, reading, wholeNumber } from "../errors/arguments.js";
import { jsonText } from "../json/json-text.js";

/** Which events: every member that is given must match. `A` and `T` are the aggregate types and the event types of the store. */
export interface EventFilter<A extends string = string, T extends string = string> {
  /** Of this aggregate. */
  readonly aggregateId?: string;
  /** Of one of these aggregates. */
  readonly aggregateIds?: readonly string[];
  /** Of aggregates of this type. */
  readonly aggregateType?: A;
  /** Of one of these types. */
  readonly eventTypes?: readonly T[];
  /** With all of these tags. */
  readonly tags?: readonly string[];
  /** At or after this sequence number. */
  readonly fromSequence?: number;
  /** At or before this sequence number. */
  readonly toSequence?: number;
  /** At or after this version of its aggregate. */
  readonly fromVersion?: number;
  /** At or before this version of its aggregate. */
  readonly toVersion?: number;
  /** Recorded at or after this time. */
  readonly fromRecordedAt?: Date | string;
  /** Recorded at or before this time. */
  readonly toRecordedAt?: Date | string;
  /** Caused by this user. */
  readonly causedBy?: string;
  /** Of this business operation. */
  readonly correlationId?: string;
}

/** Which events, how many and in which order. */
export interface EventQuery<A extends string = string, T extends string = string> extends EventFilter<A, T> {
  /** At most so many events; without it, every match. */
  readonly limit?: number;
  /** By sequence number; `"forward"` by default. */
  readonly direction?: "forward" | "backward";
}

/** @internal A query as the core takes it. */
export interface EncodedQuery {
  readonly filter: string;
  readonly limit: number;
  readonly backward: boolean;
}

/** @internal Reads a filter; `where` names it in errors. */
export function encodeFilter(filter: EventFilter | undefined, where = "filter"): string {
  return reading(where, () => readFilter(filter, where));
}

/** @internal Reads a query. */
export function encodeQuery(query: EventQuery | undefined): EncodedQuery {
  return reading("filter", () => readQuery(query));
}

const FILTER_KEYS = [
  "aggregateId",
  "aggregateIds",
  "aggregateType",
  "eventTypes",
  "tags",
  "fromSequence",
  "toSequence",
  "fromVersion",
  "toVersion",
  "fromRecordedAt",
  "toRecordedAt",
  "causedBy",
  "correlationId",
];

function readFilter(filter: EventFilter | undefined, where: string): string {
  const given = knownKeys(filter, FILTER_KEYS, where);
  const { aggregateId, aggregateIds, fromRecordedAt, toRecordedAt, ...rest } = given;
  const encoded: Record<string, unknown> = { ...rest };
  if (aggregateId !== undefined && aggregateIds !== undefined) {
    throw invalidArgument(`${where}.aggregateId`, "is given together with aggregateIds; give one of them");
  }
  if (aggregateId !== undefined) encoded["aggregateIds"] = [aggregateId];
  if (aggregateIds !== undefined) encoded["aggregateIds"] = aggregateIds;
  if (fromRecordedAt !== undefined) encoded["fromRecordedAt"] = isoTime(fromRecordedAt, `${where}.fromRecordedAt`);
  if (toRecordedAt !== undefined) encoded["toRecordedAt"] = isoTime(toRecordedAt, `${where}.toRecordedAt`);
  return jsonText(encoded, where, "invalid_argument");
}

function readQuery(query: EventQuery | undefined): EncodedQuery {
  const { limit, direction, ...filter } = knownKeys(query, [...FILTER_KEYS, "limit", "direction"], "filter");
  if (direction !== undefined && direction !== "forward" && direction !== "backward") {
    throw invalidArgument("filter.direction", 'is neither "forward" nor "backward"');
  }
  return {
    filter: encodeFilter(filter),
    limit: limit === undefined ? Infinity : wholeNumber(limit, "filter.limit"),
    backward: direction === "backward",
  };
}

function isoTime(value: Date | string, field: string): string {
  if (!(value instanceof Date)) return value;
  if (Number.isNaN(value.getTime())) throw invalidArgument(field, "is an invalid Date");
  return value.toISOString();
}
