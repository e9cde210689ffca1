import { callable, invalidArgument, kindOf, knownKeys, reading, text, wholeNumber } from "../errors/arguments.js";
import { FoldlogError } from "../errors/foldlog-error.js";
import type { Receipt } from "../store/append.js";
import { logOf, type EventStore } from "../store/event-store.js";
import type { EventShape } from "../store/events.js";
import type { Log } from "../store/log.js";
import type { AggregateClass, AnyAggregate } from "./aggregate-class.js";
import { AggregateKind } from "./aggregate-kind.js";
import { access } from "./aggregate.js";
import { decideOn } from "./decision.js";
import { executeCommand } from "./execute.js";
import { fresh, Loader } from "./loader.js";
import { readExecuteOptions, readSaveOptions } from "./read-options.js";
import type { CommandOf, Decide, EventOf, ExecuteOptions, LoadOptions, RepositoryOptions, SaveOptions } from "./repository-options.js";
import { saveUnsaved } from "./save.js";
import { Snapshots } from "./snapshots.js";
import { defaultCheckRate, warner } from "./warnings.js";

/**
 * Loads and saves aggregates of one kind, in either style, and executes commands on them.
 *
 * Loading is folding: the state is that of every event from version 1 on, whatever snapshots exist. Each call returns an aggregate
 * of its own.
 *
 * @example
 * const wallets = new AggregateRepository(store, { aggregate: Wallet, snapshotEvery: 10 });
 * await wallets.execute("wallet-42", (state) => [{ eventType: "FundsDeposited", eventData: { amount: "10.00" } }], { commandId });
 */
export class AggregateRepository<K extends AggregateClass, L extends EventShape = EventOf<K>> {
  readonly #log: Log;
  readonly #aggregate: K;
  readonly #kind: AggregateKind;
  readonly #loader: Loader<InstanceType<K>>;
  readonly #snapshots: Snapshots | undefined;
  readonly #snapshotEvery: number;

  /**
   * Throws `invalid_argument` for a class that lacks `type` or does not say which events it knows, and for `snapshotEvery` without
   * a `reducerVersion`, or on a class without `toSnapshot` and `fromSnapshot`, and for any option of the wrong type.
   */
  constructor(store: EventStore<L>, options: RepositoryOptions<K> & EventsBelongTo<EventOf<K>, L>) {
    const known = ["aggregate", "snapshotEvery", "onWarning", "snapshotCheckRate"];
    this.#log = logOf(store);
    const { aggregate, snapshotEvery, onWarning, snapshotCheckRate } = knownKeys<RepositoryOptions<K>>(options, known, "options");
    if (onWarning !== undefined) callable(onWarning, "onWarning");
    this.#aggregate = checkedClass(aggregate);
    this.#kind = AggregateKind.of(this.#aggregate);
    this.#snapshotEvery = snapshotEvery === undefined ? 0 : wholeNumber(snapshotEvery, "snapshotEvery", 1);
    if (this.#snapshotEvery > 0) {
      this.#snapshots = new Snapshots(this.#log, this.#kind.type, reducerOf(this.#aggregate, this.#kind), warner(onWarning));
    }
    this.#loader = new Loader(this.#log, this.#kind, this.#snapshots, checkRate(snapshotCheckRate));
  }

  /**
   * The aggregate at its current version; one without events is in its initial state at version 0.
   *
   * `factory` makes the empty aggregate, for classes whose constructor takes more than the id. Rejects with `aggregate_not_found`
   * (`mustExist`), `aggregate_type_mismatch`, `unknown_event_type`, `upcast_failed`, the failures of reading, and what `applyEvent`
   * or `evolve` throws.
   */
  load(id: string, options?: LoadOptions): Promise<InstanceType<K>>;
  /** The aggregate at its current version, starting from what `factory` makes. */
  load(id: string, factory: () => InstanceType<K>, options?: LoadOptions): Promise<InstanceType<K>>;
  async load(id: string, given?: LoadOptions | (() => InstanceType<K>), more?: LoadOptions): Promise<InstanceType<K>> {
    const factory = typeof given === "function" ? given : undefined;
    const { mustExist = false } = knownKeys(factory ? more : (given as LoadOptions), ["mustExist"], "options");
    if (typeof mustExist !== "boolean") throw invalidArgument("mustExist", `is ${kindOf(mustExist)}; give a boolean`);
    const aggregate = await this.#loader.load(this.#maker(id, factory));
    if (mustExist && aggregate.version === 0) {
      throw new FoldlogError("aggregate_not_found", `aggregate ${JSON.stringify(id)} has no events`, { fields: { aggregateId: id } });
    }
    return aggregate;
  }

  /** The aggregate as it was at `version`. Rejects as `load` does, and with `invalid_argument` for a version that it does not have. */
  async loadVersion(id: string, version: number, factory?: () => InstanceType<K>): Promise<InstanceType<K>> {
    const wanted = wholeNumber(version, "version");
    const aggregate = await this.#loader.load(this.#maker(id, factory), wanted);
    if (aggregate.version < wanted) {
      throw invalidArgument("version", `is ${wanted}, but aggregate ${JSON.stringify(id)} is at version ${aggregate.version}`);
    }
    return aggregate;
  }

  /**
   * Appends the events that the aggregate raised before this call, expecting the version that it was loaded at; undefined if there
   * are none.
   *
   * Success clears them, failure keeps them. After an unknown outcome, save again: what was sent is sent again byte for byte, so it
   * is stored once. If more was raised in between, that is a second append, and its receipt is returned.
   * Rejects as `appendEvents` does; after a `concurrency_conflict`, load again and decide again.
   */
  async save(aggregate: InstanceType<K>, options?: SaveOptions): Promise<Receipt | undefined> {
    const given = readSaveOptions(options);
    if (!access.is(aggregate) || reading("aggregate", () => AggregateKind.of(aggregate.constructor as never)) !== this.#kind) {
      throw invalidArgument("aggregate", `is no ${this.#kind.type} of this repository`);
    }
    const before = aggregate.version;
    const receipt = await saveUnsaved(this.#log, aggregate, given);
    if (receipt) await this.#snapshotIfDue(aggregate.id, before, aggregate.version);
    return receipt;
  }

  /**
   * Loads the aggregate, decides, and appends with the exact version it loaded; undefined if nothing was decided.
   *
   * `decision` is a function, or a command for the `decide` of the definition. After a conflict it decides again, on newer state, at
   * most `retries` times, with exponential backoff and full jitter. After an unknown outcome the same events are sent until the
   * outcome is known or the deadline has passed. With a `commandId` the event ids derive from it: a repeated command returns its
   * first receipt. What the decision throws passes through. Rejects as `load` and `appendEvents` do.
   */
  async execute(id: string, decision: Decide<K> | CommandOf<K>, options?: ExecuteOptions): Promise<Receipt | undefined> {
    const given = readExecuteOptions(options);
    const make = this.#maker(id);
    let before = 0;
    const receipt = await executeCommand(this.#log, {
      aggregateId: id,
      options: given,
      decide: async (eventId) => {
        const aggregate = await this.#loader.load(make);
        before = aggregate.version;
        decideOn(this.#aggregate, aggregate, decision);
        const unsaved = access.unsaved(aggregate);
        return unsaved.batch(unsaved.raised, before, given, eventId);
      },
    });
    const version = receipt?.replayed ? undefined : receipt?.versions[id];
    if (version !== undefined) await this.#snapshotIfDue(id, before, version);
    return receipt;
  }

  #maker(id: string, factory?: () => InstanceType<K>): () => InstanceType<K> {
    text(id, "id");
    if (factory !== undefined) callable(factory, "factory");
    return () => {
      const aggregate = factory ? fresh(factory(), id) : (new this.#aggregate(id) as InstanceType<K>);
      access.dependOn(aggregate, this.#log.surroundings);
      return aggregate;
    };
  }

  /** From the stored events, not from the caller's object, which may have raised more by now. */
  async #snapshotIfDue(id: string, before: number, after: number): Promise<void> {
    if (!this.#snapshots || Math.floor(before / this.#snapshotEvery) === Math.floor(after / this.#snapshotEvery)) return;
    await this.#snapshots.create(id, () => this.#loader.load(this.#maker(id), after));
  }
}

/** Holds if the store has all events of the aggregates. */
export type EventsBelongTo<E extends EventShape, L extends EventShape> = [E] extends [L]
  ? unknown
  : { readonly "the store lacks events of this aggregate": Exclude<E, L> };

function checkRate(given: number | undefined): number {
  if (given === undefined) return defaultCheckRate();
  if (typeof given === "number" && given >= 0 && given <= 1) return given;
  throw invalidArgument("snapshotCheckRate", `is ${kindOf(given)}; give a number from 0 to 1`);
}

function checkedClass<K extends AggregateClass>(aggregate: K | undefined): K {
  if (typeof aggregate !== "function") throw invalidArgument("aggregate", "is no class; extend Aggregate or use defineAggregate");
  const namesItsEvents = reading("aggregate", () => AggregateKind.of(aggregate).namesItsEvents || "definition" in aggregate);
  if (!namesItsEvents) {
    throw invalidArgument("aggregate", 'must name its events: static eventTypes = [...], or static unknownEvents = "ignore"');
  }
  return aggregate;
}

function reducerOf(aggregate: AggregateClass, kind: AggregateKind): string {
  if (kind.reducer === undefined) throw invalidArgument("snapshotEvery", "needs the aggregate to declare its reducerVersion");
  const { prototype } = aggregate as unknown as { readonly prototype: AnyAggregate };
  for (const method of ["toSnapshot", "fromSnapshot"]) {
    if (!(method in prototype)) throw invalidArgument("snapshotEvery", `needs the aggregate to have ${method}()`);
  }
  return kind.reducer;
}
