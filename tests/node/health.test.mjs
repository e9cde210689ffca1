import assert from "node:assert/strict";
import { test } from "node:test";

import { EventStore, memory } from "../../pkg/dist/index.node.js";
import { faulty } from "../../pkg/dist/testing.js";
import { deposit, openStore, rejection } from "./support.mjs";

test("health says that memory lasts as long as the process", async () => {
  const store = await openStore();
  assert.deepEqual(await store.health(), {
    backend: "memory",
    durability: "memory",
    persisted: null,
    quota: null,
    evictionRisk: "none",
    handle: "open",
    isMirror: false,
    lastError: null,
    hints: [],
  });
  assert.equal(await store.requestPersistence(), false);
});

test("changes of health are told at once: a handle that is lost and found", async () => {
  const backend = faulty(memory(), { faults: [{ on: "append", call: 1, fault: "handle_lost" }] });
  const store = await EventStore.open(backend);
  const changes = store.healthChanges();
  const next = async () => (await changes.next()).value;
  assert.equal((await next()).handle, "open");
  const [lost] = await Promise.all([next(), rejection(store.appendEvent(deposit(1), { expectedVersion: 0 }), "storage_unavailable")]);
  assert.deepEqual([lost.handle, lost.lastError], ["lost", "storage_unavailable"]);
  const [found] = await Promise.all([next(), store.appendEvent(deposit(1), { expectedVersion: 0 })]);
  assert.equal(found.handle, "open");
});

test("a slow listener gets the newest health, not each in between", async () => {
  const backend = faulty(memory(), { faults: [{ on: "append", call: [1, 3], fault: "handle_lost" }] });
  const store = await EventStore.open(backend);
  const changes = store.healthChanges();
  await changes.next();
  for (const expected of ["storage_unavailable", undefined, "storage_unavailable"]) {
    const append = store.appendEvent(deposit(1), { expectedVersion: "any" });
    await (expected ? rejection(append, expected) : append);
  }
  assert.equal((await changes.next()).value.handle, "lost");
  backend.heal();
  assert.equal((await changes.next()).value.handle, "open");
});

test("listening ends with its loop, its signal and its store", async () => {
  const store = await openStore();
  for await (const health of store.healthChanges()) {
    assert.equal(health.handle, "open");
    break;
  }
  const controller = new AbortController();
  const aborted = store.healthChanges({ signal: controller.signal });
  await aborted.next();
  const waiting = aborted.next();
  const reason = new Error("left");
  controller.abort(reason);
  await rejection(waiting, "aborted", { cause: reason });
  assert.equal((await aborted.next()).done, true);

  const closed = store.healthChanges();
  await closed.next();
  const last = closed.next();
  const returned = store.healthChanges();
  await returned.next();
  const unfinished = returned.next();
  await returned.return();
  assert.equal((await unfinished).done, true);
  await store.close();
  assert.equal((await last).done, true);
  assert.equal((await store.health()).handle, "closed");
  await rejection(store.requestPersistence(), "closed");
});

test("G12: options that are none reject", async () => {
  const store = await openStore();
  await rejection(store.healthChanges({ signal: 1 }).next(), "invalid_argument", { field: "signal" });
  await rejection(store.healthChanges({ every: 1 }).next(), "invalid_argument", { field: "options.every" });
});
