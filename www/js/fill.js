// @ts-check
// Many deposits at once, so that there is something to back up, to restore and to verify.
import { FoldlogError } from "../pkg/dist/index.js";

/** Deposits an append: few appends for many events, and still many to be cancelled between. */
const TOGETHER = 200;

/**
 * Deposits 1 to 100 cents, again and again. What was stored before it is cancelled stays.
 *
 * @param {import("./bank.js").Bank} bank
 * @param {string} id the wallet
 * @param {number} count
 * @param {AbortSignal} signal
 * @param {(stored: number) => void} onProgress
 * @returns {Promise<{ stored: number, receipt: import("./bank.js").Receipt | undefined }>} the last receipt
 */
export async function fill(bank, id, count, signal, onProgress) {
  const { store, tab } = bank;
  let stored = 0;
  let receipt;
  let version = await store.getAggregateVersion(id);
  while (stored < count && !signal.aborted) {
    const deposits = Array.from({ length: Math.min(TOGETHER, count - stored) }, (_, i) => ({
      aggregateId: id,
      aggregateType: /** @type {const} */ ("wallet"),
      eventType: /** @type {const} */ ("Deposited"),
      eventData: { cents: ((stored + i) % 100) + 1 },
      causedBy: tab,
    }));
    try {
      receipt = await store.appendEvents(deposits, { expectedVersion: version });
    } catch (error) {
      if (!FoldlogError.is(error, "concurrency_conflict")) throw error;
      // Another tab used the wallet meanwhile. A deposit is right on any version.
      version = await store.getAggregateVersion(id);
      continue;
    }
    stored += deposits.length;
    version += deposits.length;
    onProgress(stored);
  }
  return { stored, receipt };
}
