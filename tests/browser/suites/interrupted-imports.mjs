// An import that is killed, frozen, runs out of space or meets another one of the same file: it ends with the same log, by itself or
// made again.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";

import { CHROMIUM } from "../support/engines.mjs";
import { randomFrom } from "../site/random.mjs";
import { deposit, rejects, verifies, within } from "../support/events.mjs";

const SOURCE = "source";
const LOG = "restored";
const EVENTS = 3_000;

export const tests = [
  { name: "import-killed", run: killed, deadlineSeconds: (full) => (full ? 1200 : 240) },
  { name: "import-crashed", run: crashed, engines: CHROMIUM },
  { name: "import-out-of-space", run: outOfSpace, engines: CHROMIUM },
  { name: "import-twice-at-once", run: twiceAtOnce },
  { name: "import-frozen", run: frozen, engines: CHROMIUM },
];

const PROMPT = 10_000;

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
  const beginning = await tab.call("exportLines", { options: { to: 300 } });
  await browser.close();
  return { lines, text: `${lines.join("\n")}\n`, beginning: `${beginning.join("\n")}\n` };
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
  const { progress } = await rejects(tab.call("importText", { text: exported.text }), "quota_exceeded", { outcome: "not_committed", retryable: false });
  const events = await tab.call("getLastSequenceNumber", {});
  assert.deepEqual([progress.imported, progress.skipped, progress.head], [events, 0, await tab.call("head", {})]);
  assert.ok(events > 0 && events < EVENTS, `${events} events were stored before the space was used up`);
  await verifies(tab, events);
  await rejects(tab.call("append", { events: [deposit("account 1", 1)], options: anything }), "forbidden", { outcome: "not_committed" });
  await tab.limitSpace(undefined);
  const { skipped } = await tab.call("importText", { text: exported.text });
  assert.equal(skipped, events);
  await assertRestored(tab, exported);
  t.count("quota used up in an import", "quota_exceeded, a mirror that verifies; repeated with room, it is complete");
}

/** The pieces of the imports end at different events, so that one stores what another one holds a part of. */
async function twiceAtOnce(t) {
  const exported = await makeExport(t);
  const browser = await t.browser();
  const tabs = [await browser.tab(), await browser.tab(), await browser.tab()];
  for (const tab of tabs) await tab.call("open", { log: LOG });
  const waits = new Promise((resolve) => (browser.onReport = ({ kind }) => kind === "waiting" && resolve()));
  // It has read some events and stored none.
  const first = tabs[0].call("importText", { text: exported.text, waitAt: 400_000 });
  await waits;
  assert.equal((await tabs[1].call("importText", { text: exported.beginning, options: { asMirror: true } })).imported, 300);
  await tabs[0].call("goOn", {});
  const others = [tabs[1].call("importText", { text: exported.text, slowly: true }), tabs[2].call("importText", { text: exported.text })];
  const ended = await Promise.all([first, ...others]);
  const head = await tabs[0].call("head", {});
  for (const { imported, skipped, head: told } of ended) assert.deepEqual([imported + skipped, told], [EVENTS, head]);
  assert.equal(ended.reduce((sum, { imported }) => sum + imported, 0), EVENTS - 300, "each event is stored by one of them");
  for (const tab of tabs) assert.equal((await tab.call("importText", { text: exported.text })).skipped, EVENTS);
  await assertRestored(tabs[0], exported);
  await verifies(tabs[1], EVENTS + 1);
  t.note(`stored by each: ${ended.map(({ imported }) => imported).join(", ")}`);
  t.count("three tabs import the same file at once", "all succeed; each event stored once, one change of epoch; repeated, it stores nothing");
}

/** A tab that is frozen in its import keeps nobody waiting; when it is thawed it goes on, or finds that another one has done the rest. */
async function frozen(t) {
  const exported = await makeExport(t);
  for (const meanwhile of ["reads", "imports"]) {
    const browser = await t.browser();
    const [tab, other] = [await browser.tab(), await browser.tab()];
    for (const each of [tab, other]) await each.call("open", { log: LOG });
    const begun = new Promise((resolve) => (browser.onReport = ({ imported }) => imported > 0 && resolve()));
    const importing = tab.call("importText", { text: exported.text, slowly: true, pieceMilliseconds: 500 });
    await begun;
    const devtools = await tab.devtools();
    await devtools.send("Page.setWebLifecycleState", { state: "frozen" });
    const promptly = (method, argument = {}) => within(PROMPT, `${method} beside a frozen tab`, other.call(method, argument));
    // What was under way when it was frozen may still be stored.
    let events = -1;
    for (let before; before !== events; ) {
      before = events;
      await pause(500);
      events = (await promptly("readLog")).length;
    }
    assert.ok(events > 0 && events < EVENTS, `frozen with ${events} of ${EVENTS} events stored`);
    await within(PROMPT, "verify beside a frozen tab", verifies(other, events));
    assert.equal((await promptly("health")).isMirror, true);
    await rejects(promptly("append", { events: [deposit("account 1", 1)], options: anything }), "forbidden", { outcome: "not_committed" });
    if (meanwhile === "imports") {
      const { imported, skipped } = await promptly("importText", { text: exported.text });
      assert.deepEqual([skipped, imported], [events, EVENTS - events]);
      await assertRestored(other, exported);
    }
    await devtools.send("Page.setWebLifecycleState", { state: "active" });
    const { imported, skipped, head } = await within(60_000, "the thawed import", importing);
    assert.equal(imported + skipped, EVENTS);
    if (meanwhile === "reads") {
      await assertRestored(other, exported);
    } else {
      assert.deepEqual([skipped, head], [EVENTS - events, await other.call("head", {})]);
      await verifies(tab, EVENTS + 1);
    }
    assert.equal((await tab.call("health", {})).isMirror, false);
    t.note(`frozen with ${events} of ${EVENTS} events stored while another tab ${meanwhile}`);
    const outcome = meanwhile === "reads" ? "the other tab reads what is stored, the thawed one goes on" : "the other tab completes it, the thawed one finds that";
    t.count(`tab frozen in an import, another ${meanwhile}`, outcome);
    await browser.close();
  }
}
