import { invalidArgument } from "../errors/arguments.js";
import { FoldlogError } from "../errors/foldlog-error.js";
import type { RecordedEvent } from "../store/events.js";
import type { Log } from "../store/log.js";
import { aggregatePages } from "../store/pages.js";
import type { AnyAggregate } from "./aggregate-class.js";
import type { AggregateKind } from "./aggregate-kind.js";
import { access } from "./aggregate.js";
import type { Snapshots } from "./snapshots.js";

/**
 * Folds the events of aggregates of one kind, a page at a time, from a snapshot where there is one.
 *
 * @internal
 */
export class Loader<A extends AnyAggregate> {
  readonly #log: Log;
  readonly #kind: AggregateKind;
  readonly #snapshots: Snapshots | undefined;
  readonly #checkRate: number;

  constructor(log: Log, kind: AggregateKind, snapshots: Snapshots | undefined, checkRate: number) {
    this.#log = log;
    this.#kind = kind;
    this.#snapshots = snapshots;
    this.#checkRate = checkRate;
  }

  /** The aggregate at its last version, or at `version` at the latest. */
  async load(make: () => A, version = Infinity): Promise<A> {
    const aggregate = make();
    const found = await this.#snapshots?.restore(aggregate, version);
    if (found === "unusable") return this.fold(make(), version);
    await this.fold(aggregate, version);
    if (found !== "restored" || Math.random() >= this.#checkRate) return aggregate;
    const folded = await this.fold(make(), aggregate.version);
    return (await this.#snapshots?.confirm(aggregate, folded)) ? aggregate : folded;
  }

  /** Applies the events after the aggregate's version, up to `version`. */
  async fold(aggregate: A, version: number): Promise<A> {
    if (aggregate.version >= version) return aggregate;
    const to = version === Infinity ? 0 : version;
    for await (const page of aggregatePages<RecordedEvent>(this.#log, aggregate.id, aggregate.version + 1, to)) {
      for (const event of page) replayStored(this.#kind, aggregate, event);
    }
    return aggregate;
  }
}

/** @internal Applies a stored event, brought to the current schema version. */
export function replayStored(kind: AggregateKind, aggregate: AnyAggregate, event: RecordedEvent): void {
  const { aggregateId, aggregateType } = event;
  if (aggregateType !== kind.type) {
    throw new FoldlogError(
      "aggregate_type_mismatch",
      `aggregate ${JSON.stringify(aggregateId)} is a ${aggregateType}, not a ${kind.type}: load it with its own repository`,
      { fields: { aggregateId, actual: aggregateType, given: kind.type } },
    );
  }
  access.replay(aggregate, kind.upcasters.apply(event));
}

/** @internal Checks that what a caller's factory made is an aggregate of the id that has not happened yet. */
export function fresh<A extends AnyAggregate>(aggregate: A, id: string): A {
  if (!access.is(aggregate) || aggregate.id !== id || access.unsaved(aggregate).count > 0 || aggregate.version > 0) {
    throw invalidArgument("factory", `must return a new aggregate with the id ${JSON.stringify(id)} and without events`);
  }
  return aggregate;
}
