// Opening, closing, coming back.
import assert from "node:assert/strict";

import { checkSubscription } from "../checker.mjs";
import { CHROMIUM } from "../support/engines.mjs";
import { deposit, fill, rejects, verifies, within } from "../support/events.mjs";
import { assertNone, toLog } from "../support/history.mjs";

const LOG = "lifecycle";

export const tests = [
  { name: "missing-log", run: missingLog },
  { name: "expected-head", run: expectedHead },
  { name: "expected-head-of-a-damaged-log", run: expectedHeadOfADamagedLog },
  { name: "not-strict", run: notStrict },
  { name: "two-handles", run: twoHandles },
  { name: "close", run: close },
  { name: "back-forward-cache", run: backForwardCache, engines: CHROMIUM },
];

async function missingLog(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await rejects(tab.call("open", { log: LOG, options: { create: false } }), "log_not_found", { retryable: false });
    assert.deepEqual(await tab.call("databases"), []);
  }
  const head = await tab.call("open", { log: LOG });
  assert.equal(head.sequenceNumber, 0);
  assert.deepEqual(await tab.call("open", { log: LOG, options: { create: false }, store: "again" }), head);
}

async function expectedHead(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const created = await tab.call("open", { log: LOG });
  await fill(tab, "alice", 30, { batch: 7 });
  const head = await tab.call("head", {});
  const inside = await tab.call("head", { at: 14 });
  const open = (expectHead) => tab.call("open", { log: LOG, options: { create: false, expectHead }, store: "checked" });
  for (const right of [created, inside, head]) assert.deepEqual(await open(right), head);
  await rejects(open({ ...head, sequenceNumber: 31 }), "log_rewound", { sequenceNumber: 30 });
  await rejects(open({ ...inside, link: head.link }), "log_diverged", { sequenceNumber: 14 });
  await rejects(open({ ...head, epoch: crypto.randomUUID() }), "epoch_changed");
  // A restored log: both the head that the old one had and the one with which the new epoch began right behind it.
  await tab.call("open", { log: "restored", store: "restored" });
  const lines = await tab.call("exportLines", {});
  const restored = await tab.call("importText", { store: "restored", text: `${lines.join("\n")}\n` });
  await tab.call("append", { store: "restored", events: [deposit("bob", 1)], options: { expectedVersion: 0 } });
  for (const right of [head, inside, restored.head]) {
    await tab.call("open", { log: "restored", options: { create: false, expectHead: right }, store: "again" });
    await tab.call("close", { store: "again" });
  }
  await tab.call("close", { store: "restored" });
  await tab.call("deleteDatabase", { log: "restored" });
  // A log that lost its end, with `create` as it is by default: it must not pass for the old one.
  await tab.call("close", {});
  await tab.call("close", { store: "checked" });
  await tab.call("deleteDatabase", { log: LOG });
  const error = await tab.call("open", { log: LOG, options: { expectHead: head } }).catch((reason) => reason);
  assert.ok(["log_rewound", "epoch_changed", "log_not_found"].includes(error.code), `an empty log passed for the old one: ${JSON.stringify(error)}`);
  const left = await tab.call("databases");
  t.note(`an evicted log, opened with the head that was kept: ${error.code}; databases afterwards: ${left.length}`);
}

/** Damaged at its end, a log opens read-only; with a head that is kept it does so only if the head is in what can be read. */
async function expectedHeadOfADamagedLog(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: LOG });
  for (let at = 0; at < 3; at += 1) await fill(tab, "alice", 1);
  const heads = [];
  for (const at of [0, 1, 2, 3]) heads.push(await tab.call("head", { at }));
  await tab.call("close", {});
  await tab.page.evaluate(async (log) => {
    const settled = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const database = await settled(indexedDB.open(log));
    await settled(database.transaction("commits", "readwrite").objectStore("commits").put("no record", 3));
    database.close();
  }, LOG);
  const open = (expectHead) => tab.call("openDamaged", { log: LOG, options: { create: false, expectHead } });
  for (const expected of [undefined, heads[0], heads[2]]) {
    await open(expected);
    assert.equal((await tab.call("getEvents", { query: { toSequence: 2 } })).length, 2);
    assert.equal((await tab.call("health", {})).handle, "read_only");
    await tab.call("close", {});
    assert.equal((await tab.call("health", {})).handle, "closed");
  }
  for (const lost of [heads[3], { ...heads[3], sequenceNumber: 9 }]) await rejects(open(lost), "storage_corrupted", { sequenceNumber: 3 });
  await rejects(open({ ...heads[1], link: heads[2].link }), "log_diverged", { sequenceNumber: 1 });
  t.count("end damaged, opened with a kept head", "read-only if the head can be read; else storage_corrupted at the damage");
}

/** A browser that ignores the durability of a transaction, as Firefox did before release 126: a receipt must not say `strict`. */
async function notStrict(t) {
  const browser = await t.browser();
  const tab = await browser.tab({ prepare: () => delete IDBTransaction.prototype.durability });
  await tab.call("open", { log: LOG, options: { durability: "strict" } });
  const receipt = await tab.call("append", { events: [deposit("alice", 1)], options: { expectedVersion: 0 } });
  assert.equal(receipt.durability, "relaxed");
  assert.equal((await tab.call("health", {})).durability, "relaxed");
}

async function twoHandles(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  for (const store of ["a", "b"]) await tab.call("open", { log: LOG, store });
  await tab.call("subscribe", { store: "a" });
  for (let version = 0; version < 20; version += 1) {
    const store = version % 2 === 0 ? "a" : "b";
    const other = version % 2 === 0 ? "b" : "a";
    await tab.call("append", { store, events: [deposit("alice", version)], options: { expectedVersion: version } });
    const late = tab.call("append", { store: other, events: [deposit("alice", version)], options: { expectedVersion: version } });
    const { conflicts } = await rejects(late, "concurrency_conflict");
    assert.deepEqual(conflicts, [{ aggregateId: "alice", expected: version, actual: version + 1 }]);
  }
  await tab.call("close", { store: "b" });
  await rejects(tab.call("readLog", { store: "b" }), "closed");
  await tab.call("append", { store: "a", events: [deposit("alice", 20)], options: { expectedVersion: 20 } });
  const log = toLog(await tab.call("readLog", { store: "a" }));
  assertNone(checkSubscription("store a", await tab.call("delivered", { count: 21 }), log));
  await verifies(tab, 21, { store: "a" });
}

async function close(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: LOG });
  await tab.call("subscribe", {});
  const appends = Array.from({ length: 200 }, (_, version) => ({
    events: [deposit("alice", version), deposit(`other ${version}`, version)],
    options: { expectedVersions: { alice: version, [`other ${version}`]: 0 } },
  }));
  const order = await within(30_000, "closing", tab.call("appendAll", { appends, thenClose: true }));
  assert.deepEqual(order.at(-1), { closed: true });
  assert.deepEqual(order.slice(0, -1).map(({ index, receipt }) => [index, receipt?.firstSequenceNumber]), appends.map((_, at) => [at, 2 * at + 1]));
  assert.equal(await tab.call("ended", {}), "quietly");
  const uses = {
    append: { events: [deposit("alice", 1)], options: { expectedVersion: "any" } },
    readLog: {},
    getEventsByAggregate: { id: "alice" },
    getAggregateVersion: { id: "alice" },
    getLastSequenceNumber: {},
    head: {},
    verify: {},
    findAppend: { id: crypto.randomUUID() },
  };
  for (const [use, argument] of Object.entries(uses)) await rejects(tab.call(use, argument), "closed", { retryable: false });
  await tab.call("close", {});
  await tab.call("subscribe", { subscription: "late" });
  assert.equal(await tab.call("ended", { subscription: "late" }), "closed");
  await tab.call("open", { log: LOG, options: { create: false } });
  await verifies(tab, 400);
}

/** The page is left and comes back out of the cache, with its store open; if another tab appends meanwhile the browser may drop it. */
async function backForwardCache(t) {
  const browser = await t.browser({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  const [tab, other] = [await browser.tab(), await browser.tab()];
  for (const each of [tab, other]) await each.call("open", { log: LOG });
  await tab.call("subscribe", {});
  await fill(tab, "alice", 10);
  await tab.call("delivered", { count: 10 });
  const wasKept = await tab.awayAndBack(async () => undefined);
  assert.ok(wasKept, "an open store keeps its page out of the back/forward cache");
  await goesOn(tab, other, 10);

  const wasKeptAgain = await tab.awayAndBack(() => fill(other, "bob", 10));
  assert.ok(wasKeptAgain, "appends of another tab throw a kept page away");
  await goesOn(tab, other, 21);
}

async function goesOn(tab, other, events) {
  const version = await tab.call("getAggregateVersion", { id: "alice" });
  await tab.call("append", { events: [deposit("alice", 1)], options: { expectedVersion: version } });
  const log = toLog(await other.call("readLog", {}));
  assert.equal(log.length, events + 1);
  assertNone(checkSubscription("page", await within(10_000, "catching up", tab.call("delivered", { count: events + 1 })), log));
  await verifies(tab, events + 1);
}
