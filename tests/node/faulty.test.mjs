import assert from "node:assert/strict";
import { test } from "node:test";

import { AggregateRepository, EventStore, FoldlogError, memory } from "../../pkg/dist/index.node.js";
import { faulty, reproducible } from "../../pkg/dist/testing.js";
import { defineWallet, deposit, rejection } from "./support.mjs";

async function open(faults, more = {}) {
  const backend = faulty(memory(), { faults, seed: 7, ...more });
  return { backend, store: await EventStore.open(backend) };
}

const once = { expectedVersion: 0 };

test("before the commit, after it, without space: what is stored, and what the error says", async () => {
  const cases = {
    not_committed: ["storage_unavailable", "not_committed", true, 0],
    lost_before_commit: ["storage_unavailable", "unknown", true, 0],
    handle_lost: ["storage_unavailable", "unknown", true, 0],
    lost_after_commit: ["storage_unavailable", "unknown", true, 1],
    quota_exceeded: ["quota_exceeded", "not_committed", false, 0],
  };
  for (const [fault, [code, outcome, retryable, stored]] of Object.entries(cases)) {
    const { backend, store } = await open([{ on: "append", call: 1, fault }]);
    const event = deposit(1, { id: crypto.randomUUID() });
    const error = await rejection(store.appendEvent(event, once), code, { outcome, retryable });
    assert.equal(error.cause.message, `injected by foldlog/testing: ${fault} at call 1 of append, seed 7`);
    assert.deepEqual(Object.keys(error).sort(), ["code", "outcome", "retryable"]);
    assert.equal(await store.getLastSequenceNumber(), stored);
    assert.equal((await store.health()).lastError, code);
    assert.equal((await store.appendEvent(event, once)).replayed, stored === 1);
    assert.deepEqual(backend.injected, [{ on: "append", call: 1, fault }]);
    assert.equal(backend.calls("append"), 2);
  }
});

test("an append that the core refuses is refused, also where its answer would be lost", async () => {
  const { store } = await open([{ on: "append", fault: "lost_after_commit" }]);
  await rejection(store.appendEvent(deposit(1), { expectedVersion: 5 }), "concurrency_conflict", { outcome: "not_committed" });
});

test("G5, G11: execute and save with a lost answer store a payment once", async () => {
  const { store } = await open([{ on: "append", call: [1, 2, 4], fault: "lost_after_commit" }]);
  const wallets = new AggregateRepository(store, { aggregate: defineWallet() });
  const receipt = await wallets.execute("w1", () => [{ eventType: "FundsDeposited", eventData: { cents: 1 } }], { commandId: "c1" });
  assert.equal(receipt.replayed, true);
  const wallet = await wallets.load("w1");
  wallet.raise("FundsDeposited", { cents: 2 });
  await rejection(wallets.save(wallet), "storage_unavailable", { outcome: "unknown" });
  assert.equal((await wallets.save(wallet)).replayed, true);
  assert.deepEqual((await store.getEvents()).map(({ eventData }) => eventData.cents), [1, 2]);
});

test("what hangs is done when the backend is healed", async () => {
  const { backend, store } = await open([{ on: "append", fault: "hang" }]);
  const append = store.appendEvent(deposit(1), once);
  assert.equal(await Promise.race([append, store.getLastSequenceNumber()]), 0);
  backend.heal();
  assert.equal((await append).lastSequenceNumber, 1);
  assert.equal((await store.appendEvent(deposit(2), { expectedVersion: 1 })).lastSequenceNumber, 2);
});

test("what hangs ends with close, and a subscription also with its signal", async () => {
  const { store } = await open([{ on: "append", fault: "hang" }, { on: "subscription", fault: "hang" }, { on: "read", call: 1, fault: "hang" }]);
  const controller = new AbortController();
  const [aborted, closed] = [store.subscribe({}, { signal: controller.signal }), store.subscribe()];
  const batches = [aborted, closed].map((subscription) => subscription.pages().next());
  const read = store.getEvents();
  const append = store.appendEvent(deposit(1), once);
  controller.abort();
  await rejection(batches[0], "aborted");
  closed.close();
  assert.equal((await batches[1]).done, true);
  const ends = [rejection(append, "closed", { outcome: "unknown" }), rejection(read, "closed")];
  await store.close();
  await Promise.all(ends);
});

test("a slow answer comes late, and the order of appends stays", async () => {
  const { store } = await open([{ on: "append", call: 1, fault: { slowBy: 20 } }]);
  const answered = [];
  const appends = [0, 1].map((version) =>
    store.appendEvent(deposit(version), { expectedVersion: version }).then(({ lastSequenceNumber }) => answered.push(lastSequenceNumber)),
  );
  await Promise.all(appends);
  assert.deepEqual(answered, [2, 1]);
});

test("each operation can fail: opening, reads, snapshots, checkpoints, subscriptions, exports, imports", async () => {
  const unavailable = (promise, fields) => rejection(promise, "storage_unavailable", fields);
  const at = (on) => ({ on, call: on === "read" ? [1, 2] : 1, fault: "not_committed" });
  const closedDoor = faulty(memory(), { faults: [at("open")] });
  await unavailable(EventStore.open(closedDoor));
  const operations = ["read", "findAppend", "verify", "getSnapshot", "createSnapshot", "getCheckpoint", "saveCheckpoint", "subscription", "export", "import"];
  const { store } = await open(operations.map(at));
  const source = await (await EventStore.open(closedDoor)).appendEvent(deposit(1), once);
  assert.equal(source.lastSequenceNumber, 1);
  assert.equal((await unavailable(store.getEvents())).outcome, undefined);
  await unavailable(store.head());
  await unavailable(store.findAppend(crypto.randomUUID()));
  await unavailable(store.verify());
  await unavailable(store.getSnapshot("w1"));
  await unavailable(store.getCheckpoint("mailer"));
  await unavailable(store.createSnapshot("w1", "wallet", 1, {}), { outcome: "not_committed" });
  await unavailable(store.saveCheckpoint("mailer", { from: undefined, to: "x" }), { outcome: "not_committed" });
  await unavailable(store.subscribe().pages().next());
  await unavailable(new Response(store.exportEvents()).text());
  await unavailable(store.importEvents("{}\n"), { outcome: "not_committed" });
  assert.equal((await store.getEvents()).length, 0);
});

test("a probability follows from the seed, and each error tells it", async () => {
  const run = async (seed) => {
    const { backend, store } = await open([{ on: "append", probability: 0.5, fault: "not_committed" }], { seed });
    for (let index = 0; index < 40; index += 1) await store.appendEvent(deposit(1), { expectedVersion: "any" }).catch(() => undefined);
    return backend.injected.map(({ call }) => call);
  };
  const calls = await run(42);
  assert.deepEqual(await run(42), calls);
  assert.notDeepEqual(await run(43), calls);
  assert.ok(calls.length > 5 && calls.length < 35, String(calls));
  const { backend } = await open([], { seed: undefined });
  assert.ok(Number.isSafeInteger(backend.seed));
});

test("faults and reproducible times go together", async () => {
  const backend = faulty(reproducible(memory()), { faults: [{ on: "append", call: 1, fault: "lost_after_commit" }] });
  const store = await EventStore.open(backend);
  await rejection(store.appendEvent(deposit(1), once), "storage_unavailable");
  assert.equal((await store.getEvents())[0].recordedAt, "2026-01-01T00:00:00.000Z");
});

test("G12: plans that are none are refused", async () => {
  const refusedAt = (rule, field) => assert.throws(() => faulty(memory(), { faults: [rule] }), { code: "invalid_argument", field });
  refusedAt({ on: "appends", fault: "hang" }, "plan.faults[0].on");
  refusedAt({ on: "append", fault: "hung" }, "plan.faults[0].fault");
  refusedAt({ on: "append", fault: { slowBy: -1 } }, "plan.faults[0].fault.slowBy");
  refusedAt({ on: "append", fault: "hang", call: 0 }, "plan.faults[0].call");
  refusedAt({ on: "append", fault: "hang", probability: 2 }, "plan.faults[0].probability");
  refusedAt({ on: "append", fault: "hang", call: 1, probability: 1 }, "plan.faults[0]");
  refusedAt({ on: "append", fault: "hang", often: true }, "plan.faults[0].often");
  assert.throws(() => faulty(memory(), {}), { code: "invalid_argument", field: "plan.faults" });
  assert.throws(() => faulty(memory()), (error) => FoldlogError.is(error, "invalid_argument"));
  await rejection(EventStore.open(faulty({}, { faults: [] })), "invalid_argument", { field: "backend" });
});
