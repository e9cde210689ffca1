// The same events for every system, from a seed.
const TYPES = ["FundsDeposited", "FundsWithdrawn", "FeeCharged", "LimitChanged", "NoteAdded", "OwnerVerified"];
/** With the positions that a store adds, an event has about 600 bytes of JSON, 200 of them eventData. */
const NOTE = "a note of a plain length, as an application would keep it beside an amount; ".repeat(2);

/** Numbers from 0 to 1 by mulberry32. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function makeEvent(next, aggregateId) {
  const cents = Math.floor(next() * 2_000) - 900;
  return {
    aggregateId,
    aggregateType: "wallet",
    eventType: TYPES[Math.floor(next() * TYPES.length)],
    eventData: { cents, note: NOTE, number: Math.floor(next() * 1e9) },
    metadata: { device: "phone", version: "1.4.2", trace: `trace-${Math.floor(next() * 1e12)}` },
    causedBy: `user-${Math.floor(next() * 1e6)}`,
    correlationId: `operation-${Math.floor(next() * 1e12)}`,
  };
}

/** Appends `[{ aggregateId, expected, events }]` of `size` events, each to one of the streams in `ids`, by turns at random. */
function appendsTo(ids, count, size, seed) {
  const next = random(seed);
  const versions = new Map();
  return Array.from({ length: count }, () => {
    const aggregateId = ids[Math.floor(next() * ids.length)];
    return appendTo(next, versions, aggregateId, size);
  });
}

function appendTo(next, versions, aggregateId, size) {
  const expected = versions.get(aggregateId) ?? 0;
  versions.set(aggregateId, expected + size);
  return { aggregateId, expected, events: Array.from({ length: size }, () => makeEvent(next, aggregateId)) };
}

const streams = (count) => Array.from({ length: count }, (_, index) => `wallet-${index}`);

export const BIG = "wallet-big";

/** W1: 2,000 appends of one event to 100 streams. */
export const singles = () => appendsTo(streams(100), 2_000, 1, 1);

/** W2: 50,000 events in 500 appends of 100. */
export const batches = () => appendsTo(streams(100), 500, 100, 2);

/** For W4 and W6: 100,000 events in appends of 10; one stream of 10,000 events among 1,000 of 90, mixed. */
export function filling() {
  const next = random(3);
  const order = [...Array(1_000).fill(BIG), ...streams(1_000).flatMap((id) => Array(9).fill(id))];
  for (let last = order.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  const versions = new Map();
  return order.map((aggregateId) => appendTo(next, versions, aggregateId, 10));
}

/** What any system must hold after these appends. */
export function expectation(appends) {
  const events = appends.flatMap((append) => append.events);
  const sum = (list) => list.reduce((total, event) => total + event.eventData.cents, 0);
  const big = events.filter((event) => event.aggregateId === BIG);
  return { count: events.length, cents: sum(events), big: { count: big.length, cents: sum(big) } };
}
