import assert from "node:assert/strict";
import { test } from "node:test";

import { deposit, openStore, rejection, withdrawal } from "./support.mjs";

const payment = { aggregateId: "p1", aggregateType: "payment", eventType: "PaymentInitiated", eventData: null };

test("an append returns its receipt and the events are read back in full", async () => {
  const store = await openStore();
  const receipt = await store.appendEvents(
    [deposit(100, { causedBy: "u1", correlationId: "c1", tags: ["a"], createdAt: new Date("2026-01-02T03:04:05.678Z") }), withdrawal(30)],
    { expectedVersion: 0 },
  );
  assert.equal(receipt.firstSequenceNumber, 1);
  assert.equal(receipt.lastSequenceNumber, 2);
  assert.deepEqual({ ...receipt.versions }, { w1: 2 });
  assert.equal(receipt.durability, "memory");
  assert.equal(receipt.replayed, false);
  assert.equal(receipt.head.sequenceNumber, 2);
  assert.deepEqual(receipt.head, await store.head());

  const [first, second] = await store.getEvents();
  assert.deepEqual(Object.keys(first), [
    "sequenceNumber",
    "recordedAt",
    "id",
    "aggregateId",
    "aggregateType",
    "aggregateVersion",
    "eventType",
    "schemaVersion",
    "createdAt",
    "tags",
    "causedBy",
    "causationId",
    "correlationId",
    "metadata",
    "eventData",
  ]);
  const { recordedAt, id, ...rest } = first;
  assert.match(recordedAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    sequenceNumber: 1,
    aggregateId: "w1",
    aggregateType: "wallet",
    aggregateVersion: 1,
    eventType: "FundsDeposited",
    schemaVersion: 1,
    createdAt: "2026-01-02T03:04:05.678Z",
    tags: ["a"],
    causedBy: "u1",
    causationId: null,
    correlationId: "c1",
    metadata: null,
    eventData: { cents: 100 },
  });
  assert.equal(second.aggregateVersion, 2);
  assert.equal(second.causedBy, null);
});

test("an expectation can be given in each of its three ways, and one must be", async () => {
  const store = await openStore();
  await store.appendEvent(deposit(1), { expectedVersion: "no_aggregate" });
  await store.appendEvents([deposit(2), payment], { expectedVersions: { w1: 1, p1: 0 } });
  await store.appendEvent(deposit(3), { expectedVersions: new Map([["w1", "exists"]]) });
  await store.appendEvents([deposit(4, { aggregateVersion: 4 }), deposit(5, { aggregateVersion: 5 })]);
  assert.equal(await store.getAggregateVersion("w1"), 5);
  assert.equal(await store.getAggregateVersion("nobody"), 0);
  await rejection(store.appendEvent(deposit(6)), "invalid_argument", { outcome: "not_committed" });
});

test("G3: a conflict lists every failing expectation with the actual version", async () => {
  const store = await openStore();
  await store.appendEvents([deposit(1), deposit(2)], { expectedVersion: 0 });
  const error = await rejection(
    store.appendEvent(deposit(3), { expectedVersions: new Map([["w1", 1], ["p1", "exists"], ["other", "any"]]) }),
    "concurrency_conflict",
    { outcome: "not_committed" },
  );
  const sorted = [...error.conflicts].sort((left, right) => (left.aggregateId < right.aggregateId ? -1 : 1));
  assert.deepEqual(sorted, [
    { aggregateId: "p1", expected: "exists", actual: 0 },
    { aggregateId: "w1", expected: 1, actual: 2 },
  ]);
  assert.equal(await store.getLastSequenceNumber(), 2);
});

test("ids that mean something to objects are ordinary strings", async () => {
  const store = await openStore();
  const receipt = await store.appendEvents(
    [deposit(1, { aggregateId: "__proto__" }), deposit(2, { aggregateId: "constructor" })],
    { expectedVersions: new Map([["__proto__", 0], ["constructor", 0]]) },
  );
  assert.equal(Object.getPrototypeOf(receipt.versions), null);
  assert.deepEqual(Object.entries(receipt.versions), [["__proto__", 1], ["constructor", 1]]);
  assert.equal((await store.getEventsByAggregate("__proto__")).length, 1);
});

test("filters select, and without a limit every match is returned", async () => {
  const store = await openStore();
  const many = Array.from({ length: 2500 }, (_, index) => (index % 5 === 4 ? withdrawal(1) : deposit(1)));
  await store.appendEvents(many, { expectedVersion: 0 });
  await store.appendEvent({ ...payment, correlationId: "c9", tags: ["vip", "eu"] }, { expectedVersion: 0 });

  assert.equal((await store.getEvents()).length, 2501);
  assert.equal((await store.getEvents({ eventTypes: ["FundsWithdrawn"] })).length, 500);
  assert.equal((await store.getEvents({ aggregateId: "p1" })).length, 1);
  assert.equal((await store.getEvents({ aggregateIds: ["p1", "w1"] })).length, 2501);
  assert.equal((await store.getEvents({ correlationId: "c9" }))[0].sequenceNumber, 2501);
  assert.equal((await store.getEvents({ tags: ["eu", "vip"] })).length, 1);
  assert.equal((await store.getEvents({ tags: ["eu", "us"] })).length, 0);
  assert.equal((await store.getEvents({ toRecordedAt: new Date(0) })).length, 0);
  const numbers = (events) => events.map((event) => event.sequenceNumber);
  assert.deepEqual(numbers(await store.getEvents({ fromSequence: 10, toSequence: 12 })), [10, 11, 12]);
  assert.deepEqual(numbers(await store.getEvents({ limit: 2 })), [1, 2]);
  assert.deepEqual(numbers(await store.getEvents({ limit: 0 })), []);
  assert.deepEqual(numbers(await store.getEvents({ limit: 3, direction: "backward" })), [2501, 2500, 2499]);
  assert.equal((await store.getEvents({ limit: 1500, direction: "backward" })).at(-1).sequenceNumber, 1002);
  assert.deepEqual(numbers(await store.getEventsByAggregate("w1", 2499)), [2499, 2500]);
  assert.equal((await store.getEventsByAggregate("w1")).length, 2500);
  assert.deepEqual(numbers(await store.getEventsByAggregateType("payment")), [2501]);
  assert.equal((await store.getEventsByAggregateType("wallet", { eventTypes: ["FundsWithdrawn"], limit: 7 })).length, 7);
});

test("events() reads every match, and each loop reads anew", async () => {
  const store = await openStore();
  await store.appendEvents(Array.from({ length: 1001 }, () => deposit(1)), { expectedVersion: 0 });
  const events = store.events({ aggregateType: "wallet" });
  for (let round = 0; round < 2; round += 1) {
    let expected = 0;
    for await (const event of events) assert.equal(event.sequenceNumber, (expected += 1));
    assert.equal(expected, 1001);
  }
  for await (const event of events) {
    assert.equal(event.sequenceNumber, 1);
    break;
  }
});

test("G10: verify counts what it recomputed, and head(at) is what the receipt said", async () => {
  const store = await openStore();
  const first = await store.appendEvents([deposit(1), deposit(2)], { expectedVersion: 0 });
  await store.appendEvent(deposit(3), { expectedVersion: 2 });
  assert.deepEqual(await store.head(2), first.head);
  const report = await store.verify();
  assert.equal(report.ok, true);
  assert.equal(report.appends, 2);
  assert.equal(report.events, 3);
  assert.deepEqual(report.head, await store.head());
  assert.equal((await store.verify({ since: first.head })).ok, true);
  await rejection(store.head(9), "invalid_argument");
});

test("snapshots are kept by reducer, and each reader gets its own", async () => {
  const store = await openStore();
  await store.appendEvents([deposit(1), deposit(2)], { expectedVersion: 0 });
  assert.equal(await store.getSnapshot("w1"), undefined);
  await store.createSnapshot("w1", "wallet", 2, { cents: 3 });
  await store.createSnapshot("w1", "wallet", 1, { total: 1 }, { reducer: "total/1" });
  const snapshot = await store.getSnapshot("w1");
  assert.equal(snapshot.aggregateId, "w1");
  assert.equal(snapshot.aggregateType, "wallet");
  assert.equal(snapshot.aggregateVersion, 2);
  assert.deepEqual(snapshot.data, { cents: 3 });
  snapshot.data.cents = 999;
  assert.deepEqual((await store.getSnapshot("w1")).data, { cents: 3 });
  assert.deepEqual((await store.getSnapshot("w1", { reducer: "total/1" })).data, { total: 1 });
  await rejection(store.createSnapshot("w1", "wallet", 3, {}), "invalid_argument");
});

test("checkpoints move only from where they stand", async () => {
  const store = await openStore();
  await store.appendEvent(deposit(1), { expectedVersion: 0 });
  const cursors = [];
  for await (const page of store.subscribe().pages()) {
    cursors.push(page.cursor);
    if (page.caughtUp && cursors.length > 1) break;
    if (page.caughtUp) await store.appendEvent(deposit(2), { expectedVersion: 1 });
  }
  assert.equal(await store.getCheckpoint("mailer"), undefined);
  await store.saveCheckpoint("mailer", { from: undefined, to: cursors[0] });
  const refused = store.saveCheckpoint("mailer", { from: undefined, to: cursors[1] });
  await rejection(refused, "checkpoint_conflict", { checkpoint: "mailer", actual: cursors[0], name: "FoldlogError" });
  await store.saveCheckpoint("mailer", { from: cursors[0], to: cursors[1] });
  assert.equal(await store.getCheckpoint("mailer"), cursors[1]);
});

test("close is idempotent, and later calls reject with closed", async () => {
  const store = await openStore();
  const pending = store.appendEvent(deposit(1), { expectedVersion: 0 });
  await Promise.all([store.close(), store.close()]);
  assert.equal((await pending).lastSequenceNumber, 1);
  await rejection(store.appendEvent(deposit(1), { expectedVersion: 0 }), "closed", { outcome: "not_committed" });
  await rejection(store.getEvents(), "closed");
  await rejection(store.head(), "closed");
  await rejection(store.subscribe()[Symbol.asyncIterator]().next(), "closed");
  await (await openStore())[Symbol.asyncDispose]();
});
