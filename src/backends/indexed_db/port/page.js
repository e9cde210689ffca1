// @ts-check
/** What the backend needs of the page or worker that it runs in, beside IndexedDB. */

/**
 * What the browser tells of the origin's storage; undefined where it does not.
 * @returns {Promise<[persisted: boolean | undefined, usage: number | undefined, quota: number | undefined]>}
 */
async function storageState() {
  const storage = globalThis.navigator?.storage;
  const persisted = await storage?.persisted?.().catch(() => undefined);
  const estimate = await storage?.estimate?.().catch(() => undefined);
  return [persisted, estimate?.usage, estimate?.quota];
}

/** Whether transactions can be asked to be strict: where they cannot, the request is ignored without a word. */
function canBeStrict() {
  return "durability" in (globalThis.IDBTransaction?.prototype ?? {});
}

/**
 * Hints between tabs: `wake` is called with a sequence number that was told, or 0 when it is time to look.
 *
 * @param {string} name
 * @param {(last: number) => void} wake
 */
function listen(name, wake) {
  /** @type {BroadcastChannel | undefined} */
  let channel;
  const isHidden = () => globalThis.document?.visibilityState === "hidden";
  const look = () => {
    // A page that is left must not be put away in the middle of a transaction.
    if (!isHidden()) wake(0);
  };
  const open = () => {
    try {
      channel ??= new BroadcastChannel(`foldlog:${name}`);
      channel.onmessage = ({ data }) => wake(Number.isSafeInteger(data) && data > 0 ? data : 0);
    } catch {
      // Where there is no such channel the poll alone serves.
    }
  };
  const close = () => {
    channel?.close();
    channel = undefined;
  };
  const comeBack = () => {
    open();
    look();
  };
  open();
  globalThis.document?.addEventListener("visibilitychange", look);
  // A message to a page in the back/forward cache would throw that page away.
  globalThis.window?.addEventListener("pagehide", close);
  globalThis.window?.addEventListener("pageshow", comeBack);
  return {
    /** @param {number} last */
    announce: (last) => {
      try {
        channel?.postMessage(last);
      } catch {
        // A hint that is not sent is made good by the poll.
      }
    },
    isHidden,
    stop: () => {
      close();
      globalThis.document?.removeEventListener("visibilitychange", look);
      globalThis.window?.removeEventListener("pagehide", close);
      globalThis.window?.removeEventListener("pageshow", comeBack);
    },
  };
}

/** A database that exists only while `renewJournal` runs. */
const SCRATCH = "foldlog-journal";
/** Something else may stand in its way; then the store is opened all the same. In milliseconds. */
const JOURNAL_PATIENCE = 1_000;

/**
 * Makes Chromium begin a new journal and drop the old one, whose records are then in a table; elsewhere it does nothing.
 *
 * A browser that was killed may have left half a record at the journal's end. Chromium goes on writing behind it, and at the start
 * after that takes the journal for corrupt and deletes all databases of the origin. Deleting any database renews the journal (ADR 0006).
 *
 * @returns {Promise<void>} kept in any case
 */
async function renewJournal() {
  if (!/Chrom(e|ium)/.test(globalThis.navigator?.userAgent)) return;
  /** @type {(use: (factory: IDBFactory) => IDBOpenDBRequest) => Promise<void>} */
  const done = (use) =>
    new Promise((resolve) => {
      setTimeout(resolve, JOURNAL_PATIENCE);
      const request = use(indexedDB);
      request.onsuccess = () => {
        request.result?.close();
        resolve();
      };
      request.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
    });
  await done((factory) => factory.open(SCRATCH));
  await done((factory) => factory.deleteDatabase(SCRATCH));
}

/** All of it as one object, which the wasm imports once. */
export const page = { storageState, canBeStrict, listen, renewJournal };
