import type { RawSubscription } from "../../wasm/foldlog_wasm.js";

import { abortedRead } from "../errors/aborted.js";
import { nextBatch, parseEvents } from "./log.js";
import type { SubscriptionPage } from "./subscription.js";

/**
 * The batches of a subscription of the core, until it is closed or the caller's signal is aborted.
 *
 * @internal
 */
export class SubscriptionFeed {
  readonly #raw: Promise<RawSubscription>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.close();

  constructor(open: () => Promise<RawSubscription>, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#raw = signal?.aborted ? Promise.reject(abortedRead(signal)) : open();
    // The first `next` reports it; until then nobody may be listening.
    this.#raw.catch(() => undefined);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** The next page, perhaps empty; undefined after the end. */
  async next<T>(maxEvents: number): Promise<SubscriptionPage<T> | undefined> {
    this.refuseIfAborted();
    const batch = await nextBatch(await this.#raw, maxEvents);
    this.refuseIfAborted();
    if (batch === undefined) return undefined;
    const [events, cursor, position, caughtUp] = batch;
    return Object.assign(parseEvents<T>(events), { cursor, position, caughtUp });
  }

  refuseIfAborted(): void {
    if (this.#signal?.aborted) throw abortedRead(this.#signal);
  }

  /** Ends a waiting `next`. */
  close(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#raw.then(
      (raw) => raw.close(),
      () => undefined,
    );
  }
}
