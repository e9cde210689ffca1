// What a kill leaves in Chromium's own journal, and what becomes of it two starts later.
import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import assert from "node:assert/strict";

import { CHROMIUM } from "../support/engines.mjs";
import { deposit, fill, rejects, verifies } from "../support/events.mjs";

const LOG = "torn";

/**
 * LevelDB writes a record as a header (checksum, length, kind) and then its content, by two system calls; this is what is left when
 * the process ends between them. The next start takes it for the end of the journal and goes on writing behind it; the start after
 * that reads what was written there as this header's content, finds the checksum wrong, and Chromium deletes all databases.
 */
const TORN = Buffer.from([1, 2, 3, 4, 100, 0, 1]);

export const tests = [
  { name: "torn-journal", run: tornJournal, engines: CHROMIUM },
  { name: "torn-journal-plain", run: tornJournalPlain, engines: CHROMIUM },
];

async function tornJournal(t) {
  const profile = await t.profile();
  await killed(t, profile, async (tab) => {
    await tab.call("open", { log: LOG });
    await fill(tab, "alice", 10);
  });
  await tear(profile);
  await killed(t, profile, async (tab) => {
    await tab.call("open", { log: LOG, options: { create: false } });
    await tab.call("append", { events: [deposit("alice", 11)], options: { expectedVersion: 10 } });
  });
  const browser = await t.browser({ profile });
  const tab = await browser.tab();
  await tab.call("open", { log: LOG, options: { create: false } });
  await verifies(tab, 11);
  await browser.close();
  await tear(profile);
  // However the second start ends, and without an append in it.
  for (let start = 0; start < 2; start += 1) {
    const again = await t.browser({ profile });
    const page = await again.tab();
    await page.call("open", { log: LOG, options: { create: false } });
    await verifies(page, 11);
    await again.close();
  }
  t.count("half a record at the end of Chromium's journal", "the log is whole two starts later", 2);
}

/** The same with IndexedDB used by hand: shows that the test above can fail. */
async function tornJournalPlain(t) {
  const profile = await t.profile();
  await killed(t, profile, (tab) => tab.call("openRaw", { log: LOG, version: 1 }));
  await tear(profile);
  await killed(t, profile, async (tab) => {
    assert.deepEqual(await tab.call("databases"), [LOG]);
    await tab.call("openRaw", { log: "other", version: 1 });
  });
  const browser = await t.browser({ profile });
  const tab = await browser.tab();
  const left = await tab.call("databases").catch(() => []);
  await rejects(tab.call("open", { log: LOG, options: { create: false } }), "log_not_found");
  t.note(`databases that Chromium kept: ${left.length} of 2`);
}

async function killed(t, profile, use) {
  const browser = await t.browser({ profile });
  await use(await browser.tab());
  await browser.kill();
}

/** Puts the torn record at the end of the newest journal. */
async function tear(profile) {
  const root = join(profile, "Default", "IndexedDB");
  const folder = (await readdir(root)).find((name) => name.endsWith(".leveldb"));
  const journals = (await readdir(join(root, folder))).filter((name) => /^\d+\.log$/.test(name));
  await appendFile(join(root, folder, journals.sort().at(-1)), TORN);
}
