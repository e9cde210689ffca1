import { AggregateRepository, defineAggregate, EventStore, FoldlogError, indexedDb } from "./foldlog/dist/index.js";

const Wallet = defineAggregate({
  type: "wallet",
  initial: () => ({ cents: 0, count: 0 }),
  evolve: (state, event) => ({ cents: state.cents + event.eventData.cents, count: state.count + 1 }),
});

export async function open(name, durability) {
  const store = await EventStore.open(indexedDb(name, { durability }));
  const repository = new AggregateRepository(store, { aggregate: Wallet });
  const append = ({ expected, events }) => store.appendEvents(events, { expectedVersion: expected });
  return {
    append,
    isConflict: (error) => FoldlogError.is(error, "concurrency_conflict"),
    async fill(appends) {
      // Concurrent appends share a transaction, here of 500 events.
      for (let at = 0; at < appends.length; at += 50) await Promise.all(appends.slice(at, at + 50).map(append));
      await sealed(name);
    },
    async fold(aggregateId) {
      const { state, version } = await repository.load(aggregateId);
      return { ...state, version };
    },
    all: () => store.getEvents(),
    close: () => store.close(),
  };
}

/** Waits until what is to be sealed is sealed, which happens while nothing else does. */
async function sealed(name) {
  const database = await new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  try {
    let [before, unchanged] = [-1, 0];
    while (unchanged < 5) {
      const now = await new Promise((resolve, reject) => {
        const request = database.transaction("commits").objectStore("commits").count();
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      unchanged = now === before ? unchanged + 1 : 0;
      before = now;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    database.close();
  }
}
