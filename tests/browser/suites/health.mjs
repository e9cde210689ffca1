// What `health()` and `healthChanges()` tell in a real browser, and how soon.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { fileURLToPath } from "node:url";

import { serve } from "../../../www/serve.mjs";
import { CHROMIUM } from "../support/engines.mjs";
import { deposit, fill, rejects, within } from "../support/events.mjs";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const LOG = "health";
const PROMPT = 5_000;

export const tests = [
  { name: "health-of-the-handle", run: handle },
  { name: "health-of-a-damaged-log", run: damaged },
  { name: "health-polled", run: polled, engines: CHROMIUM },
  { name: "health-in-a-worker", run: inWorker },
  { name: "health-in-a-frame", run: inFrame, engines: CHROMIUM },
];

const anything = { expectedVersion: "any" };

/** A handle that dies, one that is opened again, and a log that a newer version takes over: each told without a poll. */
async function handle(t) {
  const browser = await t.browser();
  const [tab, other] = [await browser.tab(), await browser.tab()];
  await tab.call("open", { log: LOG });
  await fill(tab, "alice", 3);
  await tab.call("watchHealth", {});
  const [first] = await tab.call("healthsTold", { handle: "open" });
  assert.deepEqual([first.backend, first.durability, first.lastError, first.hints], ["indexed_db", "strict", null, []]);
  assert.equal(typeof first.persisted, "boolean");
  assert.ok(first.quota.used >= 0 && first.quota.limit > 0, JSON.stringify(first.quota));

  await within(PROMPT, "deleting", other.call("deleteDatabase", { log: LOG }));
  await within(PROMPT, "lost", tab.call("healthsTold", { handle: "lost" }));
  await rejects(tab.call("append", { events: [deposit("alice", 1)], options: anything }), "log_not_found");
  const told = await within(PROMPT, "the error", tab.call("healthsTold", { lastError: "log_not_found" }));
  assert.deepEqual([told.at(-1).handle, told.at(-1).lastError], ["lost", "log_not_found"]);

  await tab.call("open", { log: "second", store: "second" });
  await fill(tab, "alice", 3, { store: "second" });
  await tab.call("watchHealth", { store: "second" });
  await tab.call("healthsTold", { store: "second", handle: "open" });
  await tab.call("closeHandles");
  await tab.call("append", { store: "second", events: [deposit("alice", 1)], options: anything });
  await within(PROMPT, "found", tab.call("healthsTold", { store: "second", handle: "open" }));
  await within(PROMPT, "the upgrade", other.call("openRaw", { log: "second", version: 99 }));
  await within(PROMPT, "superseded", tab.call("healthsTold", { store: "second", handle: "superseded" }));
  await tab.call("close", { store: "second" });
  assert.equal(await within(PROMPT, "the end", tab.call("healthEnded", { store: "second" })), "quietly");
}

/** A log that loses a record under an open store takes no more appends, and says so without being asked. */
async function damaged(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: LOG });
  for (let version = 0; version < 3; version += 1) await fill(tab, "alice", 1);
  await tab.call("watchHealth", {});
  await tab.call("healthsTold", { handle: "open" });
  await tab.page.evaluate(async (log) => {
    const settled = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const database = await settled(indexedDB.open(log));
    await settled(database.transaction("commits", "readwrite").objectStore("commits").delete(2));
    database.close();
  }, LOG);
  assert.equal((await tab.call("verify", {})).ok, false);
  const told = await within(PROMPT, "read-only", tab.call("healthsTold", { handle: "read_only" }));
  assert.equal(told.at(-1).lastError, "storage_corrupted");
}

/**
 * A quota that an append meets, persistence that is asked for, and a quota of which nothing tells.
 *
 * Chromium tells every site that its limit is about 10 GiB, whatever it is, so here it is made to say what other browsers say.
 */
async function polled(t) {
  const browser = await t.browser();
  const tab = await browser.tab({
    prepare: () => {
      globalThis.quota = 3_000_000;
      navigator.storage.estimate = async () => ({ usage: 1_000_000, quota: globalThis.quota });
    },
  });
  await tab.limitSpace(3_000_000);
  await tab.call("open", { log: LOG });
  await tab.call("watchHealth", {});
  const [first] = await tab.call("healthsTold", { handle: "open" });
  assert.deepEqual([first.quota, first.hints], [{ used: 1_000_000, limit: 3_000_000 }, ["small_quota"]]);
  const huge = Array.from({ length: 10 }, () => deposit("bob", randomBytes(375_000).toString("base64")));
  await rejects(tab.call("append", { events: huge, options: anything }), "quota_exceeded");
  await within(PROMPT, "the quota", tab.call("healthsTold", { lastError: "quota_exceeded" }));
  const granted = await tab.call("requestPersistence", {});
  assert.equal(granted, (await tab.call("health", {})).persisted);

  await tab.page.evaluate(() => (globalThis.quota = 3_000_000_000));
  const hasRoom = async () => (await foldlogTest("healthsTold", {})).value.at(-1).hints.length === 0;
  await within(25_000, "the poll of ten seconds", tab.page.waitForFunction(hasRoom));
  t.note(`persistence was ${granted ? "granted" : "not granted"}`);
}

async function inWorker(t) {
  const browser = await t.browser();
  const worker = await (await browser.tab()).worker();
  await worker.call("open", { log: LOG });
  assert.equal(await worker.call("requestPersistence", {}), false);
  const health = await worker.call("health", {});
  assert.deepEqual([health.backend, health.handle, health.hints], ["indexed_db", "open", []]);
}

/** A log in a frame of its own origin, and in a frame of another one. */
async function inFrame(t) {
  // The usual policy forbids frames.
  const sites = await Promise.all([0, 0].map((port) => serve(ROOT, port, () => "frame-ancestors *")));
  const [own, foreign] = sites.map(({ address }) => address);
  try {
    const browser = await t.browser();
    const page = await browser.page(`${own}tests/browser/site/index.html`);
    const hintsIn = async (origin) => {
      const src = `${origin}tests/browser/site/index.html`;
      await page.evaluate((src) => document.body.append(Object.assign(document.createElement("iframe"), { src })), src);
      const frame = await (await page.locator("iframe").last().elementHandle()).contentFrame();
      await frame.waitForFunction(() => "foldlogTest" in globalThis);
      await frame.evaluate((log) => foldlogTest("open", { log }), LOG);
      return (await frame.evaluate(() => foldlogTest("health", {}))).value.hints;
    };
    assert.deepEqual(await within(PROMPT, "a frame", hintsIn(own)), []);
    assert.deepEqual(await within(PROMPT, "a frame", hintsIn(foreign)), ["cross_origin_frame"]);
  } finally {
    for (const { server } of sites) {
      server.close();
      server.closeAllConnections();
    }
  }
}
