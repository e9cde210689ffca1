import assert from "node:assert/strict";
import { test } from "node:test";

import { Aggregate, AggregateRepository, defineAggregate } from "../../pkg/dist/index.node.js";
import { defineWallet, deposit, intercept, openStore, rawFailure, rejection, withdrawal } from "./support.mjs";

class Payment extends Aggregate {
  static type = "payment";
  static eventTypes = ["PaymentInitiated", "PaymentCompleted"];
  status = "new";
  cents = 0;

  initiate(cents) {
    this.raise("PaymentInitiated", { cents });
  }

  complete() {
    this.raise("PaymentCompleted", null);
  }

  applyEvent(event) {
    if (event.eventType === "PaymentInitiated") {
      this.cents = event.eventData.cents;
      this.status = "initiated";
    } else this.status = "completed";
  }
}

async function payments(options = {}) {
  const store = await openStore();
  return { store, repository: new AggregateRepository(store, { aggregate: Payment, ...options }) };
}

async function wallets(definition = {}, options = {}, faults = []) {
  const store = await openStore(faults);
  return { store, repository: new AggregateRepository(store, { aggregate: defineWallet(definition), ...options }) };
}

test("an unknown id is the initial state at version 0, unless it must exist", async () => {
  const { repository } = await wallets();
  const wallet = await repository.load("w1");
  assert.deepEqual([wallet.id, wallet.version, wallet.state], ["w1", 0, { cents: 0 }]);
  await rejection(repository.load("w1", { mustExist: true }), "aggregate_not_found", { aggregateId: "w1" });
});

test("functions: what is raised is applied, saved and loaded again", async () => {
  const { store, repository } = await wallets();
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 100 });
  wallet.raise("FundsWithdrawn", { cents: 30 }, { causedBy: "machine", tags: ["atm"] });
  assert.deepEqual([wallet.version, wallet.state.cents, wallet.uncommittedEvents.length], [0, 70, 2]);
  const ids = wallet.uncommittedEvents.map(({ id }) => id);

  const receipt = await repository.save(wallet, { causedBy: "u1", correlationId: "c1", causationId: "cmd1" });
  assert.deepEqual({ ...receipt.versions }, { w1: 2 });
  assert.deepEqual([wallet.version, wallet.uncommittedEvents.length], [2, 0]);
  const stored = await store.getEvents();
  assert.deepEqual(stored.map(({ id }) => id), ids);
  assert.deepEqual(stored.map(({ causedBy }) => causedBy), ["u1", "machine"]);
  assert.deepEqual(stored.map(({ correlationId }) => correlationId), ["c1", "c1"]);
  assert.deepEqual(stored.map(({ causationId }) => causationId), ["cmd1", "cmd1"]);
  assert.deepEqual(stored[1].tags, ["atm"]);
  assert.equal((await repository.load("w1")).state.cents, 70);
  assert.equal(await repository.save(wallet), undefined);
});

test("classes: methods raise, applyEvent changes the state", async () => {
  const { repository } = await payments();
  const payment = new Payment("p1");
  payment.initiate(500);
  payment.complete();
  await repository.save(payment);
  const loaded = await repository.load("p1", () => new Payment("p1"));
  assert.ok(loaded instanceof Payment);
  assert.deepEqual([loaded.status, loaded.cents, loaded.version], ["completed", 500, 2]);
  await rejection(repository.load("p1", () => new Payment("p2")), "invalid_argument", { field: "factory" });
  await rejection(repository.save(new (class extends Payment {})("p3")), "invalid_argument", { field: "aggregate" });
});

test("loadVersion is the state at that version, and refuses one that does not exist", async () => {
  const { store, repository } = await wallets();
  await store.appendEvents([deposit(100), withdrawal(30), deposit(5)], { expectedVersion: 0 });
  const cents = async (version) => (await repository.loadVersion("w1", version)).state.cents;
  assert.deepEqual([await cents(0), await cents(1), await cents(2), await cents(3)], [0, 100, 70, 75]);
  await rejection(repository.loadVersion("w1", 4), "invalid_argument", { field: "version" });
  await rejection(repository.loadVersion("w1", -1), "invalid_argument");
});

test("a conflict keeps the uncommitted events; of two savers one succeeds", async () => {
  const { repository } = await wallets();
  const [left, right] = [await repository.load("w1"), await repository.load("w1")];
  left.raise("FundsDeposited", { cents: 1 });
  right.raise("FundsDeposited", { cents: 2 });
  await repository.save(left);
  await rejection(repository.save(right), "concurrency_conflict", { conflicts: [{ aggregateId: "w1", expected: 0, actual: 1 }] });
  assert.deepEqual([right.version, right.uncommittedEvents.length], [0, 1]);
});

test("G5, G11: a second save after an unknown outcome is a replay, even if more was raised", async () => {
  const { store, repository } = await wallets({}, {}, [{ on: "append", call: 1, fault: "lost_after_commit" }]);
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 100 });
  await rejection(repository.save(wallet, { correlationId: "first" }), "storage_unavailable", { outcome: "unknown" });
  assert.equal(wallet.uncommittedEvents.length, 1);
  wallet.raise("FundsWithdrawn", { cents: 1 });
  const receipt = await repository.save(wallet, { correlationId: "second" });
  assert.deepEqual([receipt.firstSequenceNumber, receipt.lastSequenceNumber], [2, 2]);
  assert.deepEqual([wallet.version, wallet.uncommittedEvents.length, wallet.state.cents], [2, 0, 99]);
  assert.deepEqual((await store.getEvents()).map((event) => event.correlationId), ["first", "second"]);
});

test("G11: an append that was not stored is sent again with its first bytes", async (context) => {
  const { store, repository } = await wallets();
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 100 });
  const sent = [];
  intercept(context, "append", async (original, events) => {
    sent.push(events);
    if (sent.length === 1) throw rawFailure("timeout", "unknown");
    if (sent.length === 2) throw rawFailure("storage_unavailable", "not_committed");
    return original();
  });
  await rejection(repository.save(wallet), "timeout");
  await rejection(repository.save(wallet), "storage_unavailable");
  assert.equal((await repository.save(wallet, { correlationId: "late" })).replayed, false);
  assert.deepEqual(sent, [sent[0], sent[0], sent[0]]);
  assert.equal(await store.getLastSequenceNumber(), 1);
});

test("saves of one aggregate run one after the other", async () => {
  const { store, repository } = await wallets();
  const wallet = await repository.load("w1");
  wallet.raise("FundsDeposited", { cents: 1 });
  const first = repository.save(wallet);
  wallet.raise("FundsDeposited", { cents: 2 });
  const second = repository.save(wallet);
  await Promise.all([first, second]);
  assert.equal(await store.getLastSequenceNumber(), 2);
  assert.deepEqual([wallet.version, wallet.uncommittedEvents.length], [2, 0]);
});

test("G6: neither the caller nor the fold can change what will be saved", async () => {
  const { store, repository } = await wallets({
    evolve(state, event) {
      event.eventData.cents *= 1000;
      return { cents: state.cents + event.eventData.cents };
    },
  });
  const wallet = await repository.load("w1");
  const data = { cents: 1 };
  wallet.raise("FundsDeposited", data);
  data.cents = 7;
  wallet.uncommittedEvents[0].eventData.cents = 8;
  await repository.save(wallet);
  assert.deepEqual((await store.getEvents())[0].eventData, { cents: 1 });
  assert.equal((await repository.load("w1")).state.cents, 1000);
  assert.deepEqual((await store.getEvents())[0].eventData, { cents: 1 });
});

test("what cannot be stored is refused when it is raised, and nothing is kept", async () => {
  const { repository } = await wallets();
  const wallet = await repository.load("w1");
  const raising = (...args) => rejection(Promise.resolve().then(() => wallet.raise(...args)), "invalid_event");
  assert.equal((await raising("FundsDeposited", { cents: 1n })).field, "event.eventData.cents");
  assert.equal((await raising("FundsDeposited", { cents: 1 }, { id: "x" })).field, "event.id");
  await rejection(Promise.resolve().then(() => wallet.raise("FundsLost", {})), "unknown_event_type", { eventType: "FundsLost" });
  assert.deepEqual([wallet.uncommittedEvents.length, wallet.state.cents], [0, 0]);
});

test("an unknown event type fails the load, unless the aggregate ignores it", async () => {
  const { store, repository } = await wallets();
  await store.appendEvents([deposit(1), { ...deposit(2), eventType: "FundsFrozen" }, deposit(4)], { expectedVersion: 0 });
  await rejection(repository.load("w1"), "unknown_event_type", { eventType: "FundsFrozen", aggregateId: "w1", sequenceNumber: 2 });
  const tolerant = new AggregateRepository(store, { aggregate: defineWallet({ unknownEvents: "ignore" }) });
  const wallet = await tolerant.load("w1");
  assert.deepEqual([wallet.state.cents, wallet.version], [5, 3]);

  await store.appendEvent({ aggregateId: "p1", aggregateType: "payment", eventType: "PaymentLost", eventData: 1 }, { expectedVersion: 0 });
  const strict = new AggregateRepository(store, { aggregate: Payment });
  await rejection(strict.load("p1"), "unknown_event_type", { eventType: "PaymentLost", sequenceNumber: 4 });
});

test("an aggregate of another type is a mismatch", async () => {
  const { store, repository } = await wallets();
  await store.appendEvent({ ...deposit(1), aggregateType: "payment" }, { expectedVersion: 0 });
  await rejection(repository.load("w1"), "aggregate_type_mismatch", { aggregateId: "w1", actual: "payment", given: "wallet" });
});

test("a repository refuses what it cannot work with", async () => {
  const store = await openStore();
  const make = (aggregate, options = {}) => Promise.resolve().then(() => new AggregateRepository(store, { aggregate, ...options }));
  const incomplete = class extends Aggregate {
    static type = "x";
    applyEvent() {}
  };
  await rejection(make(incomplete), "invalid_argument", { field: "aggregate" });
  await rejection(make({ type: "x" }), "invalid_argument", { field: "aggregate" });
  await rejection(make(Payment, { snapshotEvery: 10 }), "invalid_argument", { field: "snapshotEvery" });
  await rejection(make(defineWallet({ reducerVersion: undefined }), { snapshotEvery: 10 }), "invalid_argument", { field: "snapshotEvery" });
  await rejection(make(defineWallet(), { snapshotEvery: 0 }), "invalid_argument", { field: "snapshotEvery" });
  await rejection(make(defineWallet(), { snapshots: 1 }), "invalid_argument", { field: "options.snapshots" });
  await rejection(Promise.resolve().then(() => defineAggregate({ type: "x", initial: () => 0 })), "invalid_argument", { field: "evolve" });
});

test("old events are upcast step by step, and what is stored does not change", async () => {
  const upcasters = [
    { eventType: "FundsDeposited", schemaVersion: 2, upcast: ({ cents, currency }) => ({ cents, currency, fee: 0 }) },
    { eventType: "Deposited", schemaVersion: 1, nextEventType: "FundsDeposited", upcast: ({ euros }) => ({ cents: euros * 100, currency: "EUR" }) },
  ];
  const seen = [];
  const { store, repository } = await wallets({
    upcasters,
    evolve(state, event) {
      seen.push([event.eventType, event.schemaVersion, event.eventData]);
      return { cents: state.cents + event.eventData.cents };
    },
  });
  await store.appendEvents(
    [
      { ...deposit(0), eventType: "Deposited", eventData: { euros: 2 } },
      deposit(0, { schemaVersion: 2, eventData: { cents: 5, currency: "USD" } }),
    ],
    { expectedVersion: 0 },
  );
  const wallet = await repository.load("w1");
  assert.equal(wallet.state.cents, 205);
  assert.deepEqual(seen, [
    ["FundsDeposited", 3, { cents: 200, currency: "EUR", fee: 0 }],
    ["FundsDeposited", 3, { cents: 5, currency: "USD", fee: 0 }],
  ]);
  assert.deepEqual((await store.getEvents()).map((event) => event.eventData), [{ euros: 2 }, { cents: 5, currency: "USD" }]);

  wallet.raise("FundsDeposited", { cents: 1, currency: "EUR", fee: 0 });
  await repository.save(wallet);
  assert.equal((await store.getEvents({ fromSequence: 3 }))[0].schemaVersion, 3);
  assert.equal((await repository.load("w1")).state.cents, 206);
});

test("a missing, failing or newer step is upcast_failed at that event", async () => {
  const step = (schemaVersion, upcast = (data) => data) => ({ eventType: "FundsDeposited", schemaVersion, upcast });
  const load = async (upcasters, schemaVersion) => {
    const { store, repository } = await wallets({ upcasters });
    await store.appendEvents([withdrawal(1), deposit(1, { schemaVersion })], { expectedVersion: 0 });
    return rejection(repository.load("w1"), "upcast_failed", { eventType: "FundsDeposited", schemaVersion, sequenceNumber: 2 });
  };
  await load([step(2)], 1);
  await load([step(1)], 3);
  const cause = new Error("no such member");
  assert.equal((await load([step(1, () => { throw cause; })], 1)).cause, cause);
  await load([step(1, async (data) => data)], 1);
});
