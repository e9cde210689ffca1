import type { RawBatch, RawOperations, RawPage, RawSubscription } from "../../wasm/foldlog_wasm.js";

import { FoldlogError } from "../errors/foldlog-error.js";
import { fromRejection } from "../errors/raw-failure.js";
import type { Head, Receipt } from "./append.js";
import { Surroundings, type RawLog } from "./surroundings.js";

/** @internal Some events in order, how far was looked, and whether that is the end. */
export interface Page<T> {
  readonly events: readonly T[];
  readonly position: number;
  readonly done: boolean;
}

/**
 * The core behind promises that reject with `FoldlogError`: one JSON.parse a page, closed at most once.
 *
 * A method calls the core before it returns, so calls reach it in the order in which they were made.
 *
 * @internal
 */
export class Log {
  readonly #raw: RawLog;
  readonly surroundings: Surroundings;
  #closing: Promise<void> | undefined;

  constructor(raw: RawLog, surroundings = new Surroundings()) {
    this.#raw = raw;
    this.surroundings = surroundings;
  }

  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  refuseIfClosed(): void {
    if (this.#closing) throw new FoldlogError("closed", "the store was closed: open it again", { outcome: "not_committed" });
  }

  /** Begins an operation of the core. */
  async call<Name extends keyof RawOperations>(
    name: Name,
    ...args: Parameters<RawOperations[Name]>
  ): Promise<Awaited<ReturnType<RawOperations[Name]>>> {
    // The core knows the health of a closed store.
    if (name !== "health") this.refuseIfClosed();
    try {
      return await this.#raw.run(name, args);
    } catch (rejection) {
      throw fromRejection(rejection);
    }
  }

  async append(events: string, options: string): Promise<Receipt> {
    return parseReceipt(await this.call("append", events, options));
  }

  async readEvents<T>(filter: string, from: number, maxEvents: number, backward: boolean): Promise<Page<T>> {
    return parsePage(await this.call("readEvents", filter, from, maxEvents, backward));
  }

  /** `to` 0: up to the last. */
  async readAggregate<T>(aggregateId: string, from: number, to: number, maxEvents: number): Promise<Page<T>> {
    return parsePage(await this.call("readAggregate", aggregateId, from, to, maxEvents));
  }

  async findAppend(eventId: string): Promise<Receipt | undefined> {
    const receipt = await this.call("findAppend", eventId);
    return receipt === undefined ? undefined : parseReceipt(receipt);
  }

  async head(at: number | undefined): Promise<Head> {
    return JSON.parse(await this.call("head", at)) as Head;
  }

  async snapshot<T>(aggregateId: string, reducer: string): Promise<T | undefined> {
    const snapshot = await this.call("snapshot", aggregateId, reducer);
    return snapshot === undefined ? undefined : (JSON.parse(snapshot) as T);
  }

  subscribe(filter: string, after: string): Promise<RawSubscription> {
    return this.call("subscribe", filter, after);
  }

  close(): Promise<void> {
    if (this.#closing) return this.#closing;
    const closing = this.call("close");
    this.#closing = closing;
    this.surroundings.healthChanged();
    return closing;
  }
}

/** @internal The next batch of a subscription; undefined after its end. */
export async function nextBatch(raw: RawSubscription, maxEvents: number): Promise<RawBatch | undefined> {
  try {
    // On the way in a number is cut to its lowest 32 bits, and no page has more events than those can say.
    return await raw.next(Math.min(maxEvents, 2 ** 32 - 1));
  } catch (rejection) {
    throw fromRejection(rejection);
  }
}

function parsePage<T>([events, position, done]: RawPage): Page<T> {
  return { events: parseEvents<T>(events), position, done };
}

/** @internal The events of a page. What the engine says of damaged text quotes it, so that stays inside. */
export function parseEvents<T>(events: string): T[] {
  try {
    return JSON.parse(events) as T[];
  } catch {
    throw new FoldlogError("storage_corrupted", "the text of a stored event is damaged: verify() names the place");
  }
}

function parseReceipt(text: string): Receipt {
  const raw = JSON.parse(text) as Omit<Receipt, "versions"> & { readonly versions: readonly (readonly [string, number])[] };
  const versions = Object.create(null) as Record<string, number>;
  for (const [aggregateId, version] of raw.versions) versions[aggregateId] = version;
  return { ...raw, versions };
}
