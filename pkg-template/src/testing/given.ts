import type { AggregateClass } from "../aggregates/aggregate-class.js";
import { access } from "../aggregates/aggregate.js";
import { decideOn } from "../aggregates/decision.js";
import type { CommandOf, Decide, EventOf } from "../aggregates/repository-options.js";
import { callable, invalidArgument, kindOf, knownKeys, text } from "../errors/arguments.js";
import type { Json } from "../json/json-types.js";
import type { DecidedEvent, EventShape } from "../store/events.js";
import { Folds, type StoredText } from "./fold.js";
import { assertState, Outcome, type ExpectedState, type SeenState } from "./outcome.js";

/** An event that has happened: as `decide` returns it, or in an older schema version, which the upcasters then take. */
export type GivenEvent<E extends EventShape> = (DecidedEvent<E> & { readonly id?: string }) | OldEvent;

/** An event in the words of an older release. */
export interface OldEvent {
  readonly eventType: string;
  readonly schemaVersion: number;
  readonly eventData: Json;
}

/** What a test says of the aggregate. */
export interface GivenOptions<K extends AggregateClass> {
  /** Its id; `"aggregate-1"` by default. */
  readonly id?: string;
  /** Makes it without events, for classes whose constructor takes more than the id. */
  readonly factory?: () => InstanceType<K>;
}

/**
 * The beginning of a test of an aggregate: the events that have happened, none by default.
 *
 * They are folded by the code of the repository, upcasters included; no store and no WebAssembly is needed. Ids and times that are left
 * out are the same in each run. It also fails, with an `AssertionError`, if another fold of the same events gives another state, and,
 * for an aggregate with a `reducerVersion`, if its state does not survive `toSnapshot` and `fromSnapshot`. Events that the aggregate
 * cannot apply throw here, as they would in `load`.
 *
 * @example
 * given(Wallet, [{ eventType: "FundsDeposited", eventData: { cents: 1000 } }])
 *   .when((state) => withdraw(state, 250))
 *   .thenEvents([{ eventType: "FundsWithdrawn", eventData: { cents: 250 } }]);
 */
export function given<K extends AggregateClass>(
  aggregate: K,
  events: readonly GivenEvent<EventOf<K>>[] = [],
  options?: GivenOptions<K>,
): Given<K> {
  if (typeof aggregate !== "function") throw invalidArgument("aggregate", "is no class; extend Aggregate or use defineAggregate");
  if (!Array.isArray(events)) throw invalidArgument("events", `is ${kindOf(events)}; give an array`);
  const { id = "aggregate-1", factory } = knownKeys(options, ["id", "factory"], "options");
  const folds = new Folds(aggregate, text(id, "options.id"), factory && callable(factory, "options.factory"));
  const stored = events.map((event: object, index) => folds.stored(event, `events[${index}]`, index + 1));
  folds.check(folds.of(stored), stored, []);
  return new Given(aggregate, folds, stored);
}

/** An aggregate to which something has happened. */
export class Given<K extends AggregateClass> {
  readonly #aggregate: K;
  readonly #folds: Folds<K>;
  readonly #events: readonly StoredText[];

  /** @internal */
  constructor(aggregate: K, folds: Folds<K>, events: readonly StoredText[]) {
    this.#aggregate = aggregate;
    this.#folds = folds;
    this.#events = events;
  }

  /**
   * Decides, as `repository.execute` does: a function from the state to events, a command for the `decide` of the definition, or, for a
   * class, a function that calls its methods.
   *
   * What it throws is kept for `thenThrows`. Fails with an `AssertionError` if the decision changed the state by something else than
   * its events.
   */
  when(decision: Decide<K> | CommandOf<K>): Outcome<K> {
    const aggregate = this.#folds.of(this.#events);
    try {
      decideOn(this.#aggregate, aggregate, decision);
    } catch (error) {
      return new Outcome({ aggregate: this.#folds.of(this.#events), events: [], thrown: { error } });
    }
    const events = access.unsaved(aggregate).copies();
    const texts = events.map((event, index) => this.#stored(event, index));
    this.#folds.check(aggregate, this.#events, texts);
    return new Outcome({ aggregate, events });
  }

  /** The state that the events lead to; see {@link Outcome.thenState}. */
  thenState(expected: ExpectedState<K> | ((state: SeenState<K>) => void)): this {
    assertState(this.#folds.of(this.#events), expected);
    return this;
  }

  #stored(event: object, index: number): StoredText {
    return this.#folds.stored(event, `decided[${index}]`, this.#events.length + index + 1);
  }
}
