// A log's database as rows `{ store, key, value }`, read, written and changed without the store.
import { completed, succeeded } from "./requests.mjs";

/** Every row of every object store. */
export function readRows(log) {
  return withDatabase(log, async (database) => {
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names);
    const rowsOf = async (name) => {
      const store = transaction.objectStore(name);
      const [keys, values] = await Promise.all([succeeded(store.getAllKeys()), succeeded(store.getAll())]);
      return keys.map((key, at) => ({ store: name, key, value: values[at] }));
    };
    return (await Promise.all(names.map(rowsOf))).flat();
  });
}

/** Makes these rows all that the database holds. */
export function writeRows(log, rows) {
  return withDatabase(log, (database) => {
    const names = [...database.objectStoreNames];
    const transaction = database.transaction(names, "readwrite", { durability: "relaxed" });
    for (const name of names) transaction.objectStore(name).clear();
    for (const { store, key, value } of rows) transaction.objectStore(store).put(value, key);
    return completed(transaction);
  });
}

/**
 * The rows after some changes, each of one row: `{ store, key }` and one of
 * `flip: [at, mask]`, of a byte in `member`; `cut: [at, count, text]`, of a string in `member`; `set: value` and `unset: true`, of
 * `member`; `remove: true`; `moveTo: key`; `copyTo: key`; `swapWith: key`; `add: value`. Without `member` it is the value itself.
 */
export function changed(rows, changes) {
  const result = rows.map((row) => ({ ...row, value: structuredClone(row.value) }));
  for (const change of changes) apply(result, change);
  return result;
}

function apply(rows, change) {
  const find = (key) => rows.findIndex((row) => row.store === change.store && row.key === key);
  const at = find(change.key);
  if ("add" in change) rows.push({ store: change.store, key: change.key, value: change.add });
  else if (at < 0) throw new Error(`there is no row ${JSON.stringify(change.key)} in ${change.store}`);
  else if (change.remove) rows.splice(at, 1);
  else if ("moveTo" in change) rows[at].key = change.moveTo;
  else if ("copyTo" in change) rows.push({ ...rows[at], key: change.copyTo });
  else if ("swapWith" in change) {
    const other = find(change.swapWith);
    [rows[at].value, rows[other].value] = [rows[other].value, rows[at].value];
  } else changeValue(rows[at], change);
}

function changeValue(row, { member, flip, cut, set, huge, unset }) {
  const before = member === undefined ? row.value : row.value[member];
  let after = set;
  if (flip) {
    after = before.slice();
    after[flip[0]] ^= flip[1];
  } else if (cut) {
    const [at, count, text] = cut;
    after = before.slice(0, at) + text + before.slice(at + count);
  } else if (huge) {
    after = typeof before === "string" ? before + "x".repeat(huge) : new Uint8Array(huge).fill(255);
  }
  if (unset) delete row.value[member];
  else if (member === undefined) row.value = after;
  else row.value[member] = after;
}

/** Which rows were removed, added or changed from one state to another. */
export function differences(before, after) {
  const nameOf = ({ store, key }) => `${store} ${JSON.stringify(key)}`;
  const [old, now] = [before, after].map((rows) => new Map(rows.map((row) => [nameOf(row), row.value])));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const added = [...now.keys()].filter((name) => !old.has(name));
  const altered = [...old.keys()].filter((name) => now.has(name) && !isSame(old.get(name), now.get(name)));
  return { removed, added, altered };
}

function isSame(one, other) {
  if (one === null || typeof one !== "object") return Object.is(one, other);
  if (other === null || typeof other !== "object" || one.constructor !== other.constructor) return false;
  if (one instanceof Uint8Array) return one.length === other.length && one.every((byte, at) => byte === other[at]);
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => name in other && isSame(one[name], other[name]));
}

async function withDatabase(log, use) {
  const database = await succeeded(indexedDB.open(log));
  try {
    return await use(database);
  } finally {
    database.close();
  }
}
