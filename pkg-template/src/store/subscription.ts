import type { RawSubscription } from "../../wasm/foldlog_wasm.js";

import { invalidArgument } from "../errors/arguments.js";
import type { EventShape, JsonEvent, RecordedEvent } from "./events.js";
import { serialIterator } from "./serial-iterator.js";
import { SubscriptionFeed } from "./subscription-feed.js";

/** Where a subscription begins, what ends it and how much it holds. */
export interface SubscribeOptions {
  /** Exclusive: a sequence number (0, the default: from the first event), a cursor, or `"end"` for what comes from now on. */
  readonly after?: number | string;
  /** Ends the subscription: it rejects with `aborted`, whose cause is the signal's reason. */
  readonly signal?: AbortSignal;
  /** At most so many events are held at a time; 256 by default. */
  readonly pageSize?: number;
}

/** Events of a subscription that arrived together, perhaps none: an empty page moves the position or says "caught up". */
export type SubscriptionPage<T> = readonly T[] & {
  /** Everything up to this sequence number was looked at. */
  readonly position: number;
  /** The position in a form to store and to resume from: it also proves that the log is the same. */
  readonly cursor: string;
  /** Whether the end of the log was reached. */
  readonly caughtUp: boolean;
};

/**
 * Every matching event once, in order, from a position on: first those that are stored, then those to come.
 *
 * Iterate it once, over events with `for await`, or over `pages()`. Leaving the loop ends it quietly, an aborted signal rejects
 * with `aborted`, `store.close()` ends it. A slow consumer costs one page of memory, however far it is behind.
 *
 * @example
 * for await (const page of store.subscribe({ eventTypes: ["FundsDeposited"] }, { after: cursor }).pages()) {
 *   for (const event of page) await handle(event);
 *   await store.saveCheckpoint("mailer", { from: cursor, to: page.cursor });
 *   cursor = page.cursor;
 * }
 */
export class Subscription<E extends EventShape = JsonEvent> implements AsyncIterable<RecordedEvent<E>> {
  readonly #feed: SubscriptionFeed;
  readonly #pageSize: number;
  #position: number;
  #cursor: string | undefined;
  #caughtUp = false;
  #iterated = false;

  /** @internal */
  constructor(open: () => Promise<RawSubscription>, options: SubscribeOptions) {
    this.#pageSize = options.pageSize ?? 256;
    this.#position = typeof options.after === "number" ? options.after : 0;
    this.#feed = new SubscriptionFeed(open, options.signal);
  }

  /**
   * The sequence number up to which everything that matches was handed over, what did not match included. Inside a loop over
   * events it is that of the event in hand, or further at the end of a page. 0 before the first, unless a number was given.
   */
  get position(): number {
    return this.#position;
  }

  /**
   * A cursor to resume from; undefined before the first page. It moves at the end of a page: in the middle of one, resuming from
   * it repeats some events and misses none. For a cursor that is exact at each step, iterate `pages()`.
   */
  get cursor(): string | undefined {
    return this.#cursor;
  }

  /** Whether everything in the log at the last look was handed over. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Iterates over the events. */
  [Symbol.asyncIterator](): AsyncIterableIterator<RecordedEvent<E>> {
    let page: SubscriptionPage<RecordedEvent<E>> | undefined;
    let index = 0;
    return this.#iterate(async () => {
      for (;;) {
        const event = page?.[index];
        if (page && event) {
          this.#feed.refuseIfAborted();
          index += 1;
          if (index === page.length) this.#arriveAt(page);
          else this.#position = event.sequenceNumber;
          return event;
        }
        page = await this.#feed.next(this.#pageSize);
        index = 0;
        if (!page) return undefined;
        if (page.length === 0) this.#arriveAt(page);
        else this.#caughtUp = false;
      }
    });
  }

  /** Iterates over the pages, each with `position`, `cursor` and `caughtUp`. */
  pages(): AsyncIterableIterator<SubscriptionPage<RecordedEvent<E>>> {
    return this.#iterate(async () => {
      const page = await this.#feed.next<RecordedEvent<E>>(this.#pageSize);
      if (page) this.#arriveAt(page);
      return page;
    });
  }

  /** Ends it quietly, also a loop that waits for the next event. */
  close(): void {
    this.#feed.close();
  }

  #iterate<T>(step: () => Promise<T | undefined>): AsyncIterableIterator<T> {
    const again = this.#iterated;
    this.#iterated = true;
    const refuse = (): Promise<never> =>
      Promise.reject(invalidArgument("subscription", "is iterated a second time; subscribe again, after its cursor"));
    return again ? serialIterator(refuse, () => undefined) : serialIterator(step, () => this.close());
  }

  #arriveAt(page: SubscriptionPage<unknown>): void {
    this.#position = page.position;
    this.#cursor = page.cursor;
    this.#caughtUp = page.caughtUp;
  }
}
