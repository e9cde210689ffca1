// What a save appends is settled by its call, whatever happens before its turn comes.
import assert from "node:assert/strict";
import { test } from "node:test";

import { AggregateRepository } from "../../../pkg/dist/index.node.js";
import { defineWallet, deposit, openStore, rejection } from "../support.mjs";

async function wallets(faults = []) {
  const store = await openStore(faults);
  return { store, repository: new AggregateRepository(store, { aggregate: defineWallet() }) };
}

async function storedCents(store) {
  return (await store.getEvents()).map(({ eventData }) => eventData.cents);
}

test("G4: a save keeps its place among the appends of its caller", async () => {
  const { store, repository } = await wallets();
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 1 });
  const saved = repository.save(wallet);
  await Promise.all([saved, store.appendEvent(deposit(2, { aggregateId: "w2" }), { expectedVersion: 0 })]);
  assert.equal((await saved).firstSequenceNumber, 1);
});

test("a save appends what was raised before its call, also while another save is under way", async () => {
  const { store, repository } = await wallets();
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 1 });
  const first = repository.save(wallet);
  wallet.raise("FundsDeposited", { cents: 2 });
  const second = repository.save(wallet, { causedBy: "second" });
  wallet.raise("FundsDeposited", { cents: 3 });
  const nothingNew = repository.save(wallet);
  wallet.raise("FundsDeposited", { cents: 4 });
  const receipts = await Promise.all([first, second, nothingNew]);
  assert.deepEqual(receipts.map((receipt) => receipt.lastSequenceNumber), [1, 2, 3]);
  assert.deepEqual(wallet.uncommittedEvents.map(({ eventData }) => eventData.cents), [4]);
  assert.equal(await repository.save(wallet).then(({ versions }) => versions.w1), 4);
  assert.equal(await repository.save(wallet), undefined);
  assert.deepEqual(await storedCents(store), [1, 2, 3, 4]);
  assert.deepEqual((await store.getEvents()).map(({ causedBy }) => causedBy), [null, "second", null, null]);
});

test("what a failed save kept goes with the save that waited for it", async () => {
  const { store, repository } = await wallets([{ on: "append", call: 1, fault: "not_committed" }]);
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 1 });
  const failing = repository.save(wallet);
  wallet.raise("FundsDeposited", { cents: 2 });
  const waiting = repository.save(wallet);
  wallet.raise("FundsDeposited", { cents: 3 });
  await rejection(failing, "storage_unavailable", { outcome: "not_committed" });
  assert.equal((await waiting).versions.w1, 2);
  assert.deepEqual(await storedCents(store), [1, 2]);
});

test("a save that is refused when it is called leaves the aggregate as it was", async () => {
  const { store, repository } = await wallets();
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 1 });
  await rejection(repository.save(wallet, { causedBy: 7 }), "invalid_argument", { field: "causedBy", outcome: "not_committed" });
  await rejection(repository.save(wallet, { signal: AbortSignal.abort() }), "aborted", { outcome: "not_committed" });
  assert.equal((await repository.save(wallet)).versions.w1, 1);
  assert.deepEqual(await storedCents(store), [1]);
});
