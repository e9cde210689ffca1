// @ts-check
/**
 * IndexedDB as this backend uses it: each function is one transaction, and nothing but its own requests is awaited inside.
 *
 * What is planned and checked is Rust's; here is only what has to happen between the first request and the end of a transaction.
 * Records come and go as they are stored: `{ f: first sequence number, x: directory, t: text }`.
 */

import { checksum, holds, isSame } from "./values.js";

const FACTS = ["by_aggregate", "ids", "seg_ids", "segments"];

/**
 * @typedef {{ f: number, x: Uint8Array, t: string }} StoredRecord
 * @typedef {{ x: Uint8Array, t: string }} StoredCopy
 * @typedef {string} Sealed The note of how far the log is sealed; what it says is for Rust.
 * @typedef {"relaxed" | "strict"} Durability
 * @typedef {true | StoredRecord[]} Tail `true`: the log ends where the caller believes, so that it knows the tail.
 */

/**
 * Format, how far the log is sealed, and the unsealed records from a key on.
 *
 * @param {IDBDatabase} database
 * @param {number} from
 */
async function readTip(database, from) {
  return readTipIn(database.transaction(["meta", "commits"], "readonly"), from);
}

/**
 * Whether the log ends at this key: nothing after it, and it is not sealed, for the newest record never is.
 *
 * @param {IDBDatabase} database
 * @param {number} newest
 */
async function endsAt(database, newest) {
  return endsIn(database.transaction("commits", "readonly"), newest);
}

/**
 * Appends a record if the log ends at `newest`: one write, asked to commit at once, answered when it has completed.
 *
 * With exactly one write request the explicit commit is safe everywhere; in Firefox a request that fails after it does not undo the
 * others. `wrong` is a deliberately wrong variant for tests: 1 does not check the end, 2 answers before the transaction has completed.
 *
 * @param {IDBDatabase} database
 * @param {number} newest
 * @param {StoredRecord} value
 * @param {number} key
 * @param {Durability} durability
 * @param {number} wrong
 * @returns {Promise<["done" | "moved"] | ["failed" | "issued", unknown]>} `issued`: it may have been stored all the same
 */
async function commit(database, newest, value, key, durability, wrong) {
  let issued = false;
  try {
    const transaction = database.transaction("commits", "readwrite", { durability });
    if (!(wrong & 1) && !(await endsIn(transaction, newest))) return ["moved"];
    const commits = transaction.objectStore("commits");
    const write = wrong & 1 ? commits.put(value, key) : commits.add(value, key);
    issued = true;
    if (wrong & 2) {
      await outcome(write);
      return ["done"];
    }
    transaction.commit();
    await ended(transaction, write);
    return ["done"];
  } catch (error) {
    return [issued ? "issued" : "failed", error];
  }
}

/**
 * Reads what is new, lets Rust plan and writes, all in one transaction, which no other tab can delay.
 *
 * `plan` is called with what was read and answers what to do: look something up, write a record, or stop. It is called again with
 * what was looked up.
 *
 * @param {IDBDatabase} database
 * @param {number} from
 * @param {Durability} durability
 * @param {(kind: "tip" | "found", read: unknown) => ["look", string[], string[], string[]] | ["write", StoredRecord, number] | ["keep" | "stop"]} plan
 * @returns {Promise<["done" | "moved"] | ["failed" | "issued", unknown]>}
 */
async function appendInside(database, from, durability, plan) {
  let issued = false;
  try {
    const transaction = database.transaction(["meta", "commits", ...FACTS], "readwrite", { durability });
    let step = plan("tip", await readTipIn(transaction, from));
    while (step[0] === "look") {
      step = plan("found", await lookUpIn(transaction, step[1], step[2], step[3]));
    }
    if (step[0] === "stop") return ["moved"];
    // Only replays and rejections, planned on what this transaction read.
    if (step[0] === "keep") return ["done"];
    const write = transaction.objectStore("commits").add(step[1], step[2]);
    issued = true;
    await ended(transaction, write);
    return ["done"];
  } catch (error) {
    return [issued ? "issued" : "failed", error];
  }
}

/**
 * For each aggregate the key of its last copy, for each id the sealed record that holds it.
 *
 * @param {IDBDatabase} database
 * @param {string[]} aggregates
 * @param {string[]} timeOrdered
 * @param {string[]} others
 */
async function lookUp(database, aggregates, timeOrdered, others) {
  return lookUpIn(database.transaction(["meta", ...FACTS], "readonly"), aggregates, timeOrdered, others);
}

/**
 * The sealed records after a sequence number, at most `limit`, and if these are all, the tail.
 *
 * @param {IDBDatabase} database
 * @param {number} after
 * @param {number} limit
 * @param {number} newest
 * @returns {Promise<[StoredRecord[], Tail | undefined]>}
 */
async function scan(database, after, limit, newest) {
  const transaction = database.transaction(["segments", "commits"], "readonly");
  const segments = limit ? await outcome(transaction.objectStore("segments").getAll(IDBKeyRange.lowerBound(after, true), limit)) : [];
  return [segments, segments.length < limit || !limit ? await tail(transaction, after, newest) : undefined];
}

/**
 * The copies of some types after a position, at most `limit` of each, how far the log is sealed, and the tail.
 *
 * @param {IDBDatabase} database
 * @param {[lower: string, upper: string][]} ranges
 * @param {number} limit
 * @param {number} after
 * @param {number} newest
 * @returns {Promise<[Sealed | undefined, [IDBValidKey[], StoredCopy[]][], Tail]>}
 */
async function readTypes(database, ranges, limit, after, newest) {
  const transaction = database.transaction(["meta", "by_type", "commits"], "readonly");
  const copies = transaction.objectStore("by_type");
  const sealed = outcome(transaction.objectStore("meta").get("sealed"));
  const found = ranges.map(([lower, upper]) => {
    const range = IDBKeyRange.bound(lower, upper);
    return Promise.all([outcome(copies.getAllKeys(range, limit)), outcome(copies.getAll(range, limit))]);
  });
  // All awaited at once: one that fails must not leave the others without anybody to hear of them.
  const [now, pages] = await Promise.all([sealed, Promise.all(found)]);
  return [now, pages, await tail(transaction, after, newest)];
}

/**
 * The copies of one aggregate in a range of keys, at most `limit`, and the tail.
 *
 * @param {IDBDatabase} database
 * @param {string} lower
 * @param {string} upper
 * @param {number} limit
 * @param {number} newest
 * @returns {Promise<[StoredCopy[], Tail]>}
 */
async function readAggregate(database, lower, upper, limit, newest) {
  const transaction = database.transaction(["by_aggregate", "commits"], "readonly");
  const copies = outcome(transaction.objectStore("by_aggregate").getAll(IDBKeyRange.bound(lower, upper), limit));
  return Promise.all([copies, tail(transaction, -1, newest)]);
}

/**
 * Writes a segment with its copies and removes its commits, if the log is sealed up to `known`. Every write is issued at once and no
 * commit is asked for: whichever fails undoes all. It has to be as durable as the commits were.
 *
 * @param {IDBDatabase} database
 * @param {Sealed | undefined} known
 * @param {Sealed} sealed
 * @param {number} lastKey
 * @param {[store: string, value: unknown, key: IDBValidKey][]} writes
 * @param {Durability} durability
 * @returns {Promise<boolean>} false if another tab was first
 */
async function seal(database, known, sealed, lastKey, writes, durability) {
  const stores = ["meta", "commits", "by_type", ...FACTS];
  const transaction = database.transaction(stores, "readwrite", { durability });
  const meta = transaction.objectStore("meta");
  const now = await outcome(meta.get("sealed"));
  // This very work, found after its handle was lost: it is stored.
  if (now === sealed) return true;
  if (now !== known) return false;
  try {
    for (const [store, value, key] of writes) transaction.objectStore(store).add(value, key);
    transaction.objectStore("commits").delete(IDBKeyRange.upperBound(lastKey));
    meta.put(sealed, "sealed");
  } catch (error) {
    // Without this the writes issued so far would be committed.
    transaction.abort();
    throw error;
  }
  await ended(transaction);
  return true;
}

/**
 * The store in which one of these values, a segment first, is missing or another one; undefined if all are there, null if what was to be
 * the segment has been sealed with more meanwhile.
 *
 * @param {IDBDatabase} database
 * @param {[store: string, value: any, key: any][]} values
 */
async function compare(database, values) {
  const transaction = database.transaction(["by_type", ...FACTS], "readonly");
  const [, record, last] = values[0] ?? [];
  const holder = await segmentWith(transaction, last);
  if (holder && holder.f <= record.f && holder.t?.length > record.t.length) return null;
  const found = await Promise.all(values.map(([store, , key]) => outcome(transaction.objectStore(store).get(key))));
  return values.find(([, value], at) => !isSame(value, found[at]))?.[0];
}

/**
 * Whether this value stands under this key among the unsealed records, and how far the log is sealed.
 *
 * @param {IDBDatabase} database
 * @param {StoredRecord} value
 * @param {number} key
 * @returns {Promise<[boolean, Sealed | undefined]>}
 */
async function compareUnsealed(database, value, key) {
  const transaction = database.transaction(["meta", "commits"], "readonly");
  const found = outcome(transaction.objectStore("commits").get(key));
  const [now, sealed] = await Promise.all([found, outcome(transaction.objectStore("meta").get("sealed"))]);
  return [isSame(value, now), sealed];
}

/**
 * How far the log is said to be sealed, and how many values stand in segments, copies and ids together.
 *
 * @param {IDBDatabase} database
 * @returns {Promise<[Sealed | undefined, number]>}
 */
async function countDerived(database) {
  const stores = ["by_type", ...FACTS];
  const transaction = database.transaction(["meta", ...stores], "readonly");
  const sealed = await outcome(transaction.objectStore("meta").get("sealed"));
  const counts = await Promise.all(stores.map((store) => outcome(transaction.objectStore(store).count())));
  return [sealed, counts.reduce((sum, count) => sum + count, 0)];
}

/**
 * Writes a record of an export if the log ends at `newest`. With `mirror` true it begins a log in the place of this one, which has no
 * events, and from then on the log takes imports only; with false that ends.
 *
 * @param {IDBDatabase} database
 * @param {number} newest
 * @param {StoredRecord} value
 * @param {number} key
 * @param {boolean | undefined} mirror
 * @param {Durability} durability
 * @returns {Promise<boolean>} false if the log ends elsewhere
 */
async function importRecord(database, newest, value, key, mirror, durability) {
  const transaction = database.transaction(["meta", "commits"], "readwrite", { durability });
  if (!(await endsIn(transaction, newest))) return false;
  const [meta, commits] = [transaction.objectStore("meta"), transaction.objectStore("commits")];
  try {
    if (mirror) commits.delete(newest);
    commits.add(value, key);
    if (mirror) meta.put(true, "mirror");
    else if (mirror === false) meta.delete("mirror");
  } catch (error) {
    transaction.abort();
    throw error;
  }
  await ended(transaction);
  return true;
}

/**
 * A value of a side store.
 * @param {IDBDatabase} database
 * @param {string} store
 * @param {string} key
 */
async function getValue(database, store, key) {
  return outcome(database.transaction(store, "readonly").objectStore(store).get(key));
}

/**
 * Puts a value into a side store, or removes it; relaxed, since what is kept there can be made again.
 * @param {IDBDatabase} database
 * @param {string} store
 * @param {string} key
 * @param {string | undefined} value
 */
async function putValue(database, store, key, value) {
  const transaction = database.transaction(store, "readwrite", { durability: "relaxed" });
  if (value === undefined) transaction.objectStore(store).delete(key);
  else transaction.objectStore(store).put(value, key);
  return ended(transaction);
}

/**
 * Puts a value in the place of `from` (undefined: of none); answers what was there.
 * @param {IDBDatabase} database
 * @param {string} store
 * @param {string} key
 * @param {string | undefined} from
 * @param {string} to
 */
async function exchange(database, store, key, from, to) {
  const transaction = database.transaction(store, "readwrite", { durability: "strict" });
  const values = transaction.objectStore(store);
  const actual = await outcome(values.get(key));
  if (actual === from) {
    values.put(to, key);
    await ended(transaction);
  }
  return actual;
}

/** The transactions by name. */
const TRANSACTIONS = {
  readTip,
  endsAt,
  commit,
  appendInside,
  lookUp,
  scan,
  readTypes,
  readAggregate,
  seal,
  compare,
  compareUnsealed,
  countDerived,
  importRecord,
  getValue,
  putValue,
  exchange,
};

/**
 * Does the transaction of this name. Whatever it throws, the promise rejects with.
 * @param {IDBDatabase} database
 * @param {keyof typeof TRANSACTIONS} name
 * @param {any[]} args
 */
async function run(database, name, args) {
  /** @type {(database: IDBDatabase, ...args: any[]) => Promise<unknown>} */
  const transaction = TRANSACTIONS[name];
  return transaction(database, ...args);
}

/** All of it as one object, which the wasm imports once. */
export const port = { run };

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function outcome(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/**
 * Waits until everything is stored, or says why nothing is. The reason is that of `write`, if it failed by itself: after an explicit
 * commit WebKit has none for the transaction, and Firefox only that it was aborted.
 *
 * @param {IDBTransaction} transaction
 * @param {IDBRequest} [write]
 * @returns {Promise<void>}
 */
function ended(transaction, write) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => {
      const own = write?.readyState === "done" ? write.error : null;
      reject((own && own.name !== "AbortError" ? own : (transaction.error ?? own)) ?? undefined);
    };
  });
}

/**
 * @param {IDBTransaction} transaction
 * @param {number} newest
 */
async function endsIn(transaction, newest) {
  const keys = await outcome(transaction.objectStore("commits").getAllKeys(IDBKeyRange.lowerBound(newest), 2));
  return keys.length === 1 && keys[0] === newest;
}

/**
 * @param {IDBTransaction} transaction
 * @param {number} after
 * @param {number} newest
 * @returns {Promise<Tail>}
 */
async function tail(transaction, after, newest) {
  if (await endsIn(transaction, newest)) return true;
  return outcome(transaction.objectStore("commits").getAll(IDBKeyRange.lowerBound(after, true)));
}

/**
 * @param {IDBTransaction} transaction
 * @param {number} from
 * @returns {Promise<[unknown, Sealed | undefined, StoredRecord[], boolean | undefined, IDBValidKey[]]>}
 */
function readTipIn(transaction, from) {
  const meta = transaction.objectStore("meta");
  const commits = transaction.objectStore("commits");
  const range = IDBKeyRange.lowerBound(from);
  return Promise.all([
    outcome(meta.get("format")),
    outcome(meta.get("sealed")),
    outcome(commits.getAll(range)),
    outcome(meta.get("mirror")),
    outcome(commits.getAllKeys(range)),
  ]);
}

/**
 * @param {IDBTransaction} transaction
 * @param {string[]} aggregates
 * @param {string[]} timeOrdered
 * @param {string[]} others
 */
async function lookUpIn(transaction, aggregates, timeOrdered, others) {
  const copies = transaction.objectStore("by_aggregate");
  const last = aggregates.map((id) => outcome(copies.openKeyCursor(IDBKeyRange.bound(`${id}\0`, `${id}\u0001`), "prev")));
  const keys = (await Promise.all(last)).map((cursor) => cursor?.key);
  const records = [];
  if (timeOrdered.length > 0) {
    const texts = (await outcome(transaction.objectStore("seg_ids").getAllKeys())).map(String);
    const note = await outcome(transaction.objectStore("meta").get("sealed"));
    // Only in an index that has all its rows, and no other, does the absence of an id say anything.
    const isWhole = String(note).endsWith(` ${texts.reduce((sum, text) => sum ^ checksum(text), 0) >>> 0}`);
    for (const id of timeOrdered) records.push(await segmentWithTimeOrdered(transaction, texts, id, isWhole ? undefined : null));
  }
  for (const id of others) {
    const within = await outcome(transaction.objectStore("ids").get(id));
    records.push(within === undefined ? undefined : await segmentWith(transaction, within));
  }
  return [keys, records];
}

/**
 * @param {IDBTransaction} transaction
 * @param {string[]} texts
 * @param {string} id
 * @param {null | undefined} absent
 */
async function segmentWithTimeOrdered(transaction, texts, id, absent) {
  for (const text of texts) {
    // Smallest id, largest id, last sequence number in base 36, checksum.
    if (id < text.slice(0, 36) || id > text.slice(36, 72)) continue;
    const range = text.slice(0, 83);
    const ids = await outcome(transaction.objectStore("seg_ids").get(text));
    if (!(ids instanceof Uint8Array && text === range + checksum(range, ids))) return null;
    if (holds(ids, id)) return segmentWith(transaction, parseInt(range.slice(72), 36));
  }
  return absent;
}

/**
 * The sealed record that holds a sequence number; null if none does, though something says so.
 *
 * @param {IDBTransaction} transaction
 * @param {unknown} sequenceNumber
 * @returns {Promise<StoredRecord | null>}
 */
async function segmentWith(transaction, sequenceNumber) {
  if (typeof sequenceNumber !== "number") return null;
  const range = IDBKeyRange.lowerBound(sequenceNumber);
  return (await outcome(transaction.objectStore("segments").getAll(range, 1)))[0] ?? null;
}
