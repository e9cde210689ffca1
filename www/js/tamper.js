// @ts-check
// Damages one record of a log through IndexedDB itself, as a bad disk or a script of this origin could. Never do this to your own log.
import { formatCents } from "./money.js";
import { answer, completed, openExisting } from "./raw-database.js";
import { Refusal } from "./wallet.js";

/**
 * @typedef {{ f: number, x: Uint8Array, t: string }} StoredRecord the first sequence number, the directory, the texts (docs/storage-format.md)
 * @typedef {{ record: StoredRecord, what: string }} Damage
 */

/**
 * Changes the first digit of a stored amount; the text keeps its length.
 *
 * @param {string} log
 * @returns {Promise<string>} what was done
 */
export async function changeAmount(log) {
  const what = await damageOne(log, ["segments", "commits"], otherAmount);
  if (what === undefined) throw new Refusal("nothing_to_change", "No amount is stored yet.");
  return what;
}

/**
 * Flips all bits of one byte of a directory.
 *
 * @param {string} log
 * @returns {Promise<string>} what was done
 */
export async function flipByte(log) {
  // The unsealed records are read at each opening; of a log that was just restored all events may be sealed.
  const what = (await damageOne(log, ["commits"], otherByte)) ?? (await damageOne(log, ["segments"], otherByte));
  if (what === undefined) throw new Refusal("nothing_to_change", "No event is stored yet.");
  return what;
}

/**
 * Damages the record nearest to the middle that can be, so that something sound is left on either side.
 *
 * @param {string} log
 * @param {readonly string[]} stores
 * @param {(record: StoredRecord) => Damage | undefined} damage
 */
async function damageOne(log, stores, damage) {
  const database = await openExisting(log);
  try {
    const transaction = database.transaction(stores, "readwrite", { durability: "strict" });
    const done = completed(transaction);
    const places = [];
    for (const name of stores) {
      const store = transaction.objectStore(name);
      for (const key of await answer(store.getAllKeys())) places.push({ store, key });
    }
    const middle = Math.floor(places.length / 2);
    let what;
    for (const { store, key } of [...places.slice(middle), ...places.slice(0, middle).reverse()]) {
      const damaged = damage(await answer(store.get(key)));
      if (damaged === undefined) continue;
      store.put(damaged.record, key);
      what = `${damaged.what} (record ${key} of “${store.name}” in the database “${log}”)`;
      break;
    }
    await done;
    return what;
  } finally {
    database.close();
  }
}

/**
 * @param {StoredRecord} record
 * @returns {Damage | undefined}
 */
function otherAmount(record) {
  /** @type {import("./book.js").Recorded[]} */
  const events = JSON.parse(`[${record.t}]`);
  const withAmount = events.filter(({ eventData }) => "cents" in eventData);
  const event = withAmount[Math.floor(withAmount.length / 2)];
  if (event === undefined || !("cents" in event.eventData)) return undefined;
  const { cents } = event.eventData;
  const before = `"eventData":{"cents":`;
  const at = record.t.indexOf(before, record.t.indexOf(`{"sequenceNumber":${event.sequenceNumber},`)) + before.length;
  const digit = record.t[at] === "9" ? "1" : "9";
  const changed = Number(digit + String(cents).slice(1));
  return {
    record: { ...record, t: record.t.slice(0, at) + digit + record.t.slice(at + 1) },
    what: `Event ${event.sequenceNumber}, ${event.eventType}: ${formatCents(cents)} became ${formatCents(changed)} in the stored text`,
  };
}

/**
 * @param {StoredRecord} record
 * @returns {Damage | undefined}
 */
function otherByte(record) {
  // Without texts it is a change of epoch, perhaps the beginning of the log.
  if (record.t === "") return undefined;
  const at = Math.floor(record.x.length / 2);
  const before = record.x[at] ?? 0;
  const directory = record.x.slice();
  directory[at] = before ^ 0xff;
  return {
    record: { ...record, x: directory },
    what: `Byte ${at} of the directory that begins at event ${record.f}: ${hex(before)} became ${hex(before ^ 0xff)}`,
  };
}

/** @param {number} byte */
function hex(byte) {
  return `0x${byte.toString(16).padStart(2, "0")}`;
}
