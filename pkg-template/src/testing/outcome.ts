import type { AggregateClass, AnyAggregate } from "../aggregates/aggregate-class.js";
import type { DefinedAggregate } from "../aggregates/define-aggregate.js";
import type { EventOf } from "../aggregates/repository-options.js";
import { callable, knownKeys } from "../errors/arguments.js";
import { refuseLoss } from "../json/json-text.js";
import type { DecidedEvent } from "../store/events.js";
import { AssertionError, assertSame } from "./assertion.js";
import { assertMatches, type ErrorMatcher } from "./error-matcher.js";
import { stateOf } from "./fold.js";

/** What `thenState` compares: the state of a definition, or some of the properties of a class. */
export type ExpectedState<K extends AggregateClass> = K extends DefinedAggregate<infer S, infer _E, infer _C> ? S : Partial<InstanceType<K>>;

/** What a function in `thenState` gets: the state of a definition, or the aggregate of a class. */
export type SeenState<K extends AggregateClass> = K extends DefinedAggregate<infer S, infer _E, infer _C> ? S : InstanceType<K>;

/** @internal What a decision led to. */
export interface Decided<K extends AggregateClass> {
  readonly aggregate: InstanceType<K>;
  readonly events: readonly object[];
  /** What the decision threw, if it threw. */
  readonly thrown?: { readonly error: unknown };
}

/**
 * What a decision led to. Each method fails with an {@link AssertionError} that shows the difference, and returns the outcome again.
 *
 * @example
 * given(Wallet, [deposited]).when(withdraw(250)).thenEvents([withdrawn]).thenState({ cents: 750 });
 */
export class Outcome<K extends AggregateClass> {
  readonly #decided: Decided<K>;

  /** @internal */
  constructor(decided: Decided<K>) {
    this.#decided = decided;
  }

  /**
   * Exactly these events were decided, in this order.
   *
   * The event type and the payload are compared, the payload as JSON; of the other fields those that the expected event names.
   */
  thenEvents(expected: readonly DecidedEvent<EventOf<K>>[]): this {
    const wanted = expected.map((event, index) => readExpected(event, `expected[${index}]`));
    const found = this.#events().map((event, index) => pick(event, Object.keys(wanted[index] ?? NAMED)));
    assertSame("other events were decided than expected", wanted, found);
    return this;
  }

  /** Nothing was decided, and nothing thrown. */
  thenNothing(): this {
    return this.thenEvents([]);
  }

  /** The decision threw, and what it threw is as the matcher says; without one, anything. No event counts then. */
  thenThrows(matcher?: ErrorMatcher): this {
    const { thrown, events } = this.#decided;
    if (!thrown) {
      const decided = events.map((event) => pick(event, Object.keys(NAMED)));
      throw new AssertionError(`expected an error, but ${decided.length} events were decided`, matcher, decided);
    }
    if (matcher !== undefined) assertMatches(thrown.error, matcher);
    return this;
  }

  /**
   * The state after the decided events; after an error, that of the given ones.
   *
   * For a definition it is compared in full. For a class the properties that are named, getters included. A function gets the state,
   * or the aggregate, and asserts for itself.
   */
  thenState(expected: ExpectedState<K> | ((state: SeenState<K>) => void)): this {
    assertState(this.#decided.aggregate, expected);
    return this;
  }

  #events(): readonly object[] {
    const { thrown, events } = this.#decided;
    if (!thrown) return events;
    const message = `events were expected, but the decision threw: ${String(thrown.error)}`;
    throw new AssertionError(message, undefined, thrown.error, thrown.error);
  }
}

/** @internal */
export function assertState(aggregate: AnyAggregate, expected: unknown): void {
  const state = stateOf(aggregate);
  const isDefined = "state" in aggregate && aggregate.state === state;
  if (typeof expected === "function") {
    callable(expected, "expected")(isDefined ? state : aggregate);
    return;
  }
  const found = isDefined ? state : pick(aggregate, Object.keys(Object(expected) as object));
  assertSame("the state is not as expected", isDefined ? expected : { ...(expected as object) }, found);
}

const FIELDS = ["eventType", "eventData", "metadata", "schemaVersion", "createdAt", "tags", "causedBy", "causationId", "correlationId"];
const NAMED = { eventType: true, eventData: true };

function readExpected(event: object, where: string): object {
  const given = knownKeys<Record<string, unknown>>({ eventData: undefined, ...event }, FIELDS, where);
  const { createdAt } = given;
  const read = createdAt instanceof Date ? { ...given, createdAt: createdAt.toISOString() } : given;
  refuseLoss(read, where, "invalid_argument");
  return JSON.parse(JSON.stringify(read)) as object;
}

function pick(value: object, keys: readonly string[]): object {
  return Object.fromEntries(keys.map((key) => [key, (value as Record<string, unknown>)[key]]));
}
