import { invalidArgument, knownKeys, timeText, wholeNumber } from "../errors/arguments.js";
import { optionsText } from "../json/json-text.js";

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

/** @internal Reads a filter. */
export function encodeFilter(filter: EventFilter | undefined): string {
  return filterText(knownKeys(filter, FILTER_KEYS, "filter"));
}

/** @internal Reads a query; an `aggregateType` that was given apart from it cannot be in it as well. */
export function encodeQuery(query: EventQuery | undefined, aggregateType?: string): EncodedQuery {
  const keys = aggregateType === undefined ? QUERY_KEYS : QUERY_KEYS.filter((key) => key !== "aggregateType");
  const { limit, direction, ...filter } = knownKeys(query, keys, "filter");
  if (direction !== undefined && direction !== "forward" && direction !== "backward") {
    throw invalidArgument("filter.direction", 'is neither "forward" nor "backward"');
  }
  return {
    filter: filterText(aggregateType === undefined ? filter : { ...filter, aggregateType }),
    limit: limit === undefined ? Infinity : wholeNumber(limit, "filter.limit"),
    backward: direction === "backward",
  };
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

const QUERY_KEYS = [...FILTER_KEYS, "limit", "direction"];

function filterText(filter: EventFilter): string {
  const encoded: Record<string, unknown> = { ...filter };
  for (const key of ["fromRecordedAt", "toRecordedAt"]) {
    if (key in encoded) encoded[key] = timeText(encoded[key], `filter.${key}`, "invalid_argument");
  }
  return optionsText(encoded, "filter.");
}
