import { jsonText } from "../json/json-text.js";
import type { FoldlogError } from "../errors/foldlog-error.js";
import type { ErrorCode } from "../errors/error-fields.js";

/** @internal Who caused the events of an append; an event that says it itself keeps what it says. */
export interface Attribution {
  readonly causedBy?: string | null;
  readonly causationId?: string | null;
  readonly correlationId?: string | null;
}

/** @internal A raised event: its fields as JSON text without the id, read when it was raised, and who it says caused it. */
export interface UnsavedEvent {
  readonly id: string;
  readonly text: string;
  readonly own: Attribution;
}

/** @internal An append as it is sent, and sent again: the same bytes each time. */
export interface Batch {
  readonly events: string;
  readonly expectedVersion: number;
  readonly count: number;
}

/**
 * The events that an aggregate raised and the store does not have yet.
 *
 * An append whose outcome is unknown is kept apart, exactly as it was sent: sent again alone it is a replay or the first write,
 * whereas together with later events it would be another append.
 *
 * @internal
 */
export class UnsavedEvents {
  #events: UnsavedEvent[] = [];
  #inDoubt: Batch | undefined;
  #stored = 0;
  #turn: Promise<void> | undefined;

  get count(): number {
    return this.#events.length;
  }

  /** How many events were raised so far, those that are stored by now included. */
  get raised(): number {
    return this.#stored + this.#events.length;
  }

  /** The append whose outcome is not known. */
  get inDoubt(): Batch | undefined {
    return this.#inDoubt;
  }

  add(event: UnsavedEvent): void {
    this.#events.push(event);
  }

  /** Fresh copies: what a caller does to them has no effect. */
  copies(): object[] {
    return this.#events.map(({ id, text }) => ({ id, ...(JSON.parse(text) as object) }));
  }

  /** The first `raised` events as one append, as far as they are not stored; undefined if all are. `ids` replaces the minted ones. */
  batch(raised: number, expectedVersion: number, attribution: Attribution, ids?: (index: number) => string): Batch | undefined {
    const due = this.#events.slice(0, Math.max(raised - this.#stored, 0));
    if (due.length === 0) return undefined;
    const events = due.map((event, index) => textWithId(event, ids ? ids(index) : event.id, attribution));
    return { events: `[${events.join(",")}]`, expectedVersion, count: events.length };
  }

  /** The append is stored: its events are not unsaved any more. */
  stored(batch: Batch): void {
    this.#inDoubt = undefined;
    this.#events.splice(0, batch.count);
    this.#stored += batch.count;
  }

  /** The append failed: its events stay, apart if they may be stored all the same. */
  failed(batch: Batch, error: FoldlogError): void {
    const settled = isAnswer(error) || (this.#inDoubt !== batch && error.outcome === "not_committed");
    this.#inDoubt = settled ? undefined : batch;
  }

  /** Runs `save` after those that were asked for before; at once, if there are none, so that its append keeps its place. */
  inTurn<T>(save: () => Promise<T>): Promise<T> {
    const result = this.#turn ? this.#turn.then(save) : save();
    const end = (): void => {
      if (this.#turn === turn) this.#turn = undefined;
    };
    const turn = result.then(end, end);
    this.#turn = turn;
    return result;
  }
}

/**
 * Whether an error settles what became of an append that was sent before: the ids were looked up and were not there, or are of
 * another append. Any other failure speaks only of the attempt that met it.
 *
 * @internal
 */
export function isAnswer(error: FoldlogError): boolean {
  return ANSWERS.has(error.code);
}

const ANSWERS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "concurrency_conflict",
  "duplicate_event",
  "condition_failed",
  "checkpoint_conflict",
  "aggregate_type_mismatch",
  "invalid_event",
]);

function textWithId({ text, own }: UnsavedEvent, id: string, attribution: Attribution): string {
  const added = (["causedBy", "causationId", "correlationId"] as const)
    .filter((field) => own[field] === undefined && attribution[field] !== undefined)
    .map((field) => `"${field}":${jsonText(attribution[field], field, "invalid_argument")},`);
  return `{"id":${JSON.stringify(id)},${added.join("")}${text.slice(1)}`;
}
