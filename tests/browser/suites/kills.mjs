// The browser is killed while it appends and while it seals; one log grows over all kills.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";

import { check, countByRule } from "../checker.mjs";
import { randomFrom } from "../site/random.mjs";
import { assertGood, describe, toLog } from "../support/history.mjs";

const LOG = "kills";
/** No kill may take longer, on a slow machine. */
const SECONDS_A_KILL = 20;

export const tests = [
  { name: "kills", run: kills, deadlineSeconds: (full) => SECONDS_A_KILL * killsOf(full) },
  { name: "held-write", run: (t) => heldWrite(t, { wrong: false }) },
  { name: "wrong-early-answer", run: (t) => heldWrite(t, { wrong: true }) },
  { name: "aborted-write", run: (t) => abortedWrite(t, { wrong: false }) },
  { name: "wrong-early-answer-aborted", run: (t) => abortedWrite(t, { wrong: true }) },
];

function killsOf(full) {
  return full ? 100 : 10;
}

async function kills(t) {
  const random = randomFrom(t.seed);
  const profile = await t.profile();
  const totals = { sealStored: 0, sealUndone: 0, unreported: 0 };
  const calls = [];
  let log = [];
  let round;
  let destroyed = 0;
  for (let kill = 0; kill <= killsOf(t.full); kill += 1) {
    const browser = await t.browser({ profile });
    const tab = await browser.tab();
    if (round) {
      const known = log.length;
      if (await wasThrownAway(tab, profile)) {
        // ADR 0006: this is left to a kill in the milliseconds of an opening, before the store has answered any append.
        destroyed += 1;
        const acknowledged = round.calls.filter(({ answer }) => answer.receipt).length;
        assert.equal(acknowledged, 0, `kill ${kill}: Chromium threw its database away, with ${acknowledged} appends acknowledged since it was opened`);
        t.note(`kill ${kill}: Chromium found its own LevelDB corrupt and deleted it; the store says log_not_found`);
        [log, calls.length] = [[], 0];
        if (kill < killsOf(t.full)) round = await writeAndKill(t, browser, tab, random, kill + 1);
        continue;
      }
      // Only now: Chromium sometimes refuses the first opening after a kill, which a store tries again and this look does not.
      const sealedTo = await tab.call("sealedTo", { log: LOG });
      log = log.concat(toLog(await tab.call("readLog", { after: known, store: "check" })));
      calls.push(...round.calls);
      await assertGood(tab, calls, log, { store: "check" });
      t.note(`kill ${kill}, ${count(totals, round, log.slice(known), sealedTo)}; log ${log.length}, sealed ${sealedTo}`);
    }
    if (kill < killsOf(t.full)) round = await writeAndKill(t, browser, tab, random, kill + 1);
    else assert.deepEqual(toLog(await tab.call("readLog", { store: "check" })), log);
  }
  const nothingLost = "nothing acknowledged lost, no append in part";
  t.count("browser killed in a seal", `${nothingLost}; the seal stored`, totals.sealStored);
  t.count("browser killed in a seal", `${nothingLost}; the seal undone`, totals.sealUndone);
  t.count("browser killed in appends", nothingLost, killsOf(t.full) - destroyed - totals.sealStored - totals.sealUndone);
  if (destroyed > 0) t.count("browser killed while it opened its database", "Chromium deleted it; log_not_found (ADR 0006)", destroyed);
  t.note(
    `${killsOf(t.full)} kills, ${log.length} events, ${describe(calls)}: none lost, none in part; ${totals.unreported} appends were stored ` +
      `before they could be reported; ${destroyed} times the browser deleted its own database; ${totals.sealStored + totals.sealUndone} kills in a seal, ${totals.sealStored} of these stored, ${totals.sealUndone} undone`,
  );
}

/**
 * Opens the log after a kill; true if Chromium has deleted its database instead of repairing it.
 *
 * After a `kill -9` LevelDB may meet a checksum that does not fit in its own journal, and Chromium answers by deleting everything that
 * the origin stored (ADR 0006). LevelDB's own notes tell that case from a log that a store has lost.
 */
async function wasThrownAway(tab, profile) {
  try {
    await tab.call("open", { log: LOG, options: { create: false }, store: "check" });
    return false;
  } catch (error) {
    if (error.code !== "log_not_found" || !(await isMadeAnew(profile))) throw error;
    return true;
  }
}

async function isMadeAnew(profile) {
  const root = join(profile, "Default", "IndexedDB");
  for (const name of await readdir(root)) {
    if (!name.endsWith(".leveldb")) continue;
    const notes = await readFile(join(root, name, "LOG"), "utf8");
    if (notes.includes("since it was missing")) return true;
  }
  return false;
}

/** Says in words what a kill met, and adds it to the totals. */
function count(totals, { calls, seal, durability }, stored, sealedTo) {
  const unreported = new Set(stored.map(({ origin: [client, call] }) => `${client}/${call}`));
  for (const { client, call } of calls) unreported.delete(`${client}/${call}`);
  totals.unreported += unreported.size;
  const isStored = sealedTo >= seal?.to;
  if (seal) totals[isStored ? "sealStored" : "sealUndone"] += 1;
  const where = seal ? `in a seal, which was ${isStored ? "stored" : "undone"}` : "outside a seal";
  return `${durability}: ${describe(calls)} reported, ${unreported.size} stored unreported, ${where}`;
}

/** Lets two tabs append and kills the browser at a random moment: every second time as a seal has begun. */
async function writeAndKill(t, browser, tab, random, kill) {
  const durability = kill % 2 === 0 ? "strict" : "relaxed";
  const calls = [];
  // Seals under way in both tabs, as far as the test has heard; `to` once one has written how far it goes.
  const seals = { open: 0, to: undefined };
  const tabs = [tab, await browser.tab()];
  for (const each of tabs) await each.call("open", { log: LOG, options: { durability } });
  const sealBegins = new Promise((resolve) => {
    browser.onReport = ({ call, kind, to }) => {
      if (call) calls.push(call);
      if (kind === "seal-begun") seals.open += 1;
      if (kind === "seal-written") seals.to = to;
      if (kind === "seal-completed") seals.open -= 1;
      if (seals.open === 0) seals.to = undefined;
      else resolve();
    };
  });
  for (const [at, each] of tabs.entries()) each.call("write", planFor(t, kill, at));
  // The moment is what these pauses are for.
  if (kill % 4 >= 2) {
    await sealBegins;
    await pause(random.between(0, kill % 4 === 2 ? 10 : 80));
  } else await pause(random.between(0, 1500));
  await browser.kill();
  return { calls, durability, seal: seals.open > 0 ? seals : undefined };
}

function planFor(t, kill, at) {
  const aggregates = ["alice", "bob", "carol", "dave", "erin"];
  const client = `kill${kill}-tab${at + 1}`;
  return { client, seed: t.seed + 10 * kill + at, aggregates, chains: 3, largestBatch: 20, widest: 4, wrong: 0.02, reports: true };
}

/**
 * The browser is killed while the write of an append has succeeded and its transaction has not completed. A correct core has not
 * answered by then; one that answers early has, and the checker must notice.
 */
async function heldWrite(t, { wrong }) {
  const profile = await t.profile();
  const calls = [];
  const browser = await t.browser({ profile });
  const tab = await browser.tab();
  await tab.call("open", { log: LOG, testing: true, options: { earlyAnswer: wrong } });
  calls.push(...(await tab.call("write", { ...planFor(t, 0, 0), events: 100, reports: false })));
  await tab.call("setWrites", { writes: "hold" });
  await new Promise((resolve) => {
    browser.onReport = ({ kind, call }) => {
      if (call) calls.push(call);
      // The early answer comes right after the write; a correct core never answers.
      if (wrong ? call : kind === "held") resolve();
    };
    const plan = { ...planFor(t, 0, 1), chains: 1, wrong: 0 };
    tab.call("write", plan);
  });
  await browser.kill();
  const log = await logAfterwards(t, profile);
  const found = countByRule(check({ calls, log }));
  assert.deepEqual(Object.keys(found), wrong ? ["lost"] : [], JSON.stringify(found));
  t.note(wrong ? `an early answer is found out: ${JSON.stringify(found)}` : "no answer before the transaction completed");
}

/** The transaction of an append is aborted after its write has succeeded: the same with no kill. */
async function abortedWrite(t, { wrong }) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: LOG, testing: true, options: { earlyAnswer: wrong } });
  const calls = await tab.call("write", { ...planFor(t, 0, 0), events: 100 });
  await tab.call("setWrites", { writes: "abort" });
  calls.push(...(await tab.call("write", { ...planFor(t, 0, 1), chains: 1, events: 20, largestBatch: 20, wrong: 0 })));
  await tab.call("setWrites", { writes: "normal" });
  const last = calls.at(-1);
  const fresh = await browser.tab();
  await fresh.call("open", { log: LOG });
  const log = toLog(await fresh.call("readLog", {}));
  const found = countByRule(check({ calls, log }));
  assert.deepEqual(Object.keys(found), wrong ? ["lost"] : [], JSON.stringify(found));
  if (!wrong) assert.equal(last.answer.error, "storage_unavailable", JSON.stringify(last));
  t.note(wrong ? `an early answer is found out: ${JSON.stringify(found)}` : `an aborted write is answered ${last.answer.error}, outcome ${last.answer.outcome}`);
}

async function logAfterwards(t, profile) {
  const browser = await t.browser({ profile });
  const tab = await browser.tab();
  await tab.call("open", { log: LOG, options: { create: false } });
  const log = toLog(await tab.call("readLog", {}));
  const report = await tab.call("verify", {});
  assert.equal(report.ok, true, JSON.stringify(report));
  await browser.close();
  return log;
}
