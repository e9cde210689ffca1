import { refuseIfAborted } from "../errors/aborted.js";
import { FoldlogError } from "../errors/foldlog-error.js";
import type { Receipt } from "../store/append.js";
import type { Log } from "../store/log.js";
import type { AnyAggregate } from "./aggregate-class.js";
import { access } from "./aggregate.js";
import type { SaveOptions } from "./repository-options.js";
import type { Batch } from "./unsaved-events.js";

/**
 * Appends what an aggregate has raised before this call, first what an earlier save left in doubt; undefined if there is nothing.
 *
 * @internal
 */
export function saveUnsaved(log: Log, aggregate: AnyAggregate, options: SaveOptions): Promise<Receipt | undefined> {
  const unsaved = access.unsaved(aggregate);
  const { raised } = unsaved;
  return unsaved.inTurn(async () => {
    refuseIfAborted(options.signal);
    let receipt: Receipt | undefined;
    if (unsaved.inDoubt) receipt = await send(log, aggregate, unsaved.inDoubt);
    const batch = unsaved.batch(raised, aggregate.version, options);
    return batch ? send(log, aggregate, batch) : receipt;
  });
}

/** @internal Issues one append of a batch. */
export function appendBatch(log: Log, batch: Batch): Promise<Receipt> {
  return log.append(batch.events, `{"expectedVersion":${batch.expectedVersion}}`);
}

async function send(log: Log, aggregate: AnyAggregate, batch: Batch): Promise<Receipt> {
  const unsaved = access.unsaved(aggregate);
  try {
    const receipt = await appendBatch(log, batch);
    unsaved.stored(batch);
    access.moveTo(aggregate, batch.expectedVersion + batch.count);
    return receipt;
  } catch (error) {
    if (FoldlogError.is(error)) unsaved.failed(batch, error);
    throw error;
  }
}
