import type { Upcaster } from "./upcasters.js";

/** An aggregate of whatever events. */
export interface AnyAggregate {
  /** The aggregate's id. */
  readonly id: string;
  /** The version of the last stored event that it has applied. */
  readonly version: number;
  /** The events that were raised and are not saved yet. */
  readonly uncommittedEvents: readonly unknown[];
}

/** What a repository needs to know of a class of aggregates: its static members. */
export interface AggregateClass<A extends AnyAggregate = AnyAggregate> {
  /** Makes an aggregate without events. */
  new (id: string): A;
  /** The aggregate type of its events. */
  readonly type: string;
  /**
   * The event types that `applyEvent` knows. Another one is `unknown_event_type`, when it is raised and when it is loaded. Required
   * of a class, unless it ignores unknown events; of a definition `evolve` says it, by returning undefined.
   */
  readonly eventTypes?: readonly string[];
  /** `"ignore"`: event types that it does not know change nothing; otherwise they are an error, since state would silently be wrong. */
  readonly unknownEvents?: "ignore";
  /** The version of the fold: raise it with every change of `applyEvent` or of the state's shape. Required with `snapshotEvery`. */
  readonly reducerVersion?: number;
  /** The steps that bring old events to the current schema versions. */
  readonly upcasters?: readonly Upcaster[];
}
