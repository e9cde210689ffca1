import type { FoldlogError } from "../errors/foldlog-error.js";
import type { DecidedEvent, EventShape } from "../store/events.js";
import type { AggregateClass } from "./aggregate-class.js";
import type { Aggregate } from "./aggregate.js";
import type { DefinedAggregate } from "./define-aggregate.js";

/** The aggregates of one kind, with snapshots or without. */
export type RepositoryOptions<K extends AggregateClass> = RepositoryBehaviour &
  (
    | {
        /** The class of the aggregates, or what `defineAggregate` returned. */
        readonly aggregate: K;
        readonly snapshotEvery?: undefined;
      }
    | {
        /** The class of the aggregates, or what `defineAggregate` returned; with snapshots it must declare its `reducerVersion`. */
        readonly aggregate: K & { readonly reducerVersion: number } & AggregateClass<InstanceType<K> & Snapshotable>;
        /** A snapshot is made by the save that reaches or passes a multiple of this version. */
        readonly snapshotEvery: number;
      }
  );

/** What both kinds of options share. */
export interface RepositoryBehaviour {
  /**
   * Told of what does not fail a call: a snapshot that could not be made or read, `snapshot_mismatch`. `console.warn` by default.
   */
  readonly onWarning?: (warning: FoldlogError) => void;
  /**
   * How many of the loads that use a snapshot also fold from the start and compare, 0 to 1. A difference deletes the snapshot,
   * warns, and gives the folded state. By default 1 in development (`NODE_ENV` is not "production"), else 0.01.
   */
  readonly snapshotCheckRate?: number;
}

/** State as JSON and back: required of a class with snapshots. A definition may have the two functions of the same names. */
export interface Snapshotable {
  /** The state as JSON. */
  toSnapshot(): unknown;
  /** Takes the state from what `toSnapshot` returned. */
  fromSnapshot(data: never): void;
}

/** Options of `load`. */
export interface LoadOptions {
  /** Reject with `aggregate_not_found` if the aggregate has no events. */
  readonly mustExist?: boolean;
}

/** Who and why; an event that says it itself keeps what it says. */
export interface SaveOptions {
  /** Who: a pseudonym, for it stays in clear for ever. */
  readonly causedBy?: string | null;
  /** The event or command that led to this. */
  readonly causationId?: string | null;
  /** The business operation. */
  readonly correlationId?: string | null;
  /** Ends the call as `aborted`, `not_committed`, if it is aborted before the write; later it has no effect. */
  readonly signal?: AbortSignal;
}

/** Options of `execute`. */
export interface ExecuteOptions extends SaveOptions {
  /** Names the command: repeated with the same id, for the same aggregate, it returns its first receipt and decides nothing. */
  readonly commandId?: string;
  /** How many new decisions follow conflicts; 10 by default. */
  readonly retries?: number;
  /** When to give up: a moment, or milliseconds from the call on; 30,000 by default. */
  readonly deadline?: Date | number;
}

/**
 * How `execute` decides: for a definition a function from the state to events, for a class one that calls its methods.
 * Synchronous; it runs again on newer state after a conflict.
 */
export type Decide<K extends AggregateClass> = K extends DefinedAggregate<infer S, infer E, infer _>
  ? (state: S) => readonly DecidedEvent<E>[]
  : (aggregate: InstanceType<K>) => void;

/** The command that the `decide` of a definition takes. */
export type CommandOf<K extends AggregateClass> = K extends DefinedAggregate<infer _S, infer _E, infer C> ? C : never;

/** The events of a kind of aggregates. */
export type EventOf<K extends AggregateClass> = InstanceType<K> extends Aggregate<infer E> ? E : EventShape;
