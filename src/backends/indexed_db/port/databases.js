// @ts-check
/** Opening a log's database, and letting it go. */

import { page } from "./page.js";

/** All stores that this and later versions need: one can only be added by an upgrade that closes the tabs that are open. */
const STORES = [
  "meta", "commits", "segments", "by_aggregate", "by_type", "ids", "seg_ids", "snapshots", "checkpoints", "projections", "outbox", "keys",
];

/** @typedef {import("./port.js").StoredRecord} StoredRecord */

/**
 * Opens a database at whatever version it has, so that an older tab and a newer one can both have it open. With `genesis`, the value
 * and key of the first record, it is created if it does not exist; without, that is a `LogAbsent`. When `patience` milliseconds have
 * passed it is a `LogBlocked`, and a handle that comes later is closed.
 *
 * @param {string} name
 * @param {number} format
 * @param {[StoredRecord, number] | undefined} genesis
 * @param {number} patience
 * @param {(superseded: boolean) => void} lost called when the handle has died or must go
 * @returns {Promise<IDBDatabase>}
 */
async function open(name, format, genesis, patience, lost) {
  if (!globalThis.indexedDB) throw failure("NotSupportedError", "there is no IndexedDB here");
  // Before anything is read or written: what a torn journal would take with it later is acknowledged only after this.
  await page.renewJournal();
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    let late = false;
    let absent = false;
    const timer = setTimeout(() => {
      late = true;
      reject(failure("LogBlocked", "another connection stands in the way"));
    }, patience);
    request.onupgradeneeded = () => {
      const transaction = /** @type {IDBTransaction} */ (request.transaction);
      absent = !genesis;
      if (late || !genesis) return transaction.abort();
      for (const store of STORES) request.result.createObjectStore(store);
      transaction.objectStore("meta").put(format, "format");
      transaction.objectStore("commits").put(genesis[0], genesis[1]);
    };
    request.onsuccess = () => {
      const database = request.result;
      clearTimeout(timer);
      if (late) return database.close();
      database.onclose = () => lost(false);
      database.onversionchange = (event) => {
        // Waits for transactions under way; whoever wants to delete or upgrade waits for them too.
        database.close();
        lost(event.newVersion !== null);
      };
      resolve(database);
    };
    request.onerror = (event) => {
      // An upgrade that was given up on purpose ends here too: nothing was created.
      event.preventDefault();
      clearTimeout(timer);
      reject(absent ? failure("LogAbsent", "the database does not exist") : request.error);
    };
  });
}

/**
 * Whether the database has every store of this layout.
 * @param {IDBDatabase} database
 */
function isComplete(database) {
  return STORES.every((store) => database.objectStoreNames.contains(store));
}

/**
 * Lets a handle go; transactions under way end first.
 * @param {IDBDatabase} database
 */
function release(database) {
  database.onclose = database.onversionchange = null;
  database.close();
}

/** All of it as one object, which the wasm imports once. */
export const databases = { open, isComplete, release };

/**
 * @param {string} name
 * @param {string} message
 */
function failure(name, message) {
  return Object.assign(new Error(message), { name });
}
