import assert from "node:assert/strict";
import { test } from "node:test";

import { Aggregate, AggregateRepository } from "../../pkg/dist/index.node.js";
import { defineWallet, deposit, openStore } from "./support.mjs";

const REDUCER = "wallet/1";

function repositoryOf(store, definition = {}, options = {}) {
  const warnings = [];
  const aggregate = typeof definition === "function" ? definition : defineWallet(definition);
  const repository = new AggregateRepository(store, {
    aggregate,
    snapshotEvery: 3,
    snapshotCheckRate: 1,
    onWarning: (warning) => warnings.push(warning),
    ...options,
  });
  return { repository, warnings };
}

async function raise(repository, count) {
  const wallet = await repository.load("w1");
  for (let index = 0; index < count; index += 1) wallet.raise("FundsDeposited", { cents: 1 });
  await repository.save(wallet);
  return wallet;
}

test("a snapshot is made by the save that reaches or passes a multiple", async () => {
  const store = await openStore();
  const { repository, warnings } = repositoryOf(store);
  const at = async () => (await store.getSnapshot("w1", { reducer: REDUCER }))?.aggregateVersion;
  await raise(repository, 2);
  assert.equal(await at(), undefined);
  await raise(repository, 2);
  assert.equal(await at(), 4);
  await raise(repository, 1);
  assert.equal(await at(), 4);
  await repository.execute("w1", () => [{ eventType: "FundsDeposited", eventData: { cents: 1 } }]);
  assert.equal(await at(), 6);
  assert.deepEqual((await store.getSnapshot("w1", { reducer: REDUCER })).data, { cents: 6 });
  assert.deepEqual(warnings, []);
});

test("G8: loading from a snapshot folds only what follows it, to the same state", async () => {
  const store = await openStore();
  const applied = [];
  const evolve = (state, event) => {
    applied.push(event.aggregateVersion);
    return { cents: state.cents + event.eventData.cents };
  };
  const { repository } = repositoryOf(store, { evolve }, { snapshotCheckRate: 0 });
  await raise(repository, 4);
  await store.appendEvent(deposit(10), { expectedVersion: 4 });
  applied.length = 0;
  const wallet = await repository.load("w1");
  assert.deepEqual([wallet.state.cents, wallet.version, applied], [14, 5, [5]]);
  applied.length = 0;
  assert.equal((await repository.loadVersion("w1", 2)).state.cents, 2);
  assert.deepEqual(applied, [1, 2]);
});

test("G8: a snapshot that is not what the events fold to is found, deleted and told", async () => {
  const store = await openStore();
  const { repository, warnings } = repositoryOf(store);
  await store.appendEvents([deposit(1), deposit(2), deposit(3)], { expectedVersion: 0 });
  await store.createSnapshot("w1", "wallet", 2, { cents: 1_000_000 }, { reducer: REDUCER });
  assert.equal((await repository.load("w1")).state.cents, 6);
  assert.deepEqual(warnings.map(({ code, aggregateId }) => [code, aggregateId]), [["snapshot_mismatch", "w1"]]);
  assert.equal(await store.getSnapshot("w1", { reducer: REDUCER }), undefined);
  assert.equal((await repository.load("w1")).state.cents, 6);
  assert.equal(warnings.length, 1);
});

test("G8: another reducer version or other upcasters do not see the snapshot", async () => {
  const store = await openStore();
  await raise(repositoryOf(store).repository, 3);
  await store.createSnapshot("w1", "wallet", 3, { cents: 77 }, { reducer: REDUCER });
  const upcasters = [{ eventType: "FundsDeposited", schemaVersion: 1, upcast: (data) => data }];
  for (const definition of [{ reducerVersion: 2 }, { upcasters }]) {
    const { repository, warnings } = repositoryOf(store, definition, { snapshotCheckRate: 0 });
    assert.equal((await repository.load("w1")).state.cents, 3);
    assert.deepEqual(warnings, []);
  }
});

test("a snapshot that fails after the append does not fail the save", async (context) => {
  const store = await openStore([{ on: "createSnapshot", fault: "quota_exceeded" }]);
  const { repository, warnings } = repositoryOf(store, {}, {});
  const wallet = await raise(repository, 3);
  assert.equal(wallet.version, 3);
  assert.deepEqual(warnings.map(({ code }) => code), ["quota_exceeded"]);
  const throwing = repositoryOf(store, {}, { onWarning: () => { throw new Error("listener"); } });
  context.mock.method(console, "error", () => undefined);
  assert.equal((await raise(throwing.repository, 3)).version, 6);
});

test("state that JSON cannot carry needs toSnapshot and fromSnapshot", async () => {
  const store = await openStore();
  const lists = {
    initial: () => new Map(),
    evolve: (state, event) => new Map(state).set(event.aggregateVersion, event.eventData.cents),
  };
  const bare = repositoryOf(store, lists);
  await raise(bare.repository, 3);
  assert.deepEqual(bare.warnings.map(({ code }) => code), ["invalid_argument"]);
  assert.match(bare.warnings[0].message, /of type Map/);

  const { repository, warnings } = repositoryOf(store, {
    ...lists,
    toSnapshot: (state) => [...state],
    fromSnapshot: (pairs) => new Map(pairs),
  });
  await raise(repository, 3);
  assert.equal((await store.getSnapshot("w1", { reducer: REDUCER })).aggregateVersion, 6);
  assert.deepEqual([...(await repository.load("w1")).state.keys()], [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(warnings, []);
});

test("a snapshot that fromSnapshot refuses is deleted, and the events are folded", async () => {
  const store = await openStore();
  await raise(repositoryOf(store).repository, 3);
  const { repository, warnings } = repositoryOf(store, { fromSnapshot: () => { throw new Error("old shape"); } });
  assert.equal((await repository.load("w1")).state.cents, 3);
  assert.equal(warnings.length, 1);
  assert.equal(await store.getSnapshot("w1", { reducer: REDUCER }), undefined);
});

test("classes have snapshots through their two methods", async () => {
  class Wallet extends Aggregate {
    static type = "wallet";
    static eventTypes = ["FundsDeposited"];
    static reducerVersion = 1;
    #cents = 0;
    get cents() {
      return this.#cents;
    }
    deposit(cents) {
      this.raise("FundsDeposited", { cents });
    }
    applyEvent(event) {
      this.#cents += event.eventData.cents;
    }
    toSnapshot() {
      return { cents: this.#cents };
    }
    fromSnapshot({ cents }) {
      this.#cents = cents;
    }
  }
  const store = await openStore();
  const { repository, warnings } = repositoryOf(store, Wallet);
  await repository.execute("w1", (wallet) => {
    for (const cents of [1, 2, 3, 4]) wallet.deposit(cents);
  });
  assert.deepEqual((await store.getSnapshot("w1", { reducer: REDUCER })).data, { cents: 10 });
  assert.equal((await repository.load("w1")).cents, 10);
  assert.deepEqual(warnings, []);
});
