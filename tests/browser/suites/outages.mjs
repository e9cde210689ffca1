// A tab is frozen or crashes in the middle of its work, and the site's data is cleared under an open store.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { CHROMIUM } from "../support/engines.mjs";
import { randomFrom } from "../site/random.mjs";
import { deposit, fill, rejects, verifies, within } from "../support/events.mjs";
import { assertGood, describe, toLog } from "../support/history.mjs";

const LOG = "outages";
const PROMPT = 10_000;

export const tests = [
  { name: "frozen-in-appends", run: (t) => frozen(t, "an append"), engines: CHROMIUM },
  { name: "frozen-in-a-seal", run: (t) => frozen(t, "a seal"), engines: CHROMIUM },
  { name: "cleared", run: cleared, engines: CHROMIUM },
  { name: "crashes", run: crashes, deadlineSeconds: (full) => (full ? 1200 : 180), engines: CHROMIUM },
];

const anything = { expectedVersion: "any" };

/** A tab that is frozen in the middle of its writes keeps no other tab waiting, and goes on when it is thawed. */
async function frozen(t, moment) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  for (const each of [tab, other]) await each.call("open", { log: LOG });
  const isMoment = moment === "a seal" ? ({ kind }) => kind === "seal-begun" : ({ call }) => call?.call === 20;
  const reached = new Promise((resolve) => {
    browser.onReport = (report) => isMoment(report) && resolve();
  });
  const writing = tab.call("write", { ...planFor(t, 1), events: 3000, resend: true, reports: true });
  await reached;
  const devtools = await tab.devtools();
  await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
  const meanwhile = await within(60_000, "appends beside a frozen tab", other.call("write", { ...planFor(t, 2), events: 300 }));
  await fillPromptly(other);
  const behind = await other.call("getLastSequenceNumber", {});
  await devtools.send("Page.setWebLifecycleState", { state: "active" });
  const calls = [...meanwhile, ...(await within(120_000, "the thawed tab", writing))];
  const log = toLog(await other.call("readLog", {}));
  const others = log.filter(({ origin }) => origin);
  assert.equal(others.length, 3300);
  assert.equal(log.length, 3310);
  for (const each of [tab, other]) await verifies(each, log.length);
  await assertGood(other, calls, log.map((event) => ({ ...event, origin: event.origin ?? ["filler", event.sequenceNumber, 0, 1] })));
  t.note(`frozen in ${moment}; the log had ${behind} events when it was thawed: ${describe(calls)}`);
  t.count(`tab frozen in ${moment}`, "the other tab appends, the thawed one goes on, nothing lost");
}

async function fillPromptly(tab) {
  for (let at = 0; at < 10; at += 1) {
    await within(PROMPT, "an append beside a frozen tab", tab.call("append", { events: [deposit("frank", at)], options: anything }));
  }
}

/** The user clears the site's data under an open store: it is told so, and makes no new log. */
async function cleared(t) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  for (const each of [tab, other]) await each.call("open", { log: LOG });
  await fill(tab, "alice", 50);
  await tab.call("subscribe", {});
  const begun = new Promise((resolve) => (browser.onReport = ({ call }) => call && resolve()));
  const inFlight = tab.call("write", { ...planFor(t, 1), reports: true });
  await begun;
  await tab.clearData();
  const calls = await within(PROMPT, "the appends in flight", inFlight);
  const last = calls.findLast(({ answer }) => answer.error);
  assert.equal(last.answer.error, "log_not_found", JSON.stringify(last.answer));
  for (const each of [tab, other]) {
    const append = each.call("append", { events: [deposit("alice", 1)], options: anything });
    await rejects(within(PROMPT, "an append", append), "log_not_found", { outcome: "not_committed" });
    for (const [use, argument] of Object.entries({ readLog: {}, getAggregateVersion: { id: "alice" }, head: {}, verify: {} })) {
      await rejects(within(PROMPT, use, each.call(use, argument)), "log_not_found");
    }
  }
  assert.equal(await within(PROMPT, "the subscription", tab.call("ended", {})), "log_not_found");
  await rejects(other.call("open", { log: LOG, options: { create: false }, store: "again" }), "log_not_found");
  assert.deepEqual(await other.call("databases"), []);
  t.count("site data cleared under an open store", "log_not_found for every use; no new log");
}

/** The renderer of a tab crashes while it appends and seals: what it was told is in the log. */
async function crashes(t) {
  const random = randomFrom(t.seed);
  const browser = await t.browser();
  const other = await browser.tab();
  await other.call("open", { log: LOG });
  const calls = [];
  const met = { appends: 0, "a seal": 0 };
  const rounds = t.full ? 60 : 6;
  for (let round = 1; round <= rounds; round += 1) {
    const doomed = await browser.tab();
    await doomed.call("open", { log: LOG });
    const seals = { open: 0 };
    const sealBegins = new Promise((resolve) => {
      browser.onReport = ({ call, kind }) => {
        if (call) calls.push(call);
        if (kind === "seal-begun") seals.open += 1;
        if (kind === "seal-completed") seals.open -= 1;
        if (seals.open > 0) resolve();
      };
    });
    doomed.call("write", { ...planFor(t, round), reports: true });
    if (round % 2 === 0) await sealBegins;
    // The moment is what this pause is for.
    await pause(random.between(0, round % 2 === 0 ? 20 : 500));
    await doomed.crash();
    met[seals.open > 0 ? "a seal" : "appends"] += 1;
    const log = toLog(await other.call("readLog", {}));
    await assertGood(other, calls, log);
    await doomed.close();
  }
  browser.errors.length = 0;
  for (const [moment, count] of Object.entries(met)) t.count(`renderer crashed in ${moment}`, "nothing acknowledged lost, nothing in part", count);
  t.note(`${rounds} crashes, ${met["a seal"]} of them in a seal: ${describe(calls)}`);
}

function planFor(t, at) {
  return { client: `client${at}`, seed: t.seed + at, aggregates: ["carol", "dave", "erin"], chains: 2, largestBatch: 8, widest: 2, wrong: 0.05 };
}
