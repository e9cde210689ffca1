// Several tabs and a worker append to the same few aggregates at the same time, while the log is sealed.
import assert from "node:assert/strict";

import { check, checkSubscription, countByRule } from "../checker.mjs";
import { assertGood, assertNone, describe, toLog } from "../support/history.mjs";

const EVENTS = 1000;
const LOG = "together";

export const tests = [
  { name: "two-tabs", run: (t) => together(t, { tabs: 2 }) },
  { name: "three-tabs", run: (t) => together(t, { tabs: 3, durability: "relaxed" }) },
  { name: "tabs-and-worker", run: (t) => together(t, { tabs: 2, workers: 1 }) },
  { name: "without-hints", run: withoutHints },
  { name: "wrong-no-tail-check", run: noTailCheck, allowErrors: true },
];

async function together(t, { tabs, workers = 0, durability = "strict" }) {
  const browser = await t.browser();
  const clients = await openClients(browser, tabs, workers, { options: { durability } });
  for (const client of clients) await client.call("subscribe", {});
  const reader = clients[0].call("readAgain", {});
  const began = performance.now();
  const calls = await writeTogether(t, clients, EVENTS);
  const seconds = (performance.now() - began) / 1000;
  await clients[0].call("stopReading");
  const { readings, problem } = await reader;
  assert.equal(problem, undefined);

  const log = toLog(await clients[0].call("readLog", {}));
  assert.equal(log.length, EVENTS * clients.length);
  let seals = 0;
  for (const [at, client] of clients.entries()) {
    await assertGood(client, calls, log);
    assert.deepEqual(toLog(await client.call("readLog", {})), log);
    seals += (await client.call("sealCounts")).completed;
    await client.call("delivered", { count: log.length });
    await client.call("close", {});
    assert.equal(await client.call("ended", {}), "quietly");
    assertNone(checkSubscription(`client ${at + 1}`, await client.call("delivered", { count: 0 }), log));
  }
  assert.ok(seals > 0, "nothing was sealed, so that the test shows less than it should");
  assert.ok(calls.some(({ answer }) => answer.conflicts), "there was no conflict, so that the test shows less than it should");
  t.note(`${log.length} events in ${seconds.toFixed(1)} s: ${describe(calls)}, ${seals} seals, ${readings} readings meanwhile`);
}

/** A subscriber that hears nothing from other tabs still gets everything, by looking for itself. */
async function withoutHints(t) {
  const browser = await t.browser();
  const deaf = await browser.tab({ prepare: withoutChannel });
  const writer = await browser.tab();
  for (const tab of [deaf, writer]) await tab.call("open", { log: LOG });
  await deaf.call("subscribe", {});
  await deaf.call("delivered", { count: 0 });
  await writer.call("write", planFor(t, 0, 50));
  const began = performance.now();
  const seen = await deaf.call("delivered", { count: 50 });
  assertNone(checkSubscription("deaf tab", seen, toLog(await writer.call("readLog", {}))));
  const waited = performance.now() - began;
  assert.ok(waited < 5000, `the poll took ${waited} ms`);
  t.note(`the poll brought the last event after ${waited.toFixed(0)} ms`);
}

/**
 * The same run, with a core that does not check where the log ends: the checker must notice. The tabs do not hear of
 * each other: each believes the log to end where it ended when the tab opened it, so that their first appends meet.
 */
async function noTailCheck(t) {
  const browser = await t.browser();
  const good = await openClients(browser, 2, 0, { log: "good", testing: true }, withoutChannel);
  const goodCalls = await writeTogether(t, good, 200);
  await assertGood(good[0], goodCalls, toLog(await good[0].call("readLog", {})));

  const wrong = await openClients(browser, 2, 0, { log: "wrong", testing: true, options: { noTailCheck: true } }, withoutChannel);
  // A writer that meets the damage stops, and what it had been told goes with it.
  let stopped = 0;
  const writing = wrong.map((client, at) =>
    client.call("write", planFor(t, at, 200)).catch(() => {
      stopped += 1;
      return [];
    }),
  );
  const calls = (await Promise.all(writing)).flat();
  // Two receipts for one place of the log: the later one has overwritten the other.
  const { fork = 0, overlap = 0 } = countByRule(check({ calls, log: [] }));
  assert.ok(fork + overlap + stopped > 0, "a core that overwrites appends was found out neither by its receipts nor by its writers");
  const damage = await damageOf(await browser.tab(), calls);
  assert.notEqual(damage, undefined, "a core that overwrites appends was not found out by its log");
  t.note(`without the tail check: ${describe(calls)}; ${fork + overlap} places with two receipts, ${stopped} writers stopped; a new tab finds ${damage}; with the check, in the same build: nothing`);
}

/** What is wrong with the log, as a tab finds it that opens it now. */
async function damageOf(tab, calls) {
  try {
    await tab.call("open", { log: "wrong", testing: true });
    const violations = check({ calls, log: toLog(await tab.call("readLog", {})) });
    return violations.length > 0 ? JSON.stringify(countByRule(violations)) : undefined;
  } catch (error) {
    assert.equal(error.code, "storage_corrupted", error.message);
    return `"${error.message}"`;
  }
}

/** Tabs, and workers of the last tab, that have the log open. */
async function openClients(browser, tabs, workers, open, prepare) {
  const clients = [];
  for (let tab = 0; tab < tabs; tab += 1) clients.push(await browser.tab({ prepare }));
  const last = clients.at(-1);
  for (let worker = 0; worker < workers; worker += 1) clients.push(await last.worker(`worker ${worker}`));
  for (const client of clients) await client.call("open", { log: LOG, ...open });
  return clients;
}

/** Run in a tab before its page: it neither tells nor hears of appends. */
function withoutChannel() {
  delete globalThis.BroadcastChannel;
}

async function writeTogether(t, clients, events) {
  return (await Promise.all(clients.map((client, at) => client.call("write", planFor(t, at, events))))).flat();
}

function planFor(t, at, events) {
  const aggregates = ["alice", "bob", "carol", "dave"];
  return { client: `client${at + 1}`, seed: t.seed + at, events, aggregates, chains: 2, largestBatch: 6, widest: 2, wrong: 0.1 };
}
