// @ts-check
// What the log has acknowledged, noted outside the log: in an IndexedDB database of its own, which Foldlog does not know.
import { answer, completed } from "./raw-database.js";

/**
 * @typedef {readonly [first: number, last: number]} Range sequence numbers, both inclusive
 * @typedef {{ log: string, burst: string, ranges: Range[] }} Testimony the last burst of a log
 */

const DATABASE = "wallet-demo-witness";
const BURSTS = "bursts";

export class Witness {
  /** @param {IDBDatabase} database */
  constructor(database) {
    this.database = database;
  }

  static async open() {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(BURSTS, { keyPath: "log" });
    return new Witness(await answer(request));
  }

  /**
   * @param {string} log
   * @returns {Promise<Testimony | undefined>}
   */
  lastBurst(log) {
    return answer(this.database.transaction(BURSTS).objectStore(BURSTS).get(log));
  }

  /** @param {string} log */
  async begin(log) {
    const note = new Note(this, { log, burst: `burst-${crypto.randomUUID()}`, ranges: [] });
    await this.write(note.testimony);
    return note;
  }

  /** @param {Testimony} testimony */
  write(testimony) {
    const transaction = this.database.transaction(BURSTS, "readwrite", { durability: "strict" });
    transaction.objectStore(BURSTS).put(testimony);
    return completed(transaction);
  }

  /**
   * Forgets what a log has acknowledged, because the log itself is given up.
   *
   * @param {string} log
   */
  forget(log) {
    const transaction = this.database.transaction(BURSTS, "readwrite");
    transaction.objectStore(BURSTS).delete(log);
    return completed(transaction);
  }
}

/** The receipts of one burst. */
export class Note {
  count = 0;

  /**
   * @param {Witness} witness
   * @param {Testimony} testimony
   */
  constructor(witness, testimony) {
    this.witness = witness;
    this.testimony = testimony;
  }

  get burst() {
    return this.testimony.burst;
  }

  /**
   * @param {number} first
   * @param {number} last
   */
  async acknowledge(first, last) {
    const { ranges } = this.testimony;
    const previous = ranges.at(-1);
    if (previous && previous[1] + 1 === first) ranges[ranges.length - 1] = [previous[0], last];
    else ranges.push([first, last]);
    await this.witness.write(this.testimony);
    this.count += last - first + 1;
  }
}
