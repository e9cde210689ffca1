import assert from "node:assert/strict";
import { test } from "node:test";

import { EventStore, FoldlogError, indexedDb, memory } from "../../pkg/dist/index.node.js";
import { deposit, openStore, rejection } from "./support.mjs";

const any = { expectedVersion: "any" };

/** Each malformed event with the field that the error names. */
const cyclic = { cents: 1 };
cyclic.self = cyclic;
const throwing = { cents: 1, get note() { throw new Error("secret"); } };
const malformed = [
  ["a bigint", deposit(1, { eventData: { n: 1n } }), "events[1].eventData.n"],
  ["NaN", deposit(NaN), "events[1].eventData.cents"],
  ["Infinity in a list", deposit(1, { eventData: [0, Infinity] }), "events[1].eventData[1]"],
  ["a function", deposit(1, { eventData: { f() {} } }), "events[1].eventData.f"],
  ["a symbol", deposit(1, { eventData: Symbol("s") }), "events[1].eventData"],
  ["a Date", deposit(1, { eventData: { at: new Date(0) } }), "events[1].eventData.at"],
  ["a Map", deposit(1, { eventData: { list: [{ m: new Map() }] } }), "events[1].eventData.list[0].m"],
  ["a typed array", deposit(1, { eventData: new Uint8Array(2) }), "events[1].eventData"],
  ["an object with toJSON", deposit(1, { eventData: { money: { toJSON: () => 1 } } }), "events[1].eventData.money"],
  ["undefined in a list", deposit(1, { eventData: [undefined] }), "events[1].eventData[0]"],
  ["no eventData", deposit(1, { eventData: undefined }), "events[1].eventData"],
  ["a getter that throws", deposit(1, { eventData: throwing }), "events[1].eventData"],
  ["an unknown field", deposit(1, { sequenceNumber: 7 }), "events[1].sequenceNumber"],
  ["an invalid Date", deposit(1, { createdAt: new Date(NaN) }), "events[1].createdAt"],
  ["a time that is none", deposit(1, { createdAt: "yesterday" }), "events[1].createdAt"],
  ["a number as id", deposit(1, { aggregateId: 7 }), "events[1].aggregateId"],
  ["a lone surrogate", deposit(1, { aggregateId: "\ud800" }), "events[1].aggregateId"],
  ["a reserved name", deposit(1, { eventType: "$system" }), "events[1].eventType"],
  ["an empty name", deposit(1, { aggregateType: "" }), "events[1].aggregateType"],
  ["metadata that is no object", deposit(1, { metadata: [1] }), "events[1].metadata"],
  ["null instead of an event", null, "events[1]"],
];

for (const [name, event, field] of malformed) {
  test(`G12: ${name} is invalid_event, names the field, and stores nothing`, async () => {
    const store = await openStore();
    const error = await rejection(store.appendEvents([deposit(1), event], any), "invalid_event", { field, outcome: "not_committed" });
    assert.doesNotMatch(error.message, /secret/);
    assert.equal(await store.getLastSequenceNumber(), 0);
  });
}

test("G12: an object that holds itself is refused", async () => {
  const store = await openStore();
  const error = await rejection(store.appendEvent(deposit(1, { eventData: cyclic }), any), "invalid_event");
  assert.match(error.field, /^events\[0\]\.eventData\.self\.self/);
});

test("G12: a proxy that throws, in any place, rejects and never throws", async () => {
  const store = await openStore();
  const hostile = new Proxy({}, { get() { throw new Error("no"); }, ownKeys() { throw new Error("no"); } });
  for (const call of [
    () => store.appendEvent(hostile, any),
    () => store.appendEvent(deposit(1), hostile),
    () => store.appendEvents(hostile, any),
    () => store.getEvents(hostile),
    () => store.getEventsByAggregateType("wallet", hostile),
    () => store.verify(hostile),
    () => store.createSnapshot("w1", "wallet", 1, hostile),
    () => store.getSnapshot("w1", hostile),
    () => store.saveCheckpoint("c", hostile),
    () => store.subscribe(hostile)[Symbol.asyncIterator]().next(),
    () => store.subscribe({}, hostile)[Symbol.asyncIterator]().next(),
  ]) {
    const error = await call().then(() => undefined, (reason) => reason);
    assert.ok(FoldlogError.is(error), `${call} gave ${error}`);
  }
});

test("G12: arguments of the wrong type are invalid_argument and name the field", async () => {
  const store = await openStore();
  await rejection(store.appendEvents(deposit(1), any), "invalid_argument", { field: "events" });
  await rejection(store.getEventsByAggregate(7), "invalid_argument", { field: "aggregateId" });
  await rejection(store.getEventsByAggregate("w1", -1), "invalid_argument", { field: "fromVersion" });
  await rejection(store.getEvents({ aggregate: "w1" }), "invalid_argument", { field: "filter.aggregate" });
  await rejection(store.getEvents({ limit: -1 }), "invalid_argument", { field: "filter.limit" });
  await rejection(store.getEvents({ direction: "up" }), "invalid_argument", { field: "filter.direction" });
  await rejection(store.getEvents({ fromRecordedAt: new Date(NaN) }), "invalid_argument", { field: "filter.fromRecordedAt" });
  await rejection(store.appendEvent(deposit(1), { expectVersion: 1 }), "invalid_argument", { field: "options.expectVersion" });
  await rejection(store.appendEvent(deposit(1), { expectedVersion: 1.5 }), "invalid_argument");
  await rejection(store.appendEvent(deposit(1), { expectedVersion: "sometimes" }), "invalid_argument");
  await rejection(store.appendEvent(deposit(1), { expectedVersions: [["w1", 1]] }), "invalid_argument", { field: "expectedVersions" });
  await rejection(store.findAppend(undefined), "invalid_argument", { field: "eventId" });
  await rejection(store.head("latest"), "invalid_argument", { field: "at" });
  await rejection(store.createSnapshot("w1", "wallet", 0, {}), "invalid_argument", { field: "version" });
  await rejection(store.subscribe({}, { pageSize: 0 })[Symbol.asyncIterator]().next(), "invalid_argument", { field: "pageSize" });
  await rejection(EventStore.open({}), "invalid_argument", { field: "backend" });
  await rejection(EventStore.open(indexedDb(7)), "invalid_argument", { field: "name" });
  await rejection(EventStore.open(indexedDb("x", { durable: true })), "invalid_argument", { field: "options.durable" });
});

test("G6: what a caller does to its objects after the call has no effect", async () => {
  const store = await openStore();
  const event = deposit(100, { tags: ["a"] });
  const events = [event];
  const versions = new Map([["w1", 0]]);
  const append = store.appendEvents(events, { expectedVersions: versions });
  event.eventData.cents = 1;
  event.tags.push("b");
  event.aggregateId = "w2";
  events.push(deposit(5));
  versions.set("w1", 99);
  await append;
  const stored = await store.getEvents();
  assert.equal(stored.length, 1);
  assert.deepEqual(stored[0].eventData, { cents: 100 });
  assert.deepEqual(stored[0].tags, ["a"]);
});

test("G6: what a caller does to what it got back is not seen by anybody else", async () => {
  const store = await openStore();
  await store.appendEvent(deposit(100), { expectedVersion: 0 });
  const [mine] = await store.getEvents();
  mine.eventData.cents = 1;
  mine.tags.push("x");
  mine.aggregateVersion = 9;
  const [again] = await store.getEvents();
  assert.deepEqual(again.eventData, { cents: 100 });
  const first = store.subscribe()[Symbol.asyncIterator]();
  (await first.next()).value.eventData.cents = 2;
  await first.return();
  assert.deepEqual((await store.subscribe()[Symbol.asyncIterator]().next()).value.eventData, { cents: 100 });
});

test("G5: an append repeated with its ids is a replay; any other overlap is a duplicate", async () => {
  const store = await openStore();
  const ids = ["01890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a8058"];
  const events = [deposit(1, { id: ids[0] }), deposit(2, { id: ids[1] })];
  const first = await store.appendEvents(events, { expectedVersion: 0 });
  await store.appendEvent(deposit(3), { expectedVersion: 2 });
  const again = await store.appendEvents(events, { expectedVersion: 0 });
  assert.deepEqual(again, { ...first, replayed: true });
  assert.deepEqual(await store.findAppend(ids[1]), { ...first, replayed: true });
  assert.equal(await store.findAppend("01890a5d-ac96-774b-bcce-b302099a8059"), undefined);
  await rejection(store.appendEvent(events[0], { expectedVersion: "any" }), "duplicate_event", { eventId: ids[0] });
  await rejection(store.appendEvents([events[0], deposit(9, { id: ids[1] })], { expectedVersion: 0 }), "duplicate_event");
  assert.equal(await store.getLastSequenceNumber(), 3);
});

test("an append aborted before its write is not committed; later the signal has no effect", async () => {
  const store = await openStore();
  const reason = new Error("changed my mind");
  const error = await rejection(store.appendEvent(deposit(1), { expectedVersion: 0, signal: AbortSignal.abort(reason) }), "aborted", {
    outcome: "not_committed",
  });
  assert.equal(error.cause, reason);
  const controller = new AbortController();
  const append = store.appendEvent(deposit(1), { expectedVersion: 0, signal: controller.signal });
  controller.abort();
  assert.equal((await append).lastSequenceNumber, 1);
});

test("an error is a real Error that other copies of the package recognise", async () => {
  const store = await openStore();
  const error = await rejection(store.appendEvent(deposit(1), { expectedVersion: 4 }), "concurrency_conflict");
  assert.ok(error instanceof Error && error instanceof FoldlogError);
  assert.equal(error.name, "FoldlogError");
  assert.equal(typeof error.retryable, "boolean");
  assert.match(error.stack, /FoldlogError: /);
  const elsewhere = Object.assign(new Error("x"), { code: "closed", [Symbol.for("foldlog.error")]: true });
  assert.ok(FoldlogError.is(elsewhere));
  assert.ok(FoldlogError.is(elsewhere, "closed"));
  assert.ok(!FoldlogError.is(elsewhere, "aborted"));
  for (const other of [new Error("x"), null, undefined, "closed", { code: "closed" }]) assert.ok(!FoldlogError.is(other));
});

test("where there is no IndexedDB, opening says so and does not fall back to memory", async () => {
  await rejection(EventStore.open(indexedDb("wallet")), "storage_unavailable", { retryable: false });
  await rejection(EventStore.open(indexedDb("wallet", { openTimeout: -1 })), "invalid_argument", { field: "openTimeout" });
  const [left, right] = await Promise.all([EventStore.open(memory()), EventStore.open(memory())]);
  await left.appendEvent(deposit(1), { expectedVersion: 0 });
  assert.equal(await right.getLastSequenceNumber(), 0);
});
