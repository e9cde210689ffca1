// @ts-check
// A burst of appends to be killed in the middle, and the count of what is left afterwards.

/**
 * @typedef {{ aggregateType: "burst", eventType: "Ticked", eventData: { append: number, part: number } }} BurstEvent
 *
 * @typedef {object} Findings
 * @property {number} acknowledged events whose receipt was noted outside the log
 * @property {number} found events in the log
 * @property {readonly number[]} missing sequence numbers that were acknowledged and are not in the log
 * @property {number} halfWritten appends of which only a part is in the log
 */

/** Events an append: enough to see whether an append can be half there. */
export const PARTS = 3;
const APPENDS = 2000;
const IN_FLIGHT = 4;

/**
 * Appends until it is stopped or has had enough, several at a time, and notes each receipt outside the log before the next append.
 *
 * @param {import("./bank.js").Store} store
 * @param {import("./witness.js").Note} note
 * @param {AbortSignal} stop
 * @param {(acknowledged: number) => void} onAcknowledged
 */
export async function runBurst(store, note, stop, onAcknowledged) {
  let issued = 0;
  const work = async () => {
    while (!stop.aborted && issued < APPENDS) {
      issued += 1;
      const receipt = await store.appendEvents(ticks(note.burst, issued), { expectedVersion: "any" });
      await note.acknowledge(receipt.firstSequenceNumber, receipt.lastSequenceNumber);
      onAcknowledged(note.count);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
}

/**
 * Compares what was acknowledged with what the log holds.
 *
 * @param {import("./bank.js").Store} store
 * @param {import("./witness.js").Testimony} testimony read before the log: what is acknowledged is in the log already
 * @returns {Promise<Findings>}
 */
export async function inspect(store, testimony) {
  const found = new Set();
  /** @type {Map<number, number>} */
  const parts = new Map();
  const events = store.events({ aggregateType: "burst", aggregateId: testimony.burst });
  for await (const { sequenceNumber, eventData } of events) {
    found.add(sequenceNumber);
    parts.set(eventData.append, (parts.get(eventData.append) ?? 0) + 1);
  }
  const acknowledged = testimony.ranges.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
  return {
    acknowledged: acknowledged.length,
    found: found.size,
    missing: acknowledged.filter((sequenceNumber) => !found.has(sequenceNumber)),
    halfWritten: [...parts.values()].filter((count) => count !== PARTS).length,
  };
}

/**
 * @param {string} burst
 * @param {number} append
 */
function ticks(burst, append) {
  return Array.from({ length: PARTS }, (_, i) => ({
    aggregateId: burst,
    aggregateType: /** @type {const} */ ("burst"),
    eventType: /** @type {const} */ ("Ticked"),
    eventData: { append, part: i + 1 },
  }));
}
