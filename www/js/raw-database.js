// @ts-check
// IndexedDB as promises, for what the demo does without Foldlog.

/**
 * Opens a database that exists; refuses one that does not, instead of making it.
 *
 * @param {string} name
 * @returns {Promise<IDBDatabase>}
 */
export function openExisting(name) {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.transaction?.abort();
  return answer(request);
}

/** @param {string} name */
export async function deleteDatabase(name) {
  await answer(indexedDB.deleteDatabase(name));
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
export function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
export function completed(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}
