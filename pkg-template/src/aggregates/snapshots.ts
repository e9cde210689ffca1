import { FoldlogError } from "../errors/foldlog-error.js";
import { jsonEqual } from "../json/json-equal.js";
import { jsonText } from "../json/json-text.js";
import type { Log } from "../store/log.js";
import type { Snapshot } from "../store/reports.js";
import type { AnyAggregate } from "./aggregate-class.js";
import { access } from "./aggregate.js";
import type { Snapshotable } from "./repository-options.js";

type SnapshotAggregate = AnyAggregate & Snapshotable;

/**
 * The snapshots of one reducer. They are a cache: nothing that goes wrong here fails a load or a save, it is told to `warn`.
 *
 * @internal
 */
export class Snapshots {
  readonly #log: Log;
  readonly #type: string;
  readonly #reducer: string;
  readonly #warn: (warning: FoldlogError) => void;

  constructor(log: Log, type: string, reducer: string, warn: (warning: FoldlogError) => void) {
    this.#log = log;
    this.#type = type;
    this.#reducer = reducer;
    this.#warn = warn;
  }

  /** Brings an aggregate without events to its newest snapshot at or below `version`; whether there was one. */
  async restore(aggregate: AnyAggregate, version: number): Promise<"restored" | "none" | "unusable"> {
    let snapshot: Snapshot<never> | undefined;
    try {
      snapshot = await this.#log.snapshot<Snapshot<never>>(aggregate.id, this.#reducer);
    } catch (error) {
      if (FoldlogError.is(error, "closed")) throw error;
      this.#report("cannot read the snapshot of", aggregate.id, error);
    }
    if (!snapshot || snapshot.aggregateVersion > version) return "none";
    try {
      (aggregate as SnapshotAggregate).fromSnapshot(snapshot.data);
    } catch (error) {
      this.#report("fromSnapshot refused the snapshot of", aggregate.id, error);
      await this.#delete(aggregate.id);
      return "unusable";
    }
    access.moveTo(aggregate, snapshot.aggregateVersion);
    return "restored";
  }

  /** Keeps the state of the aggregate that `load` gives. */
  async create(aggregateId: string, load: () => Promise<AnyAggregate>): Promise<void> {
    try {
      const aggregate = await load();
      const data = jsonText((aggregate as SnapshotAggregate).toSnapshot(), "toSnapshot()", "invalid_argument");
      await this.#log.call("createSnapshot", aggregate.id, this.#type, aggregate.version, this.#reducer, data);
    } catch (error) {
      this.#report("cannot make a snapshot of", aggregateId, error);
    }
  }

  /** Whether a state that came from a snapshot is what its events fold to; if not, the snapshot is deleted. */
  async confirm(fromSnapshot: AnyAggregate, folded: AnyAggregate): Promise<boolean> {
    try {
      if (jsonEqual(throughJson(fromSnapshot), throughJson(folded))) return true;
    } catch (error) {
      this.#report("cannot compare the snapshot of", folded.id, error);
    }
    const { id: aggregateId, version: aggregateVersion } = folded;
    this.#warn(
      new FoldlogError(
        "snapshot_mismatch",
        `the snapshot of aggregate ${JSON.stringify(aggregateId)} is not what its events fold to at version ${aggregateVersion}; ` +
          "it was deleted: raise reducerVersion with every change of the fold",
        { fields: { aggregateId, aggregateVersion } },
      ),
    );
    await this.#delete(aggregateId);
    return false;
  }

  async #delete(aggregateId: string): Promise<void> {
    try {
      await this.#log.call("deleteSnapshot", aggregateId, this.#reducer);
    } catch (error) {
      this.#report("cannot delete the snapshot of", aggregateId, error);
    }
  }

  #report(what: string, aggregateId: string, cause: unknown): void {
    const message = `${what} aggregate ${JSON.stringify(aggregateId)}`;
    this.#warn(
      FoldlogError.is(cause)
        ? new FoldlogError(cause.code, `${message}: ${cause.message}`, { retryable: cause.retryable, cause })
        : new FoldlogError("invalid_argument", `${message}: see the cause`, { cause }),
    );
  }
}

function throughJson(aggregate: AnyAggregate): unknown {
  return JSON.parse(jsonText((aggregate as SnapshotAggregate).toSnapshot(), "toSnapshot()", "invalid_argument"));
}
