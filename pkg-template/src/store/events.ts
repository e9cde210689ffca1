import type { Json, JsonCompatible, JsonObject } from "../json/json-types.js";

/** One member of the union of events that an application declares. */
export interface EventShape {
  readonly aggregateType: string;
  readonly eventType: string;
  readonly eventData: unknown;
  readonly metadata?: unknown;
}

/** The events of a store that declares none: any names, any JSON. */
export interface JsonEvent {
  readonly aggregateType: string;
  readonly eventType: string;
  readonly eventData: Json;
}

/** The members of the union `E` with this aggregate type and this event type. */
export type EventsOf<E extends EventShape, A extends string = string, T extends string = string> = E extends EventShape
  ? [E["aggregateType"] & A] extends [never]
    ? never
    : [E["eventType"] & T] extends [never]
      ? never
      : E
  : never;

/**
 * An event before it is stored, discriminated by `eventType`.
 *
 * Everything is read before the call that takes it returns; later changes have no effect. Limits: 1 MiB an event, 10,000 events
 * and 16 MiB an append.
 */
export type NewEvent<E extends EventShape = JsonEvent> = E extends EventShape
  ? Flat<NewEventNames<E> & MetadataInput<E> & NewEventFields>
  : never;

/** A {@link NewEvent} that carries its expectation: `aggregateVersion` is the aggregate's current version + 1, + 2, … */
export type VersionedEvent<E extends EventShape = JsonEvent> = E extends EventShape
  ? Flat<NewEventNames<E> & MetadataInput<E> & Omit<NewEventFields, "aggregateVersion"> & { readonly aggregateVersion: number }>
  : never;

/** An event as it is stored, discriminated by `eventType`. Each caller gets its own objects. */
export type RecordedEvent<E extends EventShape = JsonEvent> = E extends EventShape
  ? Flat<RecordedFields & EventFields & Names<E> & RecordedPayload<E>>
  : never;

/**
 * An event as `evolve` and `applyEvent` see it: what is known both when it is raised and after it is stored.
 *
 * The sequence number, `recordedAt` and who caused it are known only after the append, so no state may depend on them.
 */
export type AppliedEvent<E extends EventShape = JsonEvent> = E extends EventShape
  ? Flat<EventFields & Names<E> & RecordedPayload<E>>
  : never;

/** What may be said about an event when it is decided; also the options of `raise`. */
export type EventDetails<E extends EventShape = JsonEvent> = E extends EventShape ? Flat<MetadataInput<E> & DetailFields> : never;

/** An event as `decide` returns it: the aggregate and the position are known from the command. */
export type DecidedEvent<E extends EventShape = JsonEvent> = E extends EventShape
  ? Flat<{ readonly eventType: E["eventType"]; readonly eventData: JsonCompatible<E["eventData"]> } & MetadataInput<E> & DetailFields>
  : never;

type Flat<T> = { [K in keyof T]: T[K] };

interface Names<E extends EventShape> {
  /** The aggregate's type, one for ever. */
  readonly aggregateType: E["aggregateType"];
  /** What happened. */
  readonly eventType: E["eventType"];
}

interface NewEventNames<E extends EventShape> extends Names<E> {
  /** The payload: any JSON. */
  readonly eventData: JsonCompatible<E["eventData"]>;
}

interface RecordedPayload<E extends EventShape> {
  /** A JSON object beside the payload, or null. */
  readonly metadata: "metadata" extends keyof E
    ? undefined extends E["metadata"]
      ? Exclude<E["metadata"], undefined> | null
      : E["metadata"]
    : JsonObject | null;
  /** The payload. */
  readonly eventData: E["eventData"];
}

type MetadataInput<E extends EventShape> = "metadata" extends keyof E
  ? undefined extends E["metadata"]
    ? { readonly metadata?: JsonCompatible<E["metadata"]> | null }
    : { readonly metadata: JsonCompatible<E["metadata"]> }
  : { readonly metadata?: JsonObject | null };

interface DetailFields {
  /** The version of this event type's payload, 1 to 65535; the current one of the upcasters, else 1, by default. */
  readonly schemaVersion?: number;
  /** When it happened, as the caller says; the time of the append by default. */
  readonly createdAt?: Date | string;
  /** At most 16 strings of at most 255 bytes, for filters. */
  readonly tags?: readonly string[];
  /** Who: a pseudonym, for it stays in clear for ever. */
  readonly causedBy?: string | null;
  /** The event or command that led to this. */
  readonly causationId?: string | null;
  /** The business operation. */
  readonly correlationId?: string | null;
}

interface NewEventFields extends DetailFields {
  /** A UUID, unique in the log; minted by the store unless all events of the append bring theirs. */
  readonly id?: string;
  /** The aggregate: at most 255 bytes, unique in the log whatever its type. */
  readonly aggregateId: string;
  /** The version that this event gets: the expectation in another form. */
  readonly aggregateVersion?: number;
}

interface EventFields {
  /** The UUID of the event. */
  readonly id: string;
  /** The aggregate. */
  readonly aggregateId: string;
  /** The position in the aggregate: 1, 2, … */
  readonly aggregateVersion: number;
  /** The version of the payload. */
  readonly schemaVersion: number;
  /** When it happened, as the caller said (ISO 8601, UTC). */
  readonly createdAt: string;
  /** For filters. */
  readonly tags: readonly string[];
}

interface RecordedFields {
  /** The position in the log: 1, 2, … without gaps. */
  readonly sequenceNumber: number;
  /** The log's time of the append (ISO 8601, UTC); never decreases. */
  readonly recordedAt: string;
  /** Who, or null. */
  readonly causedBy: string | null;
  /** The event or command that led to this, or null. */
  readonly causationId: string | null;
  /** The business operation, or null. */
  readonly correlationId: string | null;
}
