import assert from "node:assert/strict";
import { test } from "node:test";

import { AggregateRepository, EventStore, memory } from "../../pkg/dist/index.node.js";
import { reproducible, TestClock } from "../../pkg/dist/testing.js";
import { defineWallet, deposit, rejection } from "./support.mjs";

/** Everything that a clock and chance have a hand in. */
async function history(options) {
  const clock = new TestClock("2026-03-29T00:59:59.999Z");
  const store = await EventStore.open(reproducible(memory(), { clock, ...options }));
  await store.appendEvents([deposit(1), deposit(2)], { expectedVersion: 0 });
  clock.advance(1);
  const repository = new AggregateRepository(store, { aggregate: defineWallet() });
  await repository.execute("w1", () => [{ eventType: "FundsDeposited", eventData: { cents: 3 } }]);
  const wallet = await repository.load("w1");
  wallet.raise("FundsWithdrawn", { cents: 4 });
  await repository.save(wallet);
  await store.createSnapshot("w1", "wallet", 4, { cents: 2 });
  return { events: await store.getEvents(), head: await store.head(), snapshot: await store.getSnapshot("w1") };
}

test("times, ids and epochs are the same in each run, and so is the chain", async () => {
  const first = await history({ seed: 7 });
  assert.deepEqual(await history({ seed: 7 }), first);
  assert.notEqual((await history({ seed: 8 })).head.epoch, first.head.epoch);
  assert.deepEqual(
    first.events.map(({ recordedAt }) => recordedAt.slice(11)),
    ["00:59:59.999Z", "00:59:59.999Z", "01:00:00.000Z", "01:00:00.000Z"],
  );
  assert.equal(first.snapshot.createdAt, "2026-03-29T01:00:00.000Z");
  for (const { id, recordedAt } of first.events) {
    assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.equal(Number.parseInt(id.replace("-", "").slice(0, 12), 16), Date.parse(recordedAt));
  }
});

test("another store has the time and the ids of the page", async () => {
  const [mine, other] = await Promise.all([EventStore.open(reproducible(memory())), EventStore.open(memory())]);
  for (const store of [mine, other]) await store.appendEvent(deposit(1), { expectedVersion: 0 });
  assert.equal((await mine.getEvents())[0].recordedAt, "2026-01-01T00:00:00.000Z");
  assert.ok(Math.abs(Date.parse((await other.getEvents())[0].recordedAt) - Date.now()) < 60_000);
});

test("recordedAt never decreases, whatever the clock does", async () => {
  const clock = new TestClock();
  const store = await EventStore.open(reproducible(memory(), { clock }));
  await store.appendEvent(deposit(1), { expectedVersion: 0 });
  clock.set("2000-01-01");
  await store.appendEvent(deposit(2), { expectedVersion: 1 });
  assert.equal((await store.getEvents())[1].recordedAt, "2026-01-01T00:00:00.000Z");
});

test("G12: options that are none are refused", async () => {
  for (const [options, field] of [
    [{ seed: "x" }, "options.seed"],
    [{ clock: {} }, "options.clock.now"],
    [{ now: 1 }, "options.now"],
  ]) {
    assert.throws(() => reproducible(memory(), options), { code: "invalid_argument", field });
  }
  assert.throws(() => new TestClock("yesterday"), { code: "invalid_argument", field: "start" });
  await rejection(EventStore.open(reproducible({})), "invalid_argument", { field: "backend" });
});
