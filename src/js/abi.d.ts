/**
 * The raw bindings: private to the package, called by the facade only.
 *
 * Strings that hold a structure are JSON in the vocabulary of the public API. A rejection is a `RawFailure`.
 */
export interface RawFailure {
  /** `{"code","message","retryable","outcome"?, …fields of the code}` as JSON. */
  readonly foldlogError: string;
  /** What the browser said (a DOMException), or undefined. */
  readonly cause: unknown;
}

/** What a store has of the world; nothing here may throw, or call the core before it returns. */
export interface RawSurroundings {
  /** Whole milliseconds since 1970. */
  now(): number;
  getRandomValues(buffer: Uint8Array): void;
  /** `health` may say something else than before of the handle or of errors. */
  healthChanged(): void;
}

/** A page: the JSON array of events, the position it has examined up to, whether the end of the log was reached. */
export type RawPage = [events: string, position: number, done: boolean];

/** A batch of a subscription: the JSON array of events (may be empty), cursor, position, whether it is caught up. */
export type RawBatch = [events: string, cursor: string, position: number, caughtUp: boolean];

/** What a store does, by name. Every argument is read before the call returns. */
export interface RawOperations {
  /**
   * Events: a JSON array of NewEvent. Options: `{"expectedVersion"?: number|"any"|"exists"|"no_aggregate",
   * "expectedVersions"?: [[aggregateId, expectation], …]}`; anything else is refused.
   * Resolves to a receipt as JSON, its `versions` an array of `[aggregateId, version]`.
   */
  append(events: string, options: string): Promise<string>;
  /** Matching events after (or, backward, before) the exclusive position `from`, at most `maxEvents`; backward from 0 means from the end. */
  readEvents(filter: string, from: number, maxEvents: number, backward: boolean): Promise<RawPage>;
  /** Events of one aggregate with `fromVersion <= version <= toVersion` (0: no upper bound); `position` is the last version read. */
  readAggregate(aggregateId: string, fromVersion: number, toVersion: number, maxEvents: number): Promise<RawPage>;
  /** 0 for an aggregate without events. */
  aggregateVersion(aggregateId: string): Promise<number>;
  /** The head, or the position `{epoch, sequenceNumber, link}` that a stored sequence number has. */
  head(at?: number): Promise<string>;
  /** The receipt of the append that holds the event, `replayed` true; undefined if there is none. */
  findAppend(eventId: string): Promise<string | undefined>;
  /** `{"ok":true,"appends","events","head"}` or `{"ok":false,"sequenceNumber","reason"}`; `since` is a Head as JSON. */
  verify(since?: string): Promise<string>;
  createSnapshot(aggregateId: string, aggregateType: string, version: number, reducer: string, data: string): Promise<void>;
  /** The newest snapshot of that reducer that is valid for this log, as JSON; undefined if there is none. */
  snapshot(aggregateId: string, reducer: string): Promise<string | undefined>;
  deleteSnapshot(aggregateId: string, reducer: string): Promise<void>;
  /** The stored cursor of a named consumer. */
  checkpoint(name: string): Promise<string | undefined>;
  /** Compare and set: fails with `checkpoint_conflict` unless the stored cursor is `from` (undefined: none is stored). */
  saveCheckpoint(name: string, from: string | undefined, to: string): Promise<void>;
  /** `after`: a sequence number, `"end"` or a cursor, as JSON. */
  subscribe(filter: string, after: string): Promise<RawSubscription>;
  /** The appends with an event after `after` and none after `to`. */
  export(after: number, to?: number): Promise<RawExport>;
  import(): Promise<RawImport>;
  health(): Promise<string>;
  /** Waits for appends under way, then ends subscriptions. */
  close(): Promise<void>;
}

export class RawStore {
  private constructor();
  static memory(surroundings: RawSurroundings): RawStore;
  /** Options: `{"durability":"strict"|"relaxed","create":boolean,"expectHead":Head|null,"openTimeout":milliseconds}`, each optional. */
  static indexedDb(name: string, options: string, surroundings: RawSurroundings): Promise<RawStore>;
  /** `url` has no slash at its end. Options: `{"create":boolean,"expectHead":Head|null,"timeout":number,"deadline":number}`, each optional. */
  static remote(
    url: string,
    log: string,
    token: string | (() => string | Promise<string>) | undefined,
    options: string,
    surroundings: RawSurroundings,
  ): Promise<RawStore>;
  /** Begins an operation. */
  run<Name extends keyof RawOperations>(name: Name, args: Parameters<RawOperations[Name]>): ReturnType<RawOperations[Name]>;
  free(): void;
}

export class RawSubscription {
  private constructor();
  /** The next batch: at most `maxEvents` events, or an empty one that moves the position or says "caught up"; undefined after the end. */
  next(maxEvents: number): Promise<RawBatch | undefined>;
  /** Ends it: a waiting `next` resolves to undefined. */
  close(): void;
  free(): void;
}

export class RawExport {
  private constructor();
  /** The next lines; undefined at the end. */
  next(): Promise<string | undefined>;
  free(): void;
}

export class RawImport {
  private constructor();
  /**
   * Takes lines with their line breaks, which the last line of the export may lack, or no line at all; resolves to
   * `{"imported","skipped","head"}`. A failure has the same as its `progress`.
   */
  push(lines: string): Promise<string>;
  /** Ends the import; resolves to the same. */
  finish(asMirror: boolean): Promise<string>;
  free(): void;
}

/** The id that event `index` of a command has, whoever repeats the command. */
export function commandEventId(commandId: string, index: number): string;
