import assert from "node:assert/strict";
import { test } from "node:test";

import { AggregateRepository } from "../../pkg/dist/index.node.js";
import { defineWallet, deposit, intercept, openStore, rawFailure, rejection } from "./support.mjs";

async function wallets(definition = {}, faults = []) {
  const store = await openStore(faults);
  return { store, repository: new AggregateRepository(store, { aggregate: defineWallet(definition) }) };
}

const depositing = (cents) => () => [{ eventType: "FundsDeposited", eventData: { cents } }];

test("execute decides on the state it loaded and appends with that version", async () => {
  const { store, repository } = await wallets();
  await store.appendEvent(deposit(100), { expectedVersion: 0 });
  const receipt = await repository.execute(
    "w1",
    (state) => [
      { eventType: "FundsWithdrawn", eventData: { cents: state.cents / 2 } },
      { eventType: "FundsDeposited", eventData: { cents: 1 }, causedBy: "bonus", tags: ["promo"] },
    ],
    { causedBy: "u1", correlationId: "c1", causationId: "cmd" },
  );
  assert.deepEqual([receipt.firstSequenceNumber, receipt.lastSequenceNumber, receipt.versions.w1], [2, 3, 3]);
  assert.equal((await repository.load("w1")).state.cents, 51);
  const [, second, third] = await store.getEvents();
  assert.deepEqual([second.causedBy, second.correlationId, second.causationId], ["u1", "c1", "cmd"]);
  assert.deepEqual([third.causedBy, third.tags], ["bonus", ["promo"]]);
});

test("an empty decision appends nothing, and what decide throws passes through", async () => {
  const { store, repository } = await wallets();
  assert.equal(await repository.execute("w1", () => []), undefined);
  const refusal = new Error("not enough");
  await assert.rejects(repository.execute("w1", () => { throw refusal; }), refusal);
  await rejection(repository.execute("w1", async () => []), "invalid_argument", { field: "decision" });
  await rejection(repository.execute("w1", () => [{ eventType: "FundsDeposited", eventData: { cents: NaN } }]), "invalid_event", {
    field: "events[0].eventData.cents",
  });
  await rejection(repository.execute("w1", () => [{ eventType: "FundsLost", eventData: {} }]), "unknown_event_type");
  assert.equal(await store.getLastSequenceNumber(), 0);
});

test("a definition's decide takes commands", async () => {
  const { repository } = await wallets({
    decide: (state, { kind, cents }) => {
      if (kind === "withdraw" && cents > state.cents) throw new Error("not enough");
      return [{ eventType: kind === "withdraw" ? "FundsWithdrawn" : "FundsDeposited", eventData: { cents } }];
    },
  });
  await repository.execute("w1", { kind: "deposit", cents: 10 });
  await repository.execute("w1", { kind: "withdraw", cents: 4 });
  await assert.rejects(repository.execute("w1", { kind: "withdraw", cents: 7 }), /not enough/);
  assert.equal((await repository.load("w1")).state.cents, 6);
});

test("G5: a repeated command returns its first receipt and decides nothing", async () => {
  const { store, repository } = await wallets();
  const first = await repository.execute("w1", depositing(5), { commandId: "cmd-1" });
  await repository.execute("w1", depositing(1));
  let decisions = 0;
  const again = await repository.execute("w1", () => { decisions += 1; return []; }, { commandId: "cmd-1" });
  assert.deepEqual(again, { ...first, replayed: true });
  assert.equal(decisions, 0);
  assert.equal(await store.getLastSequenceNumber(), 2);
  await rejection(repository.execute("w2", depositing(1), { commandId: "cmd-1" }), "invalid_argument", { field: "commandId" });
});

test("G5: the same command sent twice at once is stored once", async () => {
  const { store, repository } = await wallets();
  const [left, right] = await Promise.all([
    repository.execute("w1", depositing(5), { commandId: "cmd-1" }),
    repository.execute("w1", depositing(6), { commandId: "cmd-1" }),
  ]);
  assert.deepEqual(left.head, right.head);
  assert.equal(await store.getLastSequenceNumber(), 1);
});

test("G3: commands that meet each other are decided again, and none is lost", async () => {
  const { store, repository } = await wallets();
  await Promise.all(Array.from({ length: 8 }, () => repository.execute("w1", depositing(1), { retries: 50 })));
  assert.equal((await repository.load("w1")).state.cents, 8);
  assert.equal(await store.getLastSequenceNumber(), 8);
});

test("without retries a conflict is the answer", async (context) => {
  const { store, repository } = await wallets();
  let decisions = 0;
  intercept(context, "append", async (original) => {
    if (decisions === 1) throw { foldlogError: JSON.stringify({ code: "concurrency_conflict", message: "x", retryable: false, outcome: "not_committed", conflicts: [] }) };
    return original();
  });
  const decide = () => {
    decisions += 1;
    return depositing(1)();
  };
  await rejection(repository.execute("w1", decide, { retries: 0 }), "concurrency_conflict");
  assert.equal(decisions, 1);
  assert.equal(await store.getLastSequenceNumber(), 0);
});

test("G11: after an unknown outcome the same bytes are sent until it is known", async (context) => {
  const { store, repository } = await wallets();
  const sent = [];
  intercept(context, "append", async (original, events, options) => {
    sent.push([events, options]);
    if (sent.length === 1) {
      await original();
      throw rawFailure("network", "unknown");
    }
    if (sent.length === 2) throw rawFailure("storage_unavailable", "not_committed");
    return original();
  });
  let decisions = 0;
  const receipt = await repository.execute("w1", () => {
    decisions += 1;
    return depositing(1)();
  });
  assert.equal(receipt.replayed, true);
  assert.equal(decisions, 1);
  assert.deepEqual(sent, [sent[0], sent[0], sent[0]]);
  assert.equal(await store.getLastSequenceNumber(), 1);
});

test("G11: at the deadline an unknown outcome is reported as unknown", async () => {
  const { repository } = await wallets({}, [{ on: "append", fault: "lost_before_commit" }]);
  for (const deadline of [20, new Date(Date.now() + 20)]) {
    await rejection(repository.execute("w1", depositing(1), { deadline }), "storage_unavailable", { outcome: "unknown" });
  }
});

test("a command aborted before its append is not committed", async () => {
  const { store, repository } = await wallets();
  const reason = new Error("left");
  const controller = new AbortController();
  const decide = () => {
    controller.abort(reason);
    return depositing(1)();
  };
  await rejection(repository.execute("w1", decide, { signal: controller.signal }), "aborted", { outcome: "not_committed", cause: reason });
  assert.equal(await store.getLastSequenceNumber(), 0);
});
