// The log that the damage tests edit, and the model of it: what was appended, by the hands of the test.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { timeOrderedId } from "./events.mjs";

const LOG = "specimen";
const SEAL_EVENTS = 8;
const TYPES = ["Opened", "Deposited", "Renamed"];

/**
 * A log whose beginning was imported, so that an epoch changes inside; two segments and a tail; aggregates that are sealed, unsealed
 * and both; ids of both kinds; a snapshot and a checkpoint. Gives `{ log, model, rows, older }`: the rows are kept in the page as
 * `whole`, an earlier state of them as `older`.
 */
export async function makeSpecimen(tab) {
  const writing = new Writing();
  await tab.call("open", { log: "source", store: "source" });
  for (let batch = 0; batch < 2; batch += 1) await writing.append(tab, "source", ["alice", "bob"], 3);
  const text = `${(await tab.call("exportLines", { store: "source" })).join("\n")}\n`;

  await tab.call("open", { log: LOG, testing: true, options: { sealEvents: SEAL_EVENTS } });
  const { head } = await tab.call("importText", { text });
  writing.changeEpoch(head);
  for (const count of [1, 2]) {
    for (let batch = 0; batch < 4; batch += 1) await writing.append(tab, "main", ["alice", "bob", "zoë"], 2);
    await tab.call("sealed", { count });
  }
  await tab.call("close", {});

  await tab.call("open", { log: LOG, options: { create: false } });
  await writing.keepBeside(tab);
  const older = writing.events.length;
  const olderRows = await tab.call("keepRows", { log: LOG, name: "older" });
  for (let batch = 0; batch < 3; batch += 1) await writing.append(tab, "main", ["alice", "dora"], 2);
  const model = await writing.model(tab);
  await tab.call("close", {});
  const rows = await tab.call("keepRows", { log: LOG, name: "whole" });
  await tab.call("learn", { log: LOG, model });
  assert.ok(olderRows.length < rows.length);
  return { log: LOG, model, rows, older };
}

/** Keeps what was appended and what was answered. */
class Writing {
  events = [];
  #versions = new Map();
  #places = [];
  #receipts = [];
  #snapshots = [];
  #checkpoints = [];
  #head;

  async append(tab, store, aggregates, count) {
    const events = Array.from({ length: count }, (_, index) => this.#event(aggregates[index % aggregates.length]));
    const options = { expectedVersions: Object.fromEntries(aggregates.map((id) => [id, "any"])) };
    const receipt = await tab.call("append", { store, events: events.map(({ aggregateVersion, ...event }) => event), options });
    this.#places[0] ??= await tab.call("head", { store, at: 0 });
    for (let at = receipt.firstSequenceNumber; at <= receipt.lastSequenceNumber; at += 1) this.#places[at] = { ...receipt.head, sequenceNumber: at };
    this.#receipts.push([events[0].id, { ...receipt, replayed: true }]);
    this.#head = receipt.head;
    this.events.push(...events);
  }

  /** The epoch that an import begins at the end of what it stored: the place there is that of the change. */
  changeEpoch(head) {
    assert.equal(head.sequenceNumber, this.events.length);
    this.#head = this.#places[head.sequenceNumber] = head;
  }

  #event(aggregateId) {
    const at = this.events.length;
    const aggregateVersion = (this.#versions.get(aggregateId) ?? 0) + 1;
    this.#versions.set(aggregateId, aggregateVersion);
    return {
      id: this.#versions.size % 2 === aggregateVersion % 2 ? timeOrderedId() : randomUUID(),
      aggregateId,
      aggregateType: aggregateId === "zoë" ? "profile" : "account",
      aggregateVersion,
      eventType: TYPES[aggregateVersion % TYPES.length],
      eventData: { amount: 100 + at, note: aggregateId === "zoë" ? "żółw 🐢" : "a note" },
      createdAt: new Date(Date.UTC(2026, 0, 1 + at)).toISOString(),
      tags: aggregateVersion === 1 ? ["first"] : [],
      causedBy: "user-1",
    };
  }

  /** A snapshot and a checkpoint. */
  async keepBeside(tab) {
    const data = { total: 12345 };
    const at = this.events.findLastIndex(({ aggregateId }) => aggregateId === "bob") + 1;
    await tab.call("createSnapshot", { id: "bob", type: "account", version: this.#versions.get("bob"), data });
    this.#snapshots.push(["bob", data, at]);
    const cursor = `${this.#head.epoch}:${this.#head.sequenceNumber}:${this.#head.link}`;
    await tab.call("saveCheckpoint", { name: "reader", to: cursor });
    this.#checkpoints.push(["reader", cursor]);
  }

  /** The model, after the log was read once: what was appended is what is read, and only the recorded times are the store's. */
  async model(tab) {
    const read = await tab.call("getEvents", {});
    assert.deepEqual(
      read.map(({ recordedAt, ...event }) => event),
      this.events.map((event, at) => ({ ...event, sequenceNumber: at + 1, schemaVersion: 1, causationId: null, correlationId: null, metadata: null })),
    );
    return {
      events: read,
      places: this.#places,
      head: this.#head,
      receipts: this.#receipts,
      snapshots: this.#snapshots,
      checkpoints: this.#checkpoints,
      lines: await tab.call("exportLines", {}),
    };
  }
}
