import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

/** A UUID of version 7 with the time of now. */
export function timeOrderedId() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

export function deposit(aggregateId, amount, more = {}) {
  return { aggregateId, aggregateType: "account", eventType: "Deposited", eventData: { amount }, ...more };
}

/** Appends `count` events of its own to an aggregate, in appends of `batch`. */
export async function fill(client, aggregateId, count, { store, batch = 100 } = {}) {
  for (let done = 0; done < count; done += batch) {
    const events = Array.from({ length: Math.min(batch, count - done) }, (_, index) => deposit(aggregateId, done + index));
    await client.call("append", { store, events, options: { expectedVersion: done === 0 ? "any" : "exists" } });
  }
}

/** Expects a call to be rejected with this code and these fields. */
export async function rejects(promise, code, fields = {}) {
  const error = await promise.then(
    (value) => assert.fail(`expected ${code}, got ${JSON.stringify(value)?.slice(0, 300)}`),
    (reason) => reason,
  );
  assert.equal(error.code, code, error.stack);
  for (const [name, value] of Object.entries(fields)) assert.deepEqual(error[name], value, `${name} of ${error.message}`);
  return error;
}

/** Fails if the promise takes longer: where a hang is what the test is about. */
export async function within(milliseconds, what, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: `${what} took longer than ${milliseconds} ms` })), milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Expects the log to verify and to have so many events. */
export async function verifies(client, events, { store } = {}) {
  const report = await client.call("verify", { store });
  assert.equal(report.ok, true, JSON.stringify(report));
  if (events !== undefined) assert.equal(report.events, events);
}
