import { EventStore, indexedDb } from "./foldlog/dist/index.js";

import { eventsOf } from "./events.js";
import { rowsOf } from "./rows.js";

/** An append is as many flights as fit into this many events: of several aircraft, each at the exact version expected. */
const EVENTS_AN_APPEND = 300;
const PROGRESS_MS = 1_000;

/**
 * Appends the first `limit` rows, in the order of the file, into a new log.
 *
 * `report` is told how far it is about once a second.
 */
export async function appendFlights({ database, url, limit }, report) {
  const store = await EventStore.open(indexedDb(database));
  const appender = new Appender(store);
  const start = performance.now();
  let [rows, reported] = [0, start];
  for await (const row of rowsOf(url)) {
    if (rows === limit) break;
    rows += 1;
    const events = eventsOf(row);
    if (appender.pending + events.length > EVENTS_AN_APPEND) await appender.flush();
    appender.add(events);
    if (performance.now() - reported < PROGRESS_MS) continue;
    reported = performance.now();
    await report({ rows, events: appender.written, milliseconds: reported - start });
  }
  await appender.flush();
  const milliseconds = performance.now() - start;
  const { head, durability } = appender.receipt;
  const health = await store.health();
  await store.close();
  return { rows, events: appender.written, appends: appender.appends, aircraft: appender.aircraft, milliseconds, head, durability, quota: health.quota };
}

/** Gathers events into appends and keeps the version of each aircraft, as an application would that is the only writer. */
class Appender {
  #store;
  #versions = new Map();
  #batch = [];
  #expected = new Map();
  written = 0;
  appends = 0;
  receipt;

  constructor(store) {
    this.#store = store;
  }

  get pending() {
    return this.#batch.length;
  }

  get aircraft() {
    return this.#versions.size;
  }

  add(events) {
    for (const event of events) {
      const id = event.aggregateId;
      const version = this.#versions.get(id) ?? 0;
      if (!this.#expected.has(id)) this.#expected.set(id, version);
      this.#versions.set(id, version + 1);
      this.#batch.push(event);
    }
  }

  async flush() {
    if (this.#batch.length === 0) return;
    const receipt = await this.#store.appendEvents(this.#batch, { expectedVersions: this.#expected });
    for (const id of this.#expected.keys()) {
      if (receipt.versions[id] !== this.#versions.get(id)) throw new Error(`${id}: version ${receipt.versions[id]} in the receipt`);
    }
    this.written += this.#batch.length;
    this.appends += 1;
    if (receipt.lastSequenceNumber !== this.written) throw new Error(`the receipt ends at ${receipt.lastSequenceNumber}, not ${this.written}`);
    this.receipt = receipt;
    this.#batch = [];
    this.#expected = new Map();
  }
}
