// The same on IndexedDB by hand, a record an event, with an explicit commit.
import { foldOf, records } from "./dexie.js";

class Conflict extends Error {}

export async function open(name, durability) {
  const database = await opened(name);
  const begin = () => database.transaction("events", "readwrite", { durability });
  const index = () => database.transaction("events").objectStore("events").index("byVersion");
  return {
    append: (append) => write(begin(), append),
    isConflict: (error) => error instanceof Conflict,
    async fill(appends) {
      for (let at = 0; at < appends.length; at += 500) {
        const transaction = begin();
        const store = transaction.objectStore("events");
        for (const append of appends.slice(at, at + 500)) for (const record of records(append)) store.add(record);
        await completed(transaction);
      }
    },
    async fold(aggregateId) {
      return foldOf(await result(index().getAll(IDBKeyRange.bound([aggregateId, 0], [aggregateId, Infinity]))));
    },
    all: () => result(database.transaction("events").objectStore("events").getAll()),
    close: async () => database.close(),
  };
}

/** That version `expected` is there is read, that the next one is not is what the unique index says. */
async function write(transaction, append) {
  const { aggregateId, expected } = append;
  const store = transaction.objectStore("events");
  if (expected > 0 && (await result(store.index("byVersion").getKey([aggregateId, expected]))) === undefined) throw new Conflict();
  let taken = false;
  for (const record of records(append)) {
    store.add(record).onerror = ({ target }) => (taken ||= target.error.name === "ConstraintError");
  }
  // In Chromium a request that fails aborts the transaction all the same.
  transaction.commit();
  await completed(transaction).catch((error) => {
    throw taken ? new Conflict() : error;
  });
}

function opened(name) {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => {
    const store = request.result.createObjectStore("events", { keyPath: "sequenceNumber", autoIncrement: true });
    store.createIndex("byVersion", ["aggregateId", "aggregateVersion"], { unique: true });
    store.createIndex("byType", "eventType");
  };
  return result(request);
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
  });
}
