import { callable, invalidArgument, reading } from "../errors/arguments.js";
import type { JsonCompatible } from "../json/json-types.js";
import type { AppliedEvent, DecidedEvent, EventShape, EventsOf, JsonEvent } from "../store/events.js";
import type { AggregateClass } from "./aggregate-class.js";
import { AggregateKind } from "./aggregate-kind.js";
import { Aggregate, type DetailsArgument } from "./aggregate.js";
import type { Upcaster } from "./upcasters.js";

/** An aggregate as plain functions. */
export interface AggregateDefinition<S, E extends EventShape, C = never> {
  /** The aggregate type of its events. */
  readonly type: E["aggregateType"];
  /** The version of the fold: raise it with every change of `evolve` or of the state's shape. Required with `snapshotEvery`. */
  readonly reducerVersion?: number;
  /** `"ignore"`: event types that `evolve` does not know change nothing; otherwise they are `unknown_event_type`. */
  readonly unknownEvents?: "ignore";
  /** The steps that bring old events to the current schema versions. */
  readonly upcasters?: readonly Upcaster[];
  /** The state of an aggregate without events, made anew for each. */
  initial(): S;
  /**
   * The next state. Pure and synchronous; undefined, which falling out of a `switch` returns, means that the event type is not known.
   */
  evolve(state: S, event: AppliedEvent<E>): S;
  /** The events that a command leads to in a state; none if nothing is to happen. Pure and synchronous; what it throws passes through. */
  decide?(state: S, command: C): readonly DecidedEvent<E>[];
  /** The state as JSON, if it is not JSON by itself. */
  toSnapshot?(state: S): unknown;
  /** The state again, from what `toSnapshot` returned. */
  fromSnapshot?(data: never): S;
}

/** An aggregate of a definition: its state and what it has raised. */
export abstract class StatefulAggregate<S, E extends EventShape = JsonEvent> extends Aggregate<E> {
  /** The state after all events applied, those not saved yet included. */
  abstract readonly state: S;

  /** Applies a new event and keeps it for the next save; see {@link Aggregate}. */
  override raise<T extends E["eventType"]>(
    eventType: T,
    eventData: JsonCompatible<EventsOf<E, string, T>["eventData"]>,
    ...details: DetailsArgument<EventsOf<E, string, T>>
  ): void {
    super.raise(eventType, eventData, ...details);
  }

  /** The state as JSON. */
  abstract toSnapshot(): unknown;

  /** Takes the state from JSON. */
  abstract fromSnapshot(data: unknown): void;
}

/** What `defineAggregate` returns: the class of its aggregates, and the functions of the definition. */
export interface DefinedAggregate<S, E extends EventShape, C = never> extends AggregateClass<StatefulAggregate<S, E>> {
  /** The aggregate type of its events. */
  readonly type: E["aggregateType"];
  /** The functions, for tests. */
  readonly definition: AggregateDefinition<S, E, C>;
}

/**
 * Makes an aggregate of plain functions, for an `AggregateRepository`.
 *
 * Throws `invalid_argument` for a definition that is incomplete.
 *
 * @example
 * const Wallet = defineAggregate<{ cents: number }, WalletEvent>({
 *   type: "wallet",
 *   reducerVersion: 1,
 *   initial: () => ({ cents: 0 }),
 *   evolve(state, event) {
 *     switch (event.eventType) {
 *       case "FundsDeposited":
 *         return { cents: state.cents + event.eventData.cents };
 *     }
 *   },
 * });
 */
export function defineAggregate<S, E extends EventShape = JsonEvent, C = never>(
  definition: AggregateDefinition<S, E, C> & { readonly reducerVersion: number },
): DefinedAggregate<S, E, C> & { readonly reducerVersion: number };
/** Makes an aggregate of plain functions that has no snapshots. */
export function defineAggregate<S, E extends EventShape = JsonEvent, C = never>(
  definition: AggregateDefinition<S, E, C>,
): DefinedAggregate<S, E, C>;
export function defineAggregate<S, E extends EventShape, C>(definition: AggregateDefinition<S, E, C>): AggregateClass {
  const statics = reading("definition", () => {
    for (const name of ["initial", "evolve"] as const) callable(definition[name], name);
    for (const name of ["decide", "toSnapshot", "fromSnapshot"] as const) {
      if (definition[name] !== undefined) callable(definition[name], name);
    }
    const { type, unknownEvents, reducerVersion, upcasters } = definition;
    return { type, unknownEvents, reducerVersion, upcasters, definition };
  });
  const defined = class extends FunctionalAggregate<S, E> {
    constructor(id: string) {
      super(id, definition as AggregateDefinition<S, E>);
    }
  };
  for (const [name, value] of Object.entries(statics)) {
    if (value !== undefined) Object.defineProperty(defined, name, { value, enumerable: true });
  }
  AggregateKind.of(defined as unknown as AggregateClass);
  return defined as unknown as AggregateClass;
}

class FunctionalAggregate<S, E extends EventShape> extends StatefulAggregate<S, E> {
  readonly #definition: AggregateDefinition<S, E>;
  #state: S;

  constructor(id: string, definition: AggregateDefinition<S, E>) {
    super(id);
    this.#definition = definition;
    this.#state = definition.initial();
  }

  get state(): S {
    return this.#state;
  }

  override applyEvent(event: AppliedEvent<E>): void {
    const next: unknown = this.#definition.evolve(this.#state, event);
    if (next instanceof Promise) throw invalidArgument("evolve", "returned a promise; it must be synchronous");
    if (next === undefined) AggregateKind.of(this.constructor as unknown as AggregateClass).meetUnknown(event);
    else this.#state = next as S;
  }

  override toSnapshot(): unknown {
    return this.#definition.toSnapshot ? this.#definition.toSnapshot(this.#state) : this.#state;
  }

  override fromSnapshot(data: unknown): void {
    this.#state = this.#definition.fromSnapshot ? this.#definition.fromSnapshot(data as never) : (data as S);
  }
}
