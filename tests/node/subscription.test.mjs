import assert from "node:assert/strict";
import { test } from "node:test";

import { deposit, openStore, rejection, withdrawal } from "./support.mjs";

async function storeWith(count) {
  const store = await openStore();
  if (count > 0) await store.appendEvents(Array.from({ length: count }, (_, index) => deposit(index + 1)), { expectedVersion: 0 });
  return store;
}

test("G7: every event once and in order, over the hand-over from stored to new", async () => {
  const store = await storeWith(600);
  const seen = [];
  const subscription = store.subscribe({}, { pageSize: 100 });
  for await (const event of subscription) {
    seen.push(event.sequenceNumber);
    assert.equal(subscription.position, event.sequenceNumber);
    if (event.sequenceNumber === 300) await store.appendEvent(deposit(601), { expectedVersion: 600 });
    if (event.sequenceNumber === 601) setTimeout(() => store.appendEvent(deposit(602), { expectedVersion: 601 }), 5);
    if (event.sequenceNumber === 602) break;
  }
  assert.deepEqual(seen, Array.from({ length: 602 }, (_, index) => index + 1));
});

test("the position advances over what does not match, and caughtUp tells", async () => {
  const store = await storeWith(5);
  const subscription = store.subscribe({ eventTypes: ["FundsWithdrawn"] });
  assert.equal(subscription.caughtUp, false);
  for await (const page of subscription.pages()) {
    assert.equal(page.length, 0);
    if (page.caughtUp) break;
  }
  assert.equal(subscription.position, 5);
  assert.equal(subscription.caughtUp, true);
  assert.equal(typeof subscription.cursor, "string");
});

test("a subscription begins after a number, a cursor, or at the end", async () => {
  const store = await storeWith(4);
  const after = async (position) => (await store.subscribe({}, { after: position })[Symbol.asyncIterator]().next()).value.sequenceNumber;
  assert.equal(await after(0), 1);
  assert.equal(await after(2), 3);
  let cursor;
  for await (const page of store.subscribe({}, { pageSize: 3 }).pages()) {
    cursor = page.cursor;
    assert.deepEqual(page.map((event) => event.sequenceNumber), [1, 2, 3]);
    break;
  }
  assert.equal(await after(cursor), 4);
  const atEnd = store.subscribe({}, { after: "end" })[Symbol.asyncIterator]().next();
  await new Promise((resolve) => setTimeout(resolve, 5));
  await store.appendEvent(deposit(5), { expectedVersion: 4 });
  assert.equal((await atEnd).value.sequenceNumber, 5);
});

test("leaving the loop ends it quietly", async () => {
  const store = await storeWith(3);
  const subscription = store.subscribe();
  for await (const event of subscription) if (event.sequenceNumber === 2) break;
  assert.equal(subscription.position, 2);
  await store.close();
});

test("an aborted signal rejects with aborted, waiting or not, and the cause is its reason", async () => {
  const store = await storeWith(2);
  const reason = new Error("page left");
  const controller = new AbortController();
  const seen = [];
  const loop = (async () => {
    for await (const event of store.subscribe({}, { signal: controller.signal })) seen.push(event.sequenceNumber);
  })();
  setTimeout(() => controller.abort(reason), 10);
  assert.equal((await rejection(loop, "aborted")).cause, reason);
  assert.deepEqual(seen, [1, 2]);

  const middle = new AbortController();
  const inTheMiddle = (async () => {
    for await (const event of store.subscribe({}, { signal: middle.signal })) {
      seen.push(event.sequenceNumber);
      middle.abort();
    }
  })();
  await rejection(inTheMiddle, "aborted");
  assert.deepEqual(seen, [1, 2, 1]);
  await rejection(store.subscribe({}, { signal: AbortSignal.abort(reason) }).pages().next(), "aborted", { cause: reason });
});

test("close of the store or of the subscription ends a waiting loop quietly", async () => {
  for (const end of ["store", "subscription"]) {
    const store = await storeWith(1);
    const subscription = store.subscribe();
    setTimeout(() => (end === "store" ? store.close() : subscription.close()), 10);
    const seen = [];
    for await (const event of subscription) seen.push(event.sequenceNumber);
    assert.deepEqual(seen, [1]);
  }
});

test("return() does not wait for a next() that waits", async () => {
  const store = await storeWith(0);
  const iterator = store.subscribe()[Symbol.asyncIterator]();
  const waiting = iterator.next();
  assert.deepEqual(await iterator.return(), { done: true, value: undefined });
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.deepEqual(await iterator.next(), { done: true, value: undefined });
});

test("overlapping calls of next() are answered in order", async () => {
  const store = await storeWith(3);
  const iterator = store.subscribe()[Symbol.asyncIterator]();
  const results = await Promise.all([iterator.next(), iterator.next(), iterator.next()]);
  assert.deepEqual(results.map(({ value }) => value.sequenceNumber), [1, 2, 3]);
  await iterator.return();
});

test("a subscription is iterated once", async () => {
  const store = await storeWith(1);
  const subscription = store.subscribe();
  await subscription[Symbol.asyncIterator]().next();
  await rejection(subscription.pages().next(), "invalid_argument");
  subscription.close();
});

test("a filter selects from stored and from new events", async () => {
  const store = await storeWith(2);
  const iterator = store.subscribe({ eventTypes: ["FundsWithdrawn"] })[Symbol.asyncIterator]();
  const next = iterator.next();
  await store.appendEvents([deposit(1), withdrawal(7), deposit(1)], { expectedVersion: 2 });
  assert.equal((await next).value.sequenceNumber, 4);
  await iterator.return();
});
