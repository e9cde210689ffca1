// The database is deleted, taken over, blocked, full, or its handle dies.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { checkSubscription } from "../checker.mjs";
import { CHROMIUM } from "../support/engines.mjs";
import { randomFrom } from "../site/random.mjs";
import { deposit, fill, rejects, verifies, within } from "../support/events.mjs";
import { assertGood, assertNone, describe, toLog } from "../support/history.mjs";

const LOG = "trouble";
const PROMPT = 5_000;

export const tests = [
  { name: "deleted", run: deleted },
  { name: "superseded", run: superseded },
  { name: "blocked", run: blocked },
  { name: "force-closed", run: forceClosed, engines: CHROMIUM },
  { name: "handle-deaths", run: handleDeaths },
  { name: "quota", run: quota, engines: CHROMIUM },
  { name: "quota-in-a-seal", run: quotaInASeal, engines: CHROMIUM },
  { name: "failed-side-writes", run: failedSideWrites },
];

const anything = { expectedVersion: "any" };

async function deleted(t) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  await tab.call("open", { log: LOG });
  await tab.call("subscribe", {});
  await fill(tab, "alice", 10);
  await tab.call("delivered", { count: 10 });
  await within(PROMPT, "deleting", other.call("deleteDatabase", { log: LOG }));
  const append = tab.call("append", { events: [deposit("alice", 1)], options: anything });
  await rejects(within(PROMPT, "an append", append), "log_not_found", { outcome: "not_committed" });
  for (const [use, argument] of Object.entries({ readLog: {}, getAggregateVersion: { id: "alice" }, head: {}, verify: {} })) {
    await rejects(within(PROMPT, use, tab.call(use, argument)), "log_not_found");
  }
  // A page that nobody sees looks seldom, and at once when it is shown.
  await tab.show();
  assert.equal(await within(PROMPT, "the subscription", tab.call("ended", {})), "log_not_found");
  assert.deepEqual(await tab.call("databases"), []);
  // Another tab makes a new log of the same name: for the old store that is not its log.
  await other.call("open", { log: LOG });
  await fill(other, "alice", 20);
  const onNew = tab.call("append", { events: [deposit("alice", 1)], options: anything });
  const error = await within(PROMPT, "an append", onNew.catch((reason) => reason));
  assert.ok(error.code !== undefined, `an append went into a log that is another one: ${JSON.stringify(error)}`);
  await verifies(other, 20);
  t.count("database deleted under an open store", "log_not_found for every use, also with a new log of the same name");
  t.note(`with a new log of the same name the old store says ${error.code}, ${error.outcome}`);
}

async function superseded(t) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  await tab.call("open", { log: LOG });
  await tab.call("subscribe", {});
  await fill(tab, "alice", 10);
  const appends = Array.from({ length: 100 }, (_, at) => ({ events: [deposit("bob", at)], options: anything }));
  const inFlight = tab.call("appendAll", { appends });
  await within(PROMPT, "the upgrade", other.call("openRaw", { log: LOG, version: 99 }));
  const answers = await within(PROMPT, "the appends in flight", inFlight);
  const stored = answers.filter(({ receipt }) => receipt);
  for (const answer of answers) assert.ok(answer.receipt || (answer.error === "superseded" && answer.outcome === "not_committed"), JSON.stringify(answer));
  const append = tab.call("append", { events: [deposit("alice", 1)], options: anything });
  await rejects(within(PROMPT, "an append", append), "superseded", { outcome: "not_committed", retryable: false });
  await rejects(within(PROMPT, "a read", tab.call("readLog", {})), "superseded");
  await tab.show();
  assert.equal(await within(PROMPT, "the subscription", tab.call("ended", {})), "superseded");
  assert.equal((await tab.call("health", {})).handle, "superseded");
  await other.call("releaseRaw");
  await other.call("open", { log: LOG, options: { create: false } });
  await verifies(other, 10 + stored.length);
  t.count("database upgraded under an open store", "superseded, not committed; appends in flight are stored or superseded");
  t.note(`of 100 appends in flight ${stored.length} were stored, the others superseded`);
}

/** Opening behind an upgrade that hangs, and behind one that waits for a tab that does not let go. */
async function blocked(t) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  for (const log of ["hanging", "stubborn"]) {
    await tab.call("open", { log, store: log });
    await fill(tab, "alice", 10, { store: log });
    await tab.call("close", { store: log });
  }
  await other.call("openRaw", { log: "hanging", version: 2, raw: "hanging", hang: true });
  await other.call("openRaw", { log: "stubborn", raw: "stubborn", stubborn: true });
  await other.call("openRaw", { log: "stubborn", version: 2, raw: "waiting", wait: false });
  const briefly = tab.call("open", { log: "hanging", store: "briefly", options: { openTimeout: 500 } });
  await within(PROMPT, "opening with a limit of its own", rejects(briefly, "blocked", { retryable: true }));
  const began = performance.now();
  const opening = ["hanging", "stubborn"].map((log) => rejects(tab.call("open", { log, store: log }), "blocked", { retryable: true }));
  await within(15_000, "opening", Promise.all(opening));
  t.note(`blocked after ${((performance.now() - began) / 1000).toFixed(1)} s`);
  await other.call("releaseRaw", { raw: "hanging" });
  await other.call("releaseRaw", { raw: "stubborn" });
  await other.call("releaseRaw", { raw: "waiting" });
  for (const log of ["hanging", "stubborn"]) {
    await within(PROMPT, "opening afterwards", tab.call("open", { log, store: log, options: { create: false } }));
    await tab.call("append", { store: log, events: [deposit("alice", 11)], options: { expectedVersion: 10 } });
    await verifies(tab, 11, { store: log });
    t.count(`opening behind ${log === "hanging" ? "an upgrade that hangs" : "a tab that does not let go"}`, "blocked; it opens when the way is free");
  }
}

/** The browser closes the connections of the origin, as it does after an error of its own. */
async function forceClosed(t) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  for (const each of [tab, other]) await each.call("open", { log: LOG });
  await other.call("subscribe", {});
  const writing = tab.call("write", { ...planFor(t, 1), resend: true });
  const internals = await browser.page("chrome://indexeddb-internals");
  await internals.getByText("Force close").first().click();
  // Whether a tab hears of it by an event or by a failing transaction: each goes on with a new handle.
  const reopening = [tab, other].map((each) => each.call("handlesUsed", { count: 2 }));
  await within(PROMPT, "opening again", Promise.all(reopening));
  await internals.close();
  await tab.call("stop", {});
  const calls = await writing;
  calls.push(...(await tab.call("write", { ...planFor(t, 2), events: 50 })));
  const log = toLog(await other.call("readLog", {}));
  await assertGood(tab, calls, log);
  const seen = await within(PROMPT, "the subscription", other.call("delivered", { count: log.length }));
  assertNone(checkSubscription("other tab", seen, log));
  t.count("browser closes the connections of the origin", "new handles; appends and the subscription go on");
  t.note(`both tabs opened new handles: ${describe(calls)}`);
}

/** G11: handles die and transactions are aborted under a writer that repeats what it does not know the outcome of. */
async function handleDeaths(t) {
  const random = randomFrom(t.seed);
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  for (const each of [tab, other]) await each.call("open", { log: LOG });
  const state = { done: false };
  const writing = tab.call("write", { ...planFor(t, 1), events: 800, resend: true }).finally(() => (state.done = true));
  const meanwhile = other.call("write", { ...planFor(t, 2), events: 800 });
  const deaths = { closed: 0, aborting: 0 };
  // The moments are meant to be random; the writer ends the loop.
  while (!state.done) {
    await pause(random.between(0, 60));
    if (random.next() < 0.5) {
      await tab.call("closeHandles");
      deaths.closed += 1;
    } else {
      await tab.call("setWrites", { writes: "abort" });
      await pause(random.between(0, 10));
      await tab.call("setWrites", { writes: "normal" });
      deaths.aborting += 1;
    }
  }
  const calls = [...(await writing), ...(await meanwhile)];
  const log = toLog(await other.call("readLog", {}));
  assert.equal(log.length, 1600);
  await assertGood(other, calls, log);
  await verifies(tab, 1600);
  const repeated = calls.filter(({ attempts }) => attempts > 1).length;
  t.count("handle dies under appends", "every append is known by its ids, none twice", deaths.closed);
  t.count("transactions of appends aborted", "every append is known by its ids, none twice", deaths.aborting);
  t.note(`${deaths.closed} handles closed, ${deaths.aborting} times aborting for a while: ${describe(calls)}, ${repeated} appends repeated`);
}

async function quota(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  // Before the first use: the browser remembers for a while how much room there was.
  await tab.limitSpace(3_000_000);
  await tab.call("open", { log: LOG });
  await fill(tab, "alice", 50);
  const huge = Array.from({ length: 10 }, (_, index) => deposit("bob", incompressible(500_000 + index)));
  await rejects(tab.call("append", { events: huge, options: anything }), "quota_exceeded", { outcome: "not_committed", retryable: false });
  await verifies(tab, 50);
  // Nobody fails because of a neighbour in its group.
  const small = (at) => ({ events: [deposit("alice", at)], options: anything });
  const answers = await tab.call("appendAll", { appends: [small(1), small(2), { events: huge, options: anything }, small(3)] });
  const byIndex = answers.toSorted((left, right) => left.index - right.index).map(({ error, outcome }) => [error, outcome]);
  const isStored = [undefined, undefined];
  assert.deepEqual(byIndex, [isStored, isStored, ["quota_exceeded", "not_committed"], isStored]);
  await verifies(tab, 53);
  assert.equal((await tab.call("health", {})).lastError, "quota_exceeded");
  // Until nothing at all fits: how much the browser keeps back is its own affair.
  const medium = () => ({ events: [deposit("carol", incompressible(50_000))], options: anything });
  let stored = 53;
  const fillUp = async () => {
    for (;;) {
      await tab.call("append", medium());
      stored += 1;
      assert.ok(stored < 500, "the quota is never used up");
    }
  };
  await rejects(fillUp(), "quota_exceeded", { outcome: "not_committed" });
  await verifies(tab, stored);
  await tab.limitSpace(undefined);
  const { firstSequenceNumber } = await tab.call("append", { events: huge, options: anything });
  assert.equal(firstSequenceNumber, stored + 1);
  await tab.reload();
  await tab.call("open", { log: LOG, options: { create: false } });
  await verifies(tab, stored + huge.length);
  t.count("quota used up in appends", "quota_exceeded, not committed, neighbours stored; with room it goes on");
  t.note(`refused three times, ${stored} events before the quota was lifted, ${huge.length} after`);
}

/** A seal needs room for each event three times before it gives any back: without it the commits stay, and are sealed when there is. */
async function quotaInASeal(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.limitSpace(1_500_000);
  await tab.call("open", { log: LOG });
  const append = (length = 60_000) => tab.call("append", { events: [deposit("alice", incompressible(length))], options: anything });
  const stored = 10;
  for (let at = 0; at < stored; at += 1) await append();
  await within(PROMPT, "a seal that fails", tab.call("healthIs", { lastError: "quota_exceeded" }));
  const { begun, completed } = await tab.call("sealCounts", {});
  assert.ok(begun > 0, "nothing was sealed");
  assert.equal(completed, 0, "there was room for a seal");
  assert.equal(await tab.call("sealedTo", { log: LOG }), 0);
  await verifies(tab, stored);
  assert.equal((await tab.call("readLog", {})).length, stored);
  assert.equal((await tab.call("health", {})).handle, "open");
  await append(10);
  await tab.limitSpace(undefined);
  await append(10);
  await within(PROMPT, "a seal with room", tab.call("sealed", { count: 1 }));
  assert.ok((await tab.call("sealedTo", { log: LOG })) > 0);
  await verifies(tab, stored + 2);
  await tab.reload();
  await tab.call("open", { log: LOG, options: { create: false } });
  await verifies(tab, stored + 2);
  t.count("quota used up in a seal", "undone, the log as before; it takes appends, and with room it is sealed");
  t.note(`${begun} seals failed`);
}

/** Text that the browser cannot store in less space. */
function incompressible(length) {
  return randomBytes(length).toString("base64").slice(0, length);
}

function planFor(t, at) {
  return { client: `client${at}`, seed: t.seed + at, aggregates: ["carol", "dave", "erin"], chains: 2, largestBatch: 8, widest: 2, wrong: 0.05 };
}

/** A snapshot or a checkpoint that could not be stored says what became of it, as an append does. */
async function failedSideWrites(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: LOG });
  await fill(tab, "alice", 1);
  const { epoch, sequenceNumber, link } = await tab.call("head", {});
  const snapshot = { id: "alice", type: "account", version: 1, data: 1 };
  const checkpoint = { name: "reader", to: `${epoch}:${sequenceNumber}:${link}` };
  const writes = { createSnapshot: snapshot, saveCheckpoint: checkpoint };
  for (const [write, argument] of Object.entries(writes)) {
    // The browser gives no reason for the first; it may have lost the handle after it stored the value.
    await tab.call("setSideWrites", { sideWrites: "abort" });
    await rejects(tab.call(write, argument), "storage_unavailable", { outcome: "unknown" });
    await tab.call("setSideWrites", { sideWrites: "full" });
    await rejects(tab.call(write, argument), "quota_exceeded", { outcome: "not_committed" });
  }
  await rejects(tab.call("createSnapshot", { ...snapshot, version: 2 }), "invalid_argument", { field: "version", outcome: "not_committed" });
  assert.equal(await tab.call("getSnapshot", snapshot), undefined);
  assert.equal(await tab.call("getCheckpoint", checkpoint), undefined);
  await tab.call("setSideWrites", { sideWrites: "normal" });
  for (const [write, argument] of Object.entries(writes)) await tab.call(write, argument);
  assert.equal((await tab.call("getSnapshot", snapshot)).data, 1);
  assert.equal(await tab.call("getCheckpoint", checkpoint), checkpoint.to);
  await rejects(tab.call("saveCheckpoint", checkpoint), "checkpoint_conflict", { outcome: "not_committed" });
}
