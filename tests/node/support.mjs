import assert from "node:assert/strict";

import { defineAggregate, EventStore, FoldlogError, memory } from "../../pkg/dist/index.node.js";
import { faulty } from "../../pkg/dist/testing.js";
import { RawStore } from "../../pkg/wasm/foldlog_wasm.js";

/** An empty log in memory, to which these faults happen. */
export function openStore(faults = []) {
  return EventStore.open(faulty(memory(), { faults }));
}

export function deposit(cents, more = {}) {
  return { aggregateId: "w1", aggregateType: "wallet", eventType: "FundsDeposited", eventData: { cents }, ...more };
}

export function withdrawal(cents, more = {}) {
  return { ...deposit(cents, more), eventType: "FundsWithdrawn" };
}

/** A wallet in the style of functions; `more` replaces parts of its definition. */
export function defineWallet(more = {}) {
  return defineAggregate({
    type: "wallet",
    reducerVersion: 1,
    initial: () => ({ cents: 0 }),
    evolve(state, event) {
      switch (event.eventType) {
        case "FundsDeposited":
          return { cents: state.cents + event.eventData.cents };
        case "FundsWithdrawn":
          return { cents: state.cents - event.eventData.cents };
      }
    },
    ...more,
  });
}

/** Expects a rejection with this code and these fields, and returns the error. */
export async function rejection(promise, code, fields = {}) {
  const error = await promise.then(
    () => assert.fail(`expected ${code}, but it succeeded`),
    (reason) => reason,
  );
  assert.ok(FoldlogError.is(error, code), `expected ${code}, got ${error?.stack}`);
  for (const [name, value] of Object.entries(fields)) assert.deepEqual(error[name], value, name);
  return error;
}

const { run: coreRun } = RawStore.prototype;

/**
 * Replaces an operation of the core for the time of a test. `double(original, ...args)` decides what a call does.
 */
export function intercept(context, operation, double) {
  const { run } = RawStore.prototype;
  RawStore.prototype.run = function (name, args) {
    const original = () => run.call(this, name, args);
    return name === operation ? double(original, ...args) : original();
  };
  context.after(() => {
    // The core's own, in whatever order several end.
    RawStore.prototype.run = coreRun;
  });
}

/** A rejection as the core makes them. */
export function rawFailure(code, outcome) {
  return { foldlogError: JSON.stringify({ code, message: `injected ${code}`, retryable: true, outcome }), cause: undefined };
}
