import assert from "node:assert/strict";
import { test } from "node:test";

import { Aggregate } from "../../pkg/dist/index.node.js";
import { AssertionError, given } from "../../pkg/dist/testing.js";
import { defineWallet } from "./support.mjs";

const deposited = (cents) => ({ eventType: "FundsDeposited", eventData: { cents } });
const withdrawn = (cents) => ({ eventType: "FundsWithdrawn", eventData: { cents } });

const Wallet = defineWallet({
  decide(state, { cents }) {
    if (cents > state.cents) throw new RangeError("not enough money");
    return cents === 0 ? [] : [withdrawn(cents)];
  },
});

class Payment extends Aggregate {
  static type = "payment";
  static eventTypes = ["PaymentInitiated", "PaymentCompleted"];
  status = "new";
  #cents = 0;

  get cents() {
    return this.#cents;
  }
  initiate(cents) {
    this.raise("PaymentInitiated", { cents });
  }
  complete() {
    if (this.status !== "initiated") throw new Error(`a payment that is ${this.status} cannot be completed`);
    this.raise("PaymentCompleted", null);
  }
  applyEvent(event) {
    this.status = event.eventType === "PaymentInitiated" ? "initiated" : "completed";
    this.#cents = event.eventData?.cents ?? this.#cents;
  }
}

function failure(run) {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof AssertionError, String(error?.stack));
    return error;
  }
  return assert.fail("nothing failed");
}

test("functions: events, a command, and what it leads to", () => {
  given(Wallet, [deposited(1000)])
    .when({ cents: 250 })
    .thenEvents([withdrawn(250)])
    .thenState({ cents: 750 });
  given(Wallet, [deposited(1000)]).when(() => [deposited(1), withdrawn(2)]).thenEvents([deposited(1), withdrawn(2)]);
  given(Wallet, [deposited(1000), withdrawn(1)]).thenState({ cents: 999 });
  given(Wallet).when({ cents: 0 }).thenNothing().thenState({ cents: 0 });
});

test("classes: methods raise, getters and fields can be compared", () => {
  const initiated = { eventType: "PaymentInitiated", eventData: { cents: 500 } };
  given(Payment)
    .when((payment) => {
      payment.initiate(500);
      payment.complete();
    })
    .thenEvents([initiated, { eventType: "PaymentCompleted", eventData: null }])
    .thenState({ status: "completed", cents: 500 })
    .thenState((payment) => assert.equal(payment.version, 0));
  given(Payment, [initiated], { id: "p7" }).thenState({ id: "p7", version: 1 });
  given(Payment).when((payment) => payment.complete()).thenThrows("that is new");
});

test("what a decision throws is matched by class, text, expression, properties or function", () => {
  const outcome = given(Wallet).when({ cents: 1 });
  outcome.thenThrows().thenThrows(RangeError).thenThrows("enough").thenThrows(/^not/).thenThrows({ message: "not enough money" });
  outcome.thenThrows((error) => error instanceof Error).thenState({ cents: 0 });
  for (const wrong of [TypeError, "too much", /^enough/, { code: "x" }, () => false]) failure(() => outcome.thenThrows(wrong));
  assert.match(failure(() => outcome.thenThrows(TypeError)).message, /of class TypeError, but it was RangeError\("not enough money"\)/);
  assert.equal(failure(() => outcome.thenEvents([])).cause.message, "not enough money");
  failure(() => given(Wallet).when({ cents: 0 }).thenThrows());
  given(Wallet).when(() => [{ eventType: "FundsLost", eventData: null }]).thenThrows({ code: "unknown_event_type", eventType: "FundsLost" });
});

test("a difference is shown line by line, and the order of members does not count", () => {
  const outcome = given(Wallet).when(() => [{ eventType: "FundsDeposited", eventData: { cents: 1, note: "a" } }]);
  outcome.thenEvents([{ eventType: "FundsDeposited", eventData: { note: "a", cents: 1 } }]);
  const { message } = failure(() => outcome.thenEvents([{ eventType: "FundsDeposited", eventData: { cents: 2, note: "a" } }]));
  assert.equal(
    message,
    `other events were decided than expected
  (- expected, + actual)
  [
    {
      "eventData": {
-       "cents": 2,
+       "cents": 1,
        "note": "a",
      },
      "eventType": "FundsDeposited",
    },
  ]`,
  );
  assert.match(failure(() => outcome.thenNothing()).message, /\+ {3}\{/);
  assert.match(failure(() => outcome.thenState({ cents: 2 })).message, /- {3}"cents": 2,\n\+ {3}"cents": 1,/);
});

test("of the other fields those are compared that the expected event names", () => {
  const outcome = given(Wallet).when(() => [{ ...deposited(1), tags: ["a"], causedBy: "u1", createdAt: new Date(0) }]);
  outcome.thenEvents([deposited(1)]).thenEvents([{ ...deposited(1), tags: ["a"], causedBy: "u1", createdAt: new Date(0) }]);
  failure(() => outcome.thenEvents([{ ...deposited(1), tags: ["b"] }]));
  assert.throws(() => outcome.thenEvents([{ ...deposited(1), id: "x" }]), { code: "invalid_argument", field: "expected[0].id" });
  assert.throws(() => outcome.thenEvents([{ eventType: "FundsDeposited", eventData: { cents: NaN } }]), { code: "invalid_argument" });
});

test("the times and ids of a test are the same each time", () => {
  const seen = [];
  const Seeing = defineWallet({
    evolve(state, event) {
      seen.push([event.id, event.createdAt]);
      return state;
    },
  });
  for (const run of [1, 2]) {
    given(Seeing, [deposited(run)]).when(() => [deposited(run)]);
    seen.push("end");
  }
  const half = seen.indexOf("end") + 1;
  assert.deepEqual(seen.slice(0, half), seen.slice(half));
});

test("events of older releases go through the upcasters; what cannot be applied throws", () => {
  const Upcasting = defineWallet({
    upcasters: [{ eventType: "Deposited", schemaVersion: 1, nextEventType: "FundsDeposited", upcast: ({ euros }) => ({ cents: euros * 100 }) }],
  });
  given(Upcasting, [{ eventType: "Deposited", schemaVersion: 1, eventData: { euros: 2 } }, deposited(5)]).thenState({ cents: 205 });
  assert.throws(() => given(Upcasting, [{ ...deposited(1), schemaVersion: 3 }]), { code: "upcast_failed" });
  assert.throws(() => given(Wallet, [{ eventType: "FundsLost", eventData: null }]), { code: "unknown_event_type", sequenceNumber: 1 });
  assert.throws(() => given(Wallet, [{ eventType: "FundsDeposited", eventData: { cents: 1n } }]), { code: "invalid_event" });
});

test("G8: state that a snapshot loses is found", () => {
  const lists = { initial: () => new Map(), evolve: (state, event) => new Map(state).set(event.aggregateVersion, event.eventData.cents) };
  assert.throws(() => given(defineWallet(lists), [deposited(1)]), { code: "invalid_argument", message: /is of type Map/ });
  given(defineWallet({ ...lists, reducerVersion: undefined }), [deposited(1)]).thenState(new Map([[1, 1]]));
  const both = { toSnapshot: (state) => [...state], fromSnapshot: (pairs) => new Map(pairs) };
  given(defineWallet({ ...lists, ...both }), [deposited(1)]).when(() => [deposited(2)]).thenState(new Map([[1, 1], [2, 2]]));
  const forgetful = { ...both, toSnapshot: (state) => [...state].slice(1) };
  assert.match(failure(() => given(defineWallet({ ...lists, ...forgetful }), [deposited(1)])).message, /does not survive toSnapshot/);
});

test("state that something else than an event changes is found", () => {
  class Careless extends Payment {
    initiate(cents) {
      super.initiate(cents);
      this.status = "sent";
    }
  }
  assert.match(failure(() => given(Careless).when((payment) => payment.initiate(1))).message, /is not what its events fold to/);
  let count = 0;
  const Impure = defineWallet({ evolve: () => ({ cents: (count += 1) }) });
  assert.match(failure(() => given(Impure, [deposited(1)])).message, /is not what its events fold to/);
});

test("G12: arguments that are none are refused", () => {
  for (const wrong of [undefined, {}, 1]) assert.throws(() => given(wrong), { code: "invalid_argument" });
  assert.throws(() => given(Wallet, {}), { code: "invalid_argument", field: "events" });
  assert.throws(() => given(Wallet, [], { name: 1 }), { code: "invalid_argument", field: "options.name" });
  assert.throws(() => given(Wallet, [1]), { code: "invalid_event" });
});
