// The demo damages its own log, in both ways, and shows how that is noticed.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { quit, sound, start } from "./browser.mjs";
import { choose, create, enter, fact, press, refused, shows, step } from "./page.mjs";

const LOG = "tampered";

export async function theTampering() {
  const { page, problems } = await start(LOG);

  step("nothing is destroyed without consent");
  await aWallet(page);
  await press(page, "Change an amount");
  await page.locator("#tamper-agreed:focus:invalid").waitFor();
  await sound(page, "tamper-offer", "#tamper");
  await page.focus("#tamper-agreed");
  await page.keyboard.press("Space");

  step("an amount is changed in the database: read as it stands, and found by verify()");
  // Events 1 to 7 are a record each, after the one of genesis: the middle one holds event 4, the deposit of €30.00.
  await press(page, "Change an amount");
  await page.locator("#tamper-verdict.bad", { hasText: "Foldlog noticed: the append at event 4 is not what was stored." }).waitFor();
  await fact(page, "#tamper-facts", "Done to the database", `Event 4, Deposited: €30.00 became €90.00 in the stored text (record 4 of “commits” in the database “${LOG}”)`);
  await fact(page, "#tamper-facts", "The log opened", "as if nothing had happened");
  await fact(page, "#tamper-facts", "Reading gave", "all 7 events");
  await fact(page, "#tamper-facts", "verify()", "ok: false at event 4");
  await fact(page, "#tamper-facts", "From now on", "read-only");
  await fact(page, "#health-facts", "Handle", "read-only");
  // €10 + €20 + €30 + €40 + €50 + €60, of which €30 are €90 now.
  await shows(page, "Ana", "€270.00", 7);
  await sound(page, "tampered-amount", "#tamper");

  step("the damaged log takes no deposit; what is sound is exported");
  await enter(page, "#amount", "1");
  await page.keyboard.press("Enter");
  await refused(page, "storage_corrupted", "read-only");
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Download events 1 to 3")]);
  const lines = readFileSync(await download.path(), "utf8").trimEnd().split("\n");
  assert.equal(JSON.parse(lines.at(-1)).end.sequenceNumber, 3);

  step("starting over");
  await startOver(page);
  await aWallet(page);

  step("a byte of a directory is flipped: the log opens read-only");
  await page.check("#tamper-agreed");
  await press(page, "Flip a byte");
  await page.locator("#tamper-verdict.bad", { hasText: "the append at event 4 is not what was stored." }).waitFor();
  await fact(page, "#tamper-facts", "Done to the database", /^Byte \d+ of the directory that begins at event 4: 0x.. became 0x../);
  await fact(page, "#tamper-facts", "The log opened", "read-only, storage_corrupted");
  await fact(page, "#tamper-facts", "Reading gave", "3 events, then storage_corrupted at event 4");
  await fact(page, "#tamper-facts", "verify()", "ok: false at event 4");
  await fact(page, "#tamper-facts", "Still sound", "events 1 to 3");
  await fact(page, "#health-facts", "Last failure", "storage_corrupted");
  await shows(page, "Ana", "€30.00", 3);
  await sound(page, "tampered-byte", "#tamper");

  step("the rescued file goes into a new log; the damaged one is given up");
  await startOver(page);
  await create(page, []);
  await choose(page, "#restore-file", await download.path());
  await press(page, "Restore");
  await page.locator("#restore-verdict.good").waitFor();
  await shows(page, "Ana", "€30.00", 3);
  assert.deepEqual(problems, []);
  await quit();
}

/** An opened wallet and six deposits: seven appends. */
async function aWallet(page) {
  await create(page, ["Ana"]);
  for (const [index, balance] of ["€10.00", "€30.00", "€60.00", "€100.00", "€150.00", "€210.00"].entries()) {
    await enter(page, "#amount", String(10 * (index + 1)));
    await page.keyboard.press("Enter");
    await shows(page, "Ana", balance, index + 2);
  }
}

async function startOver(page) {
  await press(page, "Delete this log and start over");
  await page.locator("#gate-title", { hasText: "Nothing here yet" }).waitFor();
}
