import type { AggregateClass } from "../aggregates/aggregate-class.js";
import { AggregateKind } from "../aggregates/aggregate-kind.js";
import { access } from "../aggregates/aggregate.js";
import { StatefulAggregate } from "../aggregates/define-aggregate.js";
import { fresh, replayStored } from "../aggregates/loader.js";
import type { Snapshotable } from "../aggregates/repository-options.js";
import { jsonText } from "../json/json-text.js";
import { encodeEvent } from "../store/encode-events.js";
import type { RecordedEvent } from "../store/events.js";
import type { Source } from "../store/surroundings.js";
import { assertSame } from "./assertion.js";
import { Random } from "./random.js";
import { TestClock } from "./test-clock.js";

/** @internal An event as text: each fold reads its own copy. */
export type StoredText = string;

/**
 * The folds of one aggregate in a test, by the code of the repository, with the same times and ids in each run.
 *
 * @internal
 */
export class Folds<K extends AggregateClass> {
  readonly kind: AggregateKind;
  readonly #make: () => InstanceType<K>;
  readonly #id: string;
  readonly #clock = new TestClock();

  constructor(aggregate: K, id: string, factory: (() => InstanceType<K>) | undefined) {
    this.kind = AggregateKind.of(aggregate);
    this.#id = id;
    this.#make = factory ? () => fresh(factory(), id) : () => new aggregate(id) as InstanceType<K>;
  }

  /** An event as it would be stored at this version; what it leaves out is made up, the same way each time. */
  stored(event: object, where: string, version: number): StoredText {
    const { id = `00000000-0000-7000-8000-${String(version).padStart(12, "0")}`, ...given } = event as { id?: string; eventType?: string };
    const schemaVersion = this.kind.upcasters.currentVersion(String(given.eventType));
    const fields = { createdAt: this.#clock.now(), schemaVersion, ...given, aggregateId: this.#id, aggregateType: this.kind.type };
    const absent = { tags: [], metadata: null, causedBy: null, causationId: null, correlationId: null };
    const place = { id, aggregateVersion: version, sequenceNumber: version, recordedAt: this.#clock.now() };
    return JSON.stringify({ ...absent, ...(JSON.parse(encodeEvent(fields, where)) as object), ...place });
  }

  /** The aggregate that the events lead to. */
  of(events: readonly StoredText[]): InstanceType<K> {
    const aggregate = this.#make();
    const random = new Random(1);
    const source: Source = {
      now: () => this.#clock.now().getTime(),
      getRandomValues: (buffer) => random.fill(buffer),
    };
    access.dependOn(aggregate, source);
    return this.#apply(aggregate, events);
  }

  /** Fails unless the events lead to the same state as they did to `aggregate`, from the first one on and from a snapshot in between. */
  check(aggregate: InstanceType<K>, before: readonly StoredText[], after: readonly StoredText[]): void {
    const { type, reducer } = this.kind;
    const seen = stateOf(aggregate);
    const again = this.of([...before, ...after]);
    assertSame(`a ${type} is not what its events fold to: only evolve or applyEvent may change it, by the event alone`, seen, stateOf(again));
    if (reducer === undefined) return;
    const snapshot = snapshotOf(this.of(before));
    const restored = this.#make();
    (restored as InstanceType<K> & Snapshotable).fromSnapshot(JSON.parse(snapshot) as never);
    access.moveTo(restored, before.length);
    this.#apply(restored, after);
    const what = `a ${type} does not survive toSnapshot and fromSnapshot`;
    assertSame(what, seen, stateOf(restored));
    assertSame(what, JSON.parse(snapshotOf(aggregate)), JSON.parse(snapshotOf(restored)));
  }

  #apply(aggregate: InstanceType<K>, events: readonly StoredText[]): InstanceType<K> {
    for (const event of events) replayStored(this.kind, aggregate, JSON.parse(event) as RecordedEvent);
    return aggregate;
  }
}

/** @internal The state of a definition's aggregate; of another class, its own public fields. */
export function stateOf(aggregate: object): unknown {
  return aggregate instanceof StatefulAggregate ? (aggregate.state as unknown) : { ...aggregate };
}

function snapshotOf(aggregate: object): string {
  return jsonText((aggregate as Snapshotable).toSnapshot(), "toSnapshot()", "invalid_argument");
}
