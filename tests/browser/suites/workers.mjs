// The store in a dedicated worker, with and without its page.
import assert from "node:assert/strict";

import { checkSubscription } from "../checker.mjs";
import { assertGood, assertNone, toLog } from "../support/history.mjs";
import { CHROMIUM } from "../support/engines.mjs";
import { deposit, rejects, verifies } from "../support/events.mjs";

const LOG = "workers";

export const tests = [
  { name: "worker", run: worker },
  { name: "worker-terminated", run: terminated },
  { name: "renderer-crash", run: crash, allowErrors: true, engines: CHROMIUM },
];

async function worker(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const inside = await tab.worker();
  await rejects(inside.call("open", { log: LOG, options: { create: false } }), "log_not_found");
  await inside.call("open", { log: LOG });
  await inside.call("subscribe", {});
  const receipt = await inside.call("append", { events: [deposit("alice", 1), deposit("alice", 2)], options: { expectedVersion: 0 } });
  assert.deepEqual([receipt.firstSequenceNumber, receipt.lastSequenceNumber, receipt.durability], [1, 2, "strict"]);
  await tab.call("open", { log: LOG });
  await tab.call("append", { events: [deposit("alice", 3)], options: { expectedVersion: 2 } });
  const conflict = await rejects(
    inside.call("append", { events: [deposit("alice", 4)], options: { expectedVersion: 2 } }),
    "concurrency_conflict",
  );
  assert.deepEqual(conflict.conflicts, [{ aggregateId: "alice", expected: 2, actual: 3 }]);
  const log = toLog(await tab.call("readLog", {}));
  assertNone(checkSubscription("worker", await inside.call("delivered", { count: 3 }), log));
  await verifies(inside, 3);
  assert.equal((await inside.call("health", {})).handle, "open");
  await inside.call("close", {});
  assert.equal(await inside.call("ended", {}), "quietly");
  await rejects(inside.call("readLog", {}), "closed");
}

/** A worker that is terminated in the middle of its appends leaves whole appends, and its page goes on. */
async function terminated(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const inside = await tab.worker("doomed");
  for (const client of [tab, inside]) await client.call("open", { log: LOG });
  const calls = await endInTheMiddle(t, browser, tab, inside, () => tab.call("terminateWorker", { worker: "doomed" }));
  await goesOn(t, tab, calls, "terminated worker");
}

async function crash(t) {
  const browser = await t.browser();
  const [tab, doomed] = [await browser.tab(), await browser.tab()];
  for (const client of [tab, doomed]) await client.call("open", { log: LOG });
  await tab.call("subscribe", {});
  const calls = await endInTheMiddle(t, browser, tab, doomed, () => doomed.crash());
  const log = await goesOn(t, tab, calls, "crashed tab");
  assertNone(checkSubscription("other tab", await tab.call("delivered", { count: log.length }), log));
}

/** Both append; the doomed one ends after fifty answers. Gives every call that was answered. */
async function endInTheMiddle(t, browser, tab, doomed, end) {
  const reported = [];
  let enough;
  const isEnough = new Promise((resolve) => (enough = resolve));
  browser.onReport = ({ call }) => {
    if (call) reported.push(call);
    if (reported.length === 50) enough();
  };
  doomed.call("write", { ...planFor(t, 1), reports: true });
  const other = tab.call("write", planFor(t, 2));
  await isEnough;
  await end();
  await tab.call("stop", {});
  return [...(await other), ...reported];
}

async function goesOn(t, tab, calls, what) {
  calls.push(...(await tab.call("write", { ...planFor(t, 3), events: 100 })));
  const log = toLog(await tab.call("readLog", {}));
  await assertGood(tab, calls, log);
  const left = log.filter(({ origin }) => origin[0] === "client1").length;
  t.count(`${what} in the middle of appends`, "nothing acknowledged lost, no append in part");
  t.note(`${left} events of the ${what}, ${log.length} in all`);
  return log;
}

function planFor(t, at) {
  return { client: `client${at}`, seed: t.seed + at, aggregates: ["alice", "bob", "carol"], chains: 2, largestBatch: 10, widest: 3, wrong: 0.05 };
}
