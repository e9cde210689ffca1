// An import that is killed, runs out of space or meets another one of the same file: made again, it ends with the same log.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { CHROMIUM } from "../support/engines.mjs";
import { randomFrom } from "../site/random.mjs";
import { deposit, rejects, verifies } from "../support/events.mjs";

const SOURCE = "source";
const LOG = "restored";
const EVENTS = 3_000;

export const tests = [
  { name: "import-killed", run: killed, deadlineSeconds: (full) => (full ? 1200 : 240) },
  { name: "import-crashed", run: crashed, engines: CHROMIUM },
  { name: "import-out-of-space", run: outOfSpace, engines: CHROMIUM },
  { name: "import-twice-at-once", run: twiceAtOnce },
];

const anything = { expectedVersion: "any" };

/** A log of its own browser, exported: its lines but the last are what a whole import must give. */
async function makeExport(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: SOURCE, options: { durability: "relaxed" } });
  for (let done = 0; done < EVENTS; done += 100) {
    const events = Array.from({ length: 100 }, (_, at) => deposit(`account ${at % 7}`, done + at, { metadata: { note: randomBytes(900).toString("base64") } }));
    await tab.call("append", { events, options: { expectedVersions: Object.fromEntries(events.map(({ aggregateId }) => [aggregateId, "any"])) } });
  }
  const lines = await tab.call("exportLines", {});
  await browser.close();
  return { lines, text: `${lines.join("\n")}\n` };
}

/** The log holds all of the export, is writable, and verifies. */
async function assertRestored(tab, { lines }) {
  const restored = await tab.call("exportLines", {});
  assert.deepEqual(restored.slice(0, lines.length - 1), lines.slice(0, -1));
  assert.equal(restored.length, lines.length + 1, "one change of epoch, and nothing else, follows what was restored");
  assert.equal(JSON.parse(restored.at(-2)).epoch, (await tab.call("head", {})).epoch, "a restore begins an epoch");
  await verifies(tab, EVENTS);
  await tab.call("append", { events: [deposit("account 1", 1)], options: anything });
  await verifies(tab, EVENTS + 1);
}

async function killed(t) {
  const random = randomFrom(t.seed);
  const exported = await makeExport(t);
  const rounds = t.full ? 12 : 3;
  let inTheMiddle = 0;
  for (let round = 0; round < rounds; round += 1) {
    const profile = await t.profile();
    const first = await t.browser({ profile });
    const tab = await first.tab();
    await tab.call("open", { log: LOG });
    const begun = new Promise((resolve) => (first.onReport = ({ imported }) => imported > 0 && resolve()));
    tab.call("importText", { text: exported.text, slowly: true });
    await begun;
    // The moment is what this pause is for.
    await pause(random.between(0, 200));
    await first.kill();
    const browser = await t.browser({ profile });
    const again = await browser.tab();
    await again.call("open", { log: LOG, options: { create: false } });
    const events = await again.call("getLastSequenceNumber", {});
    await verifies(again, events);
    if (events < EVENTS) {
      inTheMiddle += 1;
      await rejects(again.call("append", { events: [deposit("account 1", 1)], options: anything }), "forbidden", { outcome: "not_committed" });
    }
    const { skipped } = await again.call("importText", { text: exported.text });
    assert.equal(skipped, events);
    await assertRestored(again, exported);
    await browser.close();
  }
  t.count("import killed", "a mirror that takes imports only; repeated, it is complete", inTheMiddle);
  t.count("import killed", "complete already; repeated, it stores nothing", rounds - inTheMiddle);
}

async function crashed(t) {
  const exported = await makeExport(t);
  const browser = await t.browser();
  const [doomed, tab] = [await browser.tab(), await browser.tab()];
  for (const each of [doomed, tab]) await each.call("open", { log: LOG });
  const begun = new Promise((resolve) => (browser.onReport = ({ imported }) => imported > 0 && resolve()));
  doomed.call("importText", { text: exported.text, slowly: true });
  await begun;
  await doomed.crash();
  await tab.call("importText", { text: exported.text });
  await assertRestored(tab, exported);
  t.count("renderer crashed in an import", "another tab completes it");
}

async function outOfSpace(t) {
  const exported = await makeExport(t);
  const browser = await t.browser();
  const tab = await browser.tab();
  // Before the first use: the browser remembers for a while how much room there was.
  await tab.limitSpace(1_500_000);
  await tab.call("open", { log: LOG });
  await rejects(tab.call("importText", { text: exported.text }), "quota_exceeded", { outcome: "not_committed", retryable: false });
  const events = await tab.call("getLastSequenceNumber", {});
  assert.ok(events > 0 && events < EVENTS, `${events} events were stored before the space was used up`);
  await verifies(tab, events);
  await rejects(tab.call("append", { events: [deposit("account 1", 1)], options: anything }), "forbidden", { outcome: "not_committed" });
  await tab.limitSpace(undefined);
  const { skipped } = await tab.call("importText", { text: exported.text });
  assert.equal(skipped, events);
  await assertRestored(tab, exported);
  t.count("quota used up in an import", "quota_exceeded, a mirror that verifies; repeated with room, it is complete");
}

async function twiceAtOnce(t) {
  const exported = await makeExport(t);
  const browser = await t.browser();
  const tabs = [await browser.tab(), await browser.tab()];
  for (const tab of tabs) await tab.call("open", { log: LOG });
  const answers = await Promise.all(tabs.map((tab) => tab.call("importText", { text: exported.text, slowly: true }).catch((error) => error)));
  const refused = answers.filter(({ head }) => head === undefined);
  assert.ok(refused.length < 2, "one of two imports of the same file gets through");
  // The pieces of two readers end at different places; whoever is overtaken in the middle of one is told so, and repeats.
  for (const error of refused) assert.equal(error.code, "log_diverged", error.message);
  for (const tab of tabs) assert.equal((await tab.call("importText", { text: exported.text })).skipped, EVENTS);
  await assertRestored(tabs[0], exported);
  await verifies(tabs[1], EVENTS + 1);
  const outcome = refused.length === 0 ? "both succeed" : "one succeeds, the other is overtaken: log_diverged";
  t.count("two tabs import the same file at once", `${outcome}; each event stored once; repeated, it stores nothing`);
}
