import type { Expectation } from "../store/append.js";

/** An expectation that did not hold, with the version that the same transaction proved current. */
export interface VersionConflict {
  /** The aggregate. */
  readonly aggregateId: string;
  /** What the append expected; 0 means that the aggregate has no events. */
  readonly expected: Exclude<Expectation, "no_aggregate">;
  /** The version that the aggregate has; 0 without events. */
  readonly actual: number;
}

/** The fields that an error has beside `code`, `message`, `retryable`, `outcome` and `cause`, by its code. */
export interface ErrorFields {
  /** Versions are not as expected: load again and decide again. All failing expectations are listed. */
  concurrency_conflict: { readonly conflicts: readonly VersionConflict[] };
  /** An event id is stored already by an append that differs from this one. */
  duplicate_event: { readonly eventId: string; readonly sequenceNumber?: number };
  /** An event matches the condition of the append. */
  condition_failed: { readonly sequenceNumber?: number };
  /** An event to append is malformed; `field` names the place, for instance `events[2].eventData.amount`. */
  invalid_event: { readonly field: string };
  /** Another argument is malformed or out of range; `field` names it. Of an import, `exportFault` says what is wrong with its source. */
  invalid_argument: { readonly field?: string; readonly exportFault?: ExportFault };
  /** The aggregate has another type, for ever. */
  aggregate_type_mismatch: { readonly aggregateId: string; readonly actual: string; readonly given: string };
  /** The aggregate must exist and has no events. */
  aggregate_not_found: { readonly aggregateId: string };
  /** The aggregate does not know the type of an event; `sequenceNumber` is absent if the event is not stored yet. */
  unknown_event_type: { readonly aggregateId: string; readonly eventType: string; readonly sequenceNumber?: number };
  /** A stored event could not be brought to the current schema version. */
  upcast_failed: { readonly eventType: string; readonly schemaVersion: number; readonly sequenceNumber: number };
  /** A snapshot is not what its events fold to; it was deleted. */
  snapshot_mismatch: { readonly aggregateId: string; readonly aggregateVersion: number };
  /** Another consumer has moved the checkpoint. */
  checkpoint_conflict: { readonly checkpoint?: string; readonly actual?: string | null };
  /** The log does not exist, and `create` was false or a head was expected. A log that the browser evicted is not a new log. */
  log_not_found: { readonly name?: string };
  /** The log is shorter than a head remembered elsewhere. */
  log_rewound: { readonly sequenceNumber?: number };
  /** The log has another history than a head remembered elsewhere. */
  log_diverged: { readonly sequenceNumber?: number };
  /** The log was restored to an earlier point or imported into another place. */
  epoch_changed: { readonly epoch?: string };
  /** A newer release wrote this; update the page. */
  unsupported_format: { readonly sequenceNumber?: number };
  /** The browser gives the origin no more space. */
  quota_exceeded: Readonly<Record<never, never>>;
  /** The storage does not answer, or the core could not be loaded; not `retryable` where the browser has no IndexedDB or forbids it. */
  storage_unavailable: Readonly<Record<never, never>>;
  /** Stored bytes are damaged; `sequenceNumber` is the first place known. Nothing was deleted. */
  storage_corrupted: { readonly sequenceNumber?: number };
  /** Another tab holds an older version of the database open. */
  blocked: Readonly<Record<never, never>>;
  /** A newer version of the page has taken over the database; reload. */
  superseded: Readonly<Record<never, never>>;
  /** The store is closed. */
  closed: Readonly<Record<never, never>>;
  /** The server does not take the token, or there is none; a token callback was asked again before. */
  unauthenticated: Readonly<Record<never, never>>;
  /** The caller lacks the right, or the log is a mirror or an unfinished restore, which takes imports only. */
  forbidden: Readonly<Record<never, never>>;
  /** Too many requests. */
  rate_limited: Readonly<Record<never, never>>;
  /** The server cannot be reached, or its answers were lost, as long as the deadline lasted. */
  network: Readonly<Record<never, never>>;
  /** No answer in time. */
  timeout: Readonly<Record<never, never>>;
  /** The other side does not keep to the protocol. */
  protocol: Readonly<Record<never, never>>;
  /** The caller's signal was aborted; `cause` is its reason. */
  aborted: Readonly<Record<never, never>>;
}

/**
 * What is wrong with the source of an import.
 *
 * - `"not_an_export"`: it does not begin as an export does; another file was chosen.
 * - `"incomplete"`: it is one and ends too early; its download was cut off, for instance.
 * - `"altered"`: the line that `field` names is malformed or does not fit its links.
 */
export type ExportFault = "not_an_export" | "incomplete" | "altered";

/** What went wrong, as one word. */
export type ErrorCode = keyof ErrorFields;

/** What became of a write that failed: `unknown` means that it may have been stored. */
export type WriteOutcome = "committed" | "not_committed" | "unknown";
