import assert from "node:assert/strict";
import { test } from "node:test";

import { defineWallet } from "./support.mjs";

test("an aggregate can be used without any store, and its ids are UUIDv7", () => {
  const Wallet = defineWallet();
  const wallet = new Wallet("w1");
  wallet.raise("FundsDeposited", { cents: 100 });
  wallet.raise("FundsWithdrawn", { cents: 30 }, { metadata: { device: "phone" }, createdAt: new Date(0) });
  assert.deepEqual(wallet.state, { cents: 70 });
  const [first, second] = wallet.uncommittedEvents;
  assert.match(first.id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.notEqual(first.id, second.id);
  assert.ok(Math.abs(Number.parseInt(first.id.replace("-", "").slice(0, 12), 16) - Date.now()) < 60_000);
  assert.ok(Math.abs(Date.parse(first.createdAt) - Date.now()) < 60_000);
  assert.deepEqual({ ...second, id: "" }, {
    id: "",
    aggregateId: "w1",
    aggregateType: "wallet",
    eventType: "FundsWithdrawn",
    schemaVersion: 1,
    eventData: { cents: 30 },
    metadata: { device: "phone" },
    createdAt: "1970-01-01T00:00:00.000Z",
  });
});

test("the functions of a definition can be tested by themselves", () => {
  const { definition, type } = defineWallet();
  assert.equal(type, "wallet");
  assert.deepEqual(definition.evolve(definition.initial(), { eventType: "FundsDeposited", eventData: { cents: 1 } }), { cents: 1 });
});
