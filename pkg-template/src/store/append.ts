/**
 * What an append expects of an aggregate: its exact version (0 = `"no_aggregate"`), `"exists"` (at least one event), or `"any"`.
 */
export type Expectation = number | "no_aggregate" | "exists" | "any";

/** What an append takes beside its events and its expectation. */
export interface AppendDetails {
  /** Ends the append as `aborted`, `not_committed`, if it is aborted before the write; later it has no effect. */
  readonly signal?: AbortSignal;
}

/** Options of an append, with the expectation that it needs: there is no silent "any". */
export type AppendOptions = AppendDetails &
  (
    | {
        /** For the one aggregate that all events have. */
        readonly expectedVersion: Expectation;
        readonly expectedVersions?: never;
      }
    | {
        /** For each aggregate; also for aggregates that get no event: checked, not written. Of an object, its own keys count. */
        readonly expectedVersions: ReadonlyMap<string, Expectation> | Readonly<Record<string, Expectation>>;
        readonly expectedVersion?: never;
      }
  );

/** Where a checkpoint stands and where it goes. */
export interface CheckpointMove {
  /** The cursor at which it must stand; undefined if none may be stored. */
  readonly from: string | undefined;
  /** The cursor at which it stands afterwards. */
  readonly to: string;
}

/** A place in a log: kept elsewhere, it proves later that nothing before it is missing or altered. */
export interface Head {
  /** Changes when the log is restored to an earlier point or imported into another place. */
  readonly epoch: string;
  /** The sequence number; 0 is the place before the first event. */
  readonly sequenceNumber: number;
  /** The link of the append there, in hexadecimal. */
  readonly link: string;
}

/** How safe an append was when its receipt was given. */
export type Durability = "memory" | "relaxed" | "strict" | "remote";

/** What an append returns, given only when its transaction completed. */
export interface Receipt {
  /** The sequence number of the append's first event. */
  readonly firstSequenceNumber: number;
  /** The sequence number of the append's last event. */
  readonly lastSequenceNumber: number;
  /** The version of each aggregate written, after this append. Its prototype is null: any string may be an id. */
  readonly versions: Readonly<Record<string, number>>;
  /** The head of the log right after this append. */
  readonly head: Head;
  /** What was reached. */
  readonly durability: Durability;
  /** Whether the append was stored before and this call wrote nothing. */
  readonly replayed: boolean;
}
