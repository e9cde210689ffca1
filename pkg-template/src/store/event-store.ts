/// <reference lib="esnext.disposable" preserve="true" />
import { refuseIfAborted } from "../errors/aborted.js";
import { callable, invalidArgument, kindOf, knownKeys, signalOf, text, wholeNumber } from "../errors/arguments.js";
import { jsonText } from "../json/json-text.js";
import type { Json, JsonCompatible } from "../json/json-types.js";
import type { AppendDetails, AppendOptions, CheckpointMove, Head, Receipt } from "./append.js";
import { openBackend, type Backend } from "./backend.js";
import { encodeAppendOptions } from "./encode-append-options.js";
import { encodeEvents } from "./encode-events.js";
import type { EventShape, EventsOf, JsonEvent, NewEvent, RecordedEvent, VersionedEvent } from "./events.js";
import { encodeFilter, encodeQuery, type EventFilter, type EventQuery } from "./filter.js";
import { exportStream, type ExportOptions, type ImportOptions, type ImportProgress, type ImportSource } from "./export.js";
import { importLines } from "./import.js";
import { piecesOf } from "./import-source.js";
import { healthChanges, readHealth, requestPersistence, type Health } from "./health.js";
import { Log } from "./log.js";
import { aggregatePages, collect, pagesOf } from "./pages.js";
import type { Snapshot, SnapshotOptions, VerifyReport } from "./reports.js";
import { Subscription, type SubscribeOptions } from "./subscription.js";
import { Surroundings } from "./surroundings.js";

/**
 * The log behind a store, for the repository.
 *
 * @internal
 */
export let logOf: <E extends EventShape>(store: EventStore<E>) => Log;

/** Disposal, where the runtime knows it: `await using store = await EventStore.open(memory())`. */
export interface EventStore<E extends EventShape = JsonEvent> extends AsyncDisposable {}

/**
 * One log of events: a totally ordered, gapless sequence whose appends are linked by a hash chain.
 *
 * `E` is the union of the application's events; every method is typed on it. No method throws: all failures, bad arguments
 * included, reject with a `FoldlogError`, and every argument is read before the method returns.
 *
 * @example
 * type WalletEvent =
 *   | { aggregateType: "wallet"; eventType: "FundsDeposited"; eventData: { amount: string } }
 *   | { aggregateType: "wallet"; eventType: "FundsWithdrawn"; eventData: { amount: string } };
 * const store = await EventStore.open<WalletEvent>(indexedDb("wallet-42"));
 */
export class EventStore<E extends EventShape = JsonEvent> {
  readonly #log: Log;

  private constructor(log: Log) {
    this.#log = log;
  }

  static {
    logOf = (store) => {
      if (typeof store === "object" && store !== null && #log in store) return store.#log;
      throw invalidArgument("store", "is no EventStore; give what EventStore.open resolved to");
    };
    // Older runtimes lack the symbol; there `close()` is the only way.
    const { asyncDispose } = Symbol as { asyncDispose?: symbol };
    if (asyncDispose) {
      const dispose = function (this: EventStore): Promise<void> {
        return this.close();
      };
      Object.defineProperty(this.prototype, asyncDispose, { value: dispose, writable: true, configurable: true });
    }
  }

  /**
   * Opens a log; the first call of a page loads the WebAssembly core.
   *
   * Rejects with `log_not_found` (`create: false`), `log_rewound`, `log_diverged` or `epoch_changed` (`expectHead`), `blocked`,
   * `superseded`, `unsupported_format`, `storage_unavailable` (also if the core cannot be loaded: a later call tries again),
   * `quota_exceeded`. There is never a silent fallback to memory.
   *
   * A log whose newest records are damaged opens read-only (`health().handle` is `"read_only"`): what comes before can be read and
   * exported. With `expectHead` that holds only if the head is in what can be read; else opening is `storage_corrupted` with the place.
   * It is `storage_corrupted` too where nothing can be read.
   */
  static async open<E extends EventShape = JsonEvent>(backend: Backend): Promise<EventStore<E>> {
    const surroundings = new Surroundings();
    return new EventStore<E>(new Log(await openBackend(backend, surroundings), surroundings));
  }

  /** Appends one event; see {@link EventStore.appendEvents}. */
  appendEvent(event: NewEvent<E>, options: AppendOptions): Promise<Receipt>;
  /** Appends one event that carries its expectation as `aggregateVersion`. */
  appendEvent(event: VersionedEvent<E>, options?: AppendDetails): Promise<Receipt>;
  async appendEvent(event: unknown, options?: AppendOptions | AppendDetails): Promise<Receipt> {
    return this.#append([event], options);
  }

  /**
   * Appends events, to one aggregate or to several, atomically: all of them are stored or none.
   *
   * Each aggregate needs an expectation: `expectedVersion`, `expectedVersions`, or `aggregateVersion` on every event. It is
   * checked in the transaction that writes, so of concurrent appends with the same exact expectation one succeeds. Repeating an
   * append with the same ids and fields returns the first receipt with `replayed: true`. Appends keep their call order.
   *
   * Rejects with `concurrency_conflict` (all `conflicts`, actual versions included), `duplicate_event`, `invalid_event`,
   * `invalid_argument`, `aggregate_type_mismatch`, `quota_exceeded`, `storage_unavailable`, `closed`, `aborted`. If `outcome` is `"unknown"`, send the same events with the same ids again.
   *
   * @example
   * await store.appendEvents(
   *   [{ aggregateId, aggregateType: "wallet", eventType: "FundsDeposited", eventData: { amount: "10.00" } }],
   *   { expectedVersion: 3 },
   * );
   */
  appendEvents(events: readonly NewEvent<E>[], options: AppendOptions): Promise<Receipt>;
  /** Appends events that carry their expectations as `aggregateVersion`. */
  appendEvents(events: readonly VersionedEvent<E>[], options?: AppendDetails): Promise<Receipt>;
  async appendEvents(events: readonly unknown[], options?: AppendOptions | AppendDetails): Promise<Receipt> {
    return this.#append(events, options);
  }

  /**
   * The events that match, in order of sequence number: every match, unless `limit` says otherwise.
   *
   * All are held in memory at once; {@link EventStore.events} is for more. Rejects with `invalid_argument`,
   * `storage_unavailable`, `storage_corrupted`, `unsupported_format`, `closed`.
   */
  async getEvents<A extends E["aggregateType"] = E["aggregateType"], T extends E["eventType"] = E["eventType"]>(
    query?: EventQuery<A, T>,
  ): Promise<RecordedEvent<EventsOf<E, A, T>>[]> {
    return collect(pagesOf<RecordedEvent<EventsOf<E, A, T>>>(this.#log, encodeQuery(query)));
  }

  /** The events of one aggregate from `fromVersion` (1 by default) on, in order; none for an aggregate without events. */
  async getEventsByAggregate(aggregateId: string, fromVersion = 1): Promise<RecordedEvent<E>[]> {
    const from = wholeNumber(fromVersion, "fromVersion");
    return collect(aggregatePages<RecordedEvent<E>>(this.#log, text(aggregateId, "aggregateId"), Math.max(from, 1)));
  }

  /** The events of all aggregates of one type that match, in order of sequence number. */
  async getEventsByAggregateType<A extends E["aggregateType"], T extends E["eventType"] = E["eventType"]>(
    aggregateType: A,
    query?: Omit<EventQuery<A, T>, "aggregateType">,
  ): Promise<RecordedEvent<EventsOf<E, A, T>>[]> {
    const encoded = encodeQuery(query, text(aggregateType, "aggregateType"));
    return collect(pagesOf<RecordedEvent<EventsOf<E, A, T>>>(this.#log, encoded));
  }

  /** The events that match, in order, in bounded memory: a page is held at a time. Each loop over it reads anew. */
  events<A extends E["aggregateType"] = E["aggregateType"], T extends E["eventType"] = E["eventType"]>(
    query?: EventQuery<A, T>,
  ): AsyncIterable<RecordedEvent<EventsOf<E, A, T>>> {
    const encoded = settled(() => encodeQuery(query));
    const log = this.#log;
    return {
      async *[Symbol.asyncIterator]() {
        for await (const page of pagesOf<RecordedEvent<EventsOf<E, A, T>>>(log, await encoded)) yield* page;
      },
    };
  }

  /** The sequence number of the last event; 0 for an empty log. */
  async getLastSequenceNumber(): Promise<number> {
    return (await this.#log.head(undefined)).sequenceNumber;
  }

  /** The version of an aggregate; 0 for one without events. */
  async getAggregateVersion(aggregateId: string): Promise<number> {
    const id = text(aggregateId, "aggregateId");
    return this.#log.call("aggregateVersion", id);
  }

  /**
   * The head of the log, or the place that a stored sequence number has. Kept elsewhere, it proves later that nothing was
   * removed or rewritten. Rejects with `invalid_argument` for a number beyond the head.
   */
  async head(at?: number): Promise<Head> {
    return this.#log.head(at === undefined ? undefined : wholeNumber(at, "at"));
  }

  /**
   * Recomputes the hash chain, from the beginning or from a head that is kept elsewhere.
   *
   * Alone it finds damage; against a kept head also a removed tail, rewriting and forks. It does not prove who wrote.
   */
  async verify(options?: { readonly since?: Head }): Promise<VerifyReport> {
    const { since } = knownKeys(options, ["since"], "options");
    const encoded = since === undefined ? undefined : jsonText(since, "since", "invalid_argument");
    return JSON.parse(await this.#log.call("verify", encoded)) as VerifyReport;
  }

  /** The receipt of the append that holds an event, `replayed` true; undefined if no event has that id. */
  async findAppend(eventId: string): Promise<Receipt | undefined> {
    return this.#log.findAppend(text(eventId, "eventId"));
  }

  /**
   * Caches the state of an aggregate at a version. A repository does this by itself.
   *
   * Rejects with `invalid_argument` for a version that the aggregate does not have or data that is not JSON,
   * `aggregate_type_mismatch`, `quota_exceeded`, `storage_unavailable`, `closed`.
   */
  async createSnapshot<S>(
    aggregateId: string,
    aggregateType: E["aggregateType"],
    version: number,
    data: S & JsonCompatible<S>,
    options?: SnapshotOptions,
  ): Promise<void> {
    const id = text(aggregateId, "aggregateId");
    const type = text(aggregateType, "aggregateType");
    const at = wholeNumber(version, "version", 1);
    const encoded = jsonText(data, "data", "invalid_argument");
    const reducer = reducerOf(options);
    await this.#log.call("createSnapshot", id, type, at, reducer, encoded);
  }

  /** The newest snapshot of the reducer that is valid for this log; undefined if there is none. `S` is what the caller knows it holds. */
  async getSnapshot<S = Json>(aggregateId: string, options?: SnapshotOptions): Promise<Snapshot<S> | undefined> {
    const reducer = reducerOf(options);
    return this.#log.snapshot<Snapshot<S>>(text(aggregateId, "aggregateId"), reducer);
  }

  /**
   * Every matching event once, in order: those stored after a position, then those to come, of this and other tabs.
   *
   * It begins at once, so `after: "end"` means the moment of the call. See {@link Subscription}.
   */
  subscribe<A extends E["aggregateType"] = E["aggregateType"], T extends E["eventType"] = E["eventType"]>(
    filter?: EventFilter<A, T>,
    options?: SubscribeOptions,
  ): Subscription<EventsOf<E, A, T>> {
    const log = this.#log;
    let given: SubscribeOptions = {};
    const ready = settled(() => {
      const { after = 0, signal, pageSize } = knownKeys(options, ["after", "signal", "pageSize"], "options");
      if (pageSize !== undefined) wholeNumber(pageSize, "pageSize", 1);
      const encoded = [encodeFilter(filter), jsonText(after, "after", "invalid_argument")] as const;
      given = { after, ...(signalOf(signal) && { signal }), ...(pageSize !== undefined && { pageSize }) };
      return log.subscribe(...encoded);
    });
    return new Subscription(() => ready, given);
  }

  /** The stored cursor of a named consumer; undefined if it has none. */
  async getCheckpoint(name: string): Promise<string | undefined> {
    const consumer = text(name, "name");
    return this.#log.call("checkpoint", consumer);
  }

  /** Moves the cursor of a named consumer. Rejects with `checkpoint_conflict` if it does not stand at `from`. */
  async saveCheckpoint(name: string, move: CheckpointMove): Promise<void> {
    const consumer = text(name, "name");
    const { from, to } = knownKeys(move, ["from", "to"], "move");
    const target = text(to, "to");
    const current = from === undefined ? undefined : text(from, "from");
    await this.#log.call("saveCheckpoint", consumer, current, target);
  }

  /**
   * The log, or a part of it, as JSON Lines: one line an append, byte for byte as stored, with the links that prove it. The format is
   * described in `docs/export-format.md`; it is the format of backups.
   *
   * Read it with `new Response(stream).blob()`, `pipeTo` or a reader; a page is held at a time. A `Response` may hide why a stream failed. What is appended meanwhile may or may not
   * be included. The stream fails with `log_rewound` if the log ends before `after`, with `storage_corrupted` at a damaged append (an
   * export `to` the one before still works), with `unsupported_format`, `storage_unavailable`, `closed`, `invalid_argument`.
   *
   * @example
   * const backup = await new Response(store.exportEvents()).blob();
   */
  exportEvents(options?: ExportOptions): ReadableStream<Uint8Array> {
    const begun = settled(() => {
      const { after = 0, to } = knownKeys(options, ["after", "to"], "options");
      return this.#log.call("export", wholeNumber(after, "after"), to === undefined ? undefined : wholeNumber(to, "to"));
    });
    return exportStream(() => begun);
  }

  /**
   * Stores what an export holds and the log does not. Every line is proved before it is stored; nothing is ever deleted.
   *
   * Into a log without events it is a restore: all links are kept, then a new epoch begins, because the log may go on elsewhere. Until
   * the end has come the log takes no appends (`forbidden`). An import that was interrupted is made again and goes on where it stopped.
   * Into any other log it stores what continues the log's own chain.
   *
   * Several imports at once do not disturb each other: what another one stores of the same log counts as skipped.
   *
   * Rejects with `log_diverged` and the first `sequenceNumber` that differs, `invalid_argument` naming the line for a source that is no
   * export, incomplete or altered (`exportFault` says which), `unsupported_format`, `aborted`, `quota_exceeded`, `storage_unavailable`,
   * `closed`. The error's `progress` says how far it had come.
   *
   * @example
   * await store.importEvents(file, { onProgress: ({ read }) => (bar.value = read / file.size) });
   */
  async importEvents(source: ImportSource, options?: ImportOptions): Promise<ImportProgress> {
    const given = knownKeys(options, ["onProgress", "signal", "asMirror"], "options");
    if (given.onProgress !== undefined) callable(given.onProgress, "onProgress");
    const { asMirror = false } = given;
    if (typeof asMirror !== "boolean") throw invalidArgument("asMirror", `is ${kindOf(asMirror)}; give a boolean`);
    refuseIfAborted(signalOf(given.signal));
    const pieces = piecesOf(source);
    return importLines(await this.#log.call("import"), pieces, given);
  }

  /** How well the log is kept: durability, persistence, space, the state of the handle; `"closed"` after `close()`. */
  async health(): Promise<Health> {
    return readHealth(this.#log);
  }

  /**
   * The health now, then each time that it is another one: a slow consumer gets the newest, not each in between.
   *
   * The handle and errors are told at once. Persistence and quota are looked at every ten seconds, only while somebody waits here; a
   * quota counts as changed when its use has moved by a percent. Leaving the loop ends it, `close()` ends it quietly, and it rejects
   * with `aborted` after the signal.
   *
   * @example
   * for await (const { handle, evictionRisk } of store.healthChanges({ signal })) showBanner(handle !== "open" || evictionRisk === "high");
   */
  healthChanges(options?: { readonly signal?: AbortSignal }): AsyncIterableIterator<Health> {
    return healthChanges(this.#log, settled(() => signalOf(knownKeys(options, ["signal"], "options").signal)));
  }

  /**
   * Asks the browser not to evict the origin's data; resolves to whether it promised so.
   *
   * Firefox asks the user, so call it where that makes sense. False in workers, in memory, and where it cannot be asked.
   *
   * @example
   * if (!(await store.requestPersistence())) remindOfBackups();
   */
  async requestPersistence(): Promise<boolean> {
    return requestPersistence(this.#log);
  }

  /** Waits for the appends under way, then ends the subscriptions. Later calls of other methods than `health` reject with `closed`. */
  close(): Promise<void> {
    return this.#log.close();
  }

  #append(events: readonly unknown[], options: AppendOptions | AppendDetails | undefined): Promise<Receipt> {
    const encodedEvents = encodeEvents(events);
    const { text: encodedOptions, signal } = encodeAppendOptions(options);
    refuseIfAborted(signal);
    return this.#log.append(encodedEvents, encodedOptions);
  }
}

function reducerOf(options: SnapshotOptions | undefined): string {
  const { reducer = "default" } = knownKeys(options, ["reducer"], "options");
  return text(reducer, "reducer");
}

/** What `read` returns or throws, as a promise that may be left alone. */
function settled<T>(read: () => T | Promise<T>): Promise<T> {
  const promise = new Promise<T>((resolve) => resolve(read()));
  promise.catch(() => undefined);
  return promise;
}
