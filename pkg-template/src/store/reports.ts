import type { Json } from "../json/json-types.js";
import type { Head } from "./append.js";

/** The cached state of an aggregate at a version. */
export interface Snapshot<S = Json> {
  /** The aggregate. */
  readonly aggregateId: string;
  /** Its type. */
  readonly aggregateType: string;
  /** The version that the state is of. */
  readonly aggregateVersion: number;
  /** The identity of the reducer that made it. */
  readonly reducer: string;
  /** The place of its last event: in another history the snapshot means nothing and is not returned. */
  readonly place: Head;
  /** When it was made (ISO 8601, UTC). */
  readonly createdAt: string;
  /** The state. */
  readonly data: S;
}

/** Which reducer a snapshot belongs to. */
export interface SnapshotOptions {
  /** The declared identity of the reducer: its name and version; `"default"` by default. A changed reducer needs a new one. */
  readonly reducer?: string;
}

/** What `verify` found. */
export type VerifyReport =
  | {
      /** Every link fits. */
      readonly ok: true;
      /** How many appends were recomputed. */
      readonly appends: number;
      /** How many events were recomputed. */
      readonly events: number;
      /** The head that they lead to: keep it elsewhere and give it to the next `verify`. */
      readonly head: Head;
    }
  | {
      /** Something does not fit. */
      readonly ok: false;
      /** The first sequence number of the first append that does not fit. */
      readonly sequenceNumber: number;
      /** What does not fit. */
      readonly reason: string;
    };
