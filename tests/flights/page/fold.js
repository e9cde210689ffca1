import { AggregateRepository, defineAggregate, EventStore, indexedDb } from "./foldlog/dist/index.js";

const PROGRESS_MS = 1_000;

const Aircraft = defineAggregate({
  type: "aircraft",
  initial: () => ({ departures: 0, arrivals: 0, cancellations: 0, distance: 0, airMinutes: 0, departureDelay: 0, arrivalDelay: 0 }),
  evolve(state, { eventType, eventData }) {
    switch (eventType) {
      case "FlightDeparted":
        return {
          ...state,
          departures: state.departures + 1,
          distance: state.distance + eventData.distance,
          departureDelay: state.departureDelay + eventData.delayMinutes,
        };
      case "FlightArrived":
        return {
          ...state,
          arrivals: state.arrivals + 1,
          airMinutes: state.airMinutes + (eventData.airMinutes ?? 0),
          arrivalDelay: state.arrivalDelay + (eventData.delayMinutes ?? 0),
        };
      case "FlightCancelled":
        return { ...state, cancellations: state.cancellations + 1 };
    }
  },
});

/**
 * Opens the log again, which must contain `head`, verifies it, reads it from end to end, and folds every aircraft that it has.
 */
export async function foldAircraft({ database, head }, report) {
  const [store, openMs] = await timed(() => EventStore.open(indexedDb(database, { create: false, expectHead: head })));
  try {
    const [verified, verifyMs] = await timed(() => store.verify());
    const [read, readMs] = await timed(() => readAll(store, report));
    const [totals, foldMs] = await timed(() => foldAll(store, read.ids, report));
    const events = { read: read.events, gaps: read.gaps, last: await store.getLastSequenceNumber() };
    return { verified, events, totals, times: { openMs, verifyMs, readMs, foldMs } };
  } finally {
    await store.close();
  }
}

/** Which aircraft there are, and whether each sequence number is there once. */
async function readAll(store, report) {
  const ids = new Set();
  const tell = every(PROGRESS_MS, report);
  let [events, gaps] = [0, 0];
  for await (const event of store.events()) {
    events += 1;
    if (event.sequenceNumber !== events) gaps += 1;
    ids.add(event.aggregateId);
    await tell(() => ({ read: events }));
  }
  return { ids, events, gaps };
}

async function foldAll(store, ids, report) {
  const repository = new AggregateRepository(store, { aggregate: Aircraft });
  const tell = every(PROGRESS_MS, report);
  const totals = {};
  let folded = 0;
  for (const id of ids) {
    const aircraft = await repository.load(id, { mustExist: true });
    totals[id] = { ...aircraft.state, events: aircraft.version };
    folded += 1;
    await tell(() => ({ folded, of: ids.size }));
  }
  return totals;
}

function every(milliseconds, report) {
  let last = performance.now();
  return async (what) => {
    if (performance.now() - last < milliseconds) return;
    last = performance.now();
    await report(what());
  };
}

async function timed(work) {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}
