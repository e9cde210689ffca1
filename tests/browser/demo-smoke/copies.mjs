// A full wallet, its backup, a restore that is cancelled and goes on, and files that are refused.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { quit, sound, start } from "./browser.mjs";
import { choose, create, enter, fact, press, refused, shows, step } from "./page.mjs";

const LOG = "copies";
/** For 20,000 events on a machine that has other things to do. */
const LONG = { timeout: 120_000 };

export async function theCopies() {
  const folder = mkdtempSync(join(tmpdir(), "foldlog-backups-"));
  try {
    const { file, lines, filled } = await theBackup(folder);
    await theRestore(file, filled);
    await theRefusals(folder, lines);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function theBackup(folder) {
  const { page, problems } = await start(LOG);

  step("a wallet is filled: cancelled in the middle, then to the end");
  await create(page, ["Ana", "Ben"]);
  await enter(page, "#amount", "30.30");
  await page.keyboard.press("Enter");
  await shows(page, "Ben", "€30.30", 2);
  await cancelOnce(page, "fill-work", /^[1-9]/);
  await press(page, "Deposit them");
  await page.locator("#fill-verdict", { hasText: /^Cancelled\. [\d,]+ deposits stored for Ben; they stay\.$/ }).waitFor();
  const some = number(await page.locator("#fill-verdict").textContent());
  assert.ok(some > 0 && some < 20_000 && some % 200 === 0, `${some} deposits before the end`);
  // 1 + 2 + … + 100 cents are €50.50.
  await shows(page, "Ben", euros(3030 + (some / 100) * 5050), 2 + some);
  await watchFrames(page);
  await press(page, "Deposit them");
  await page.locator("#fill-verdict.good", { hasText: "20,000 deposits stored for Ben." }).waitFor(LONG);
  const filled = { cents: 3030 + (some / 100) * 5050 + 1_010_000, version: 20_002 + some };
  await shows(page, "Ben", euros(filled.cents), filled.version);
  console.log(`         longest time between two frames while 20,000 events were stored: ${await longestFrame(page)} ms`);

  step("its backup is a file");
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "Download a backup")]);
  assert.match(download.suggestedFilename(), /^copies-\d{4}-\d\d-\d\d\.jsonl$/);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  await page.locator("#export-verdict.good", { hasText: `${download.suggestedFilename()}, ` }).waitFor();
  const lines = readFileSync(file, "utf8").split("\n");
  assert.equal(lines.pop(), "");
  assert.deepEqual(JSON.parse(lines[0]), { foldlogExport: 1, after: null });
  // One of Ana, all of Ben.
  assert.equal(JSON.parse(lines.at(-1)).end.sequenceNumber, filled.version + 1);
  await sound(page, "filled", "#backup");
  assert.deepEqual(problems, []);
  await quit();
  return { file, lines, filled };
}

async function theRestore(file, filled) {
  const { page, problems } = await start(LOG);
  const total = filled.version + 1;

  step("a log with events offers a new one, and the restore there is cancelled");
  await shows(page, "Ben", euros(filled.cents), filled.version);
  await page.locator("#restore-hint", { hasText: "nothing is ever overwritten" }).waitFor();
  await page.getByRole("link", { name: `Open the log “${LOG}-copy” for it`, exact: true }).press("Enter");
  await page.locator("#gate-text", { hasText: `“${LOG}-copy”` }).waitFor();
  await create(page, []);
  await page.locator("#restore-hint", { hasText: "This log is empty" }).waitFor();
  assert.equal(await page.locator("#restore-new").isVisible(), false);
  await choose(page, "#restore-file", file);
  await cancelOnce(page, "restore-work", /; [1-9][\d,]* events stored/);
  await press(page, "Restore");
  await page.locator("#restore-verdict", { hasText: /^Cancelled\. [\d,]+ events were stored.*unfinished restore/ }).waitFor();
  const some = number(await page.locator("#restore-verdict").textContent());
  assert.ok(some > 0 && some < total, `${some} events before the end`);
  await page.locator("#restore-start:focus", { hasText: "Go on restoring" }).waitFor();
  await page.locator("#live", { hasText: `In step at event ${some}` }).waitFor();
  await sound(page, "unfinished", "#restore-section");

  step("an unfinished restore takes no deposit, also after the page was loaded anew");
  await page.reload();
  await page.locator("#restore-hint", { hasText: "This log is an unfinished restore of “copies-" }).waitFor();
  await page.locator("#live", { hasText: `In step at event ${some}` }).waitFor();
  await enter(page, "#amount", "1");
  await page.keyboard.press("Enter");
  await refused(page, "forbidden", "unfinished restore");

  step("the same file goes on where it stopped");
  await choose(page, "#restore-file", file);
  await watchFrames(page);
  await press(page, "Go on restoring");
  await page.locator("#restore-verdict.good", { hasText: "Restored. Every link was proved" }).waitFor(LONG);
  console.log(`         longest time between two frames while the rest was restored: ${await longestFrame(page)} ms`);
  await fact(page, "#restore-facts", "Events stored", (total - some).toLocaleString("en"));
  await fact(page, "#restore-facts", "Events held already", some.toLocaleString("en"));
  await shows(page, "Ana", "€0.00", 1);
  await shows(page, "Ben", euros(filled.cents), filled.version);

  step("the restored log verifies, takes a deposit, and knows the file when it comes again");
  await press(page, "Verify the log");
  await page.locator("#verdict.good").waitFor();
  await fact(page, "#verify-facts", "Events", total.toLocaleString("en"));
  await page.locator("input[value=wallet-ben]").check();
  await enter(page, "#amount", "0.01");
  await page.keyboard.press("Enter");
  await shows(page, "Ben", euros(filled.cents + 1), filled.version + 1);
  await press(page, "Restore");
  await page.locator("#restore-verdict.good", { hasText: "holds everything in that file already" }).waitFor();
  await page.reload();
  await shows(page, "Ben", euros(filled.cents + 1), filled.version + 1);
  assert.deepEqual(problems, []);
  await quit();
}

async function theRefusals(folder, lines) {
  const { page, problems } = await start("refusals");
  await create(page, []);
  const give = async (name, text) => {
    writeFileSync(join(folder, name), text);
    await choose(page, "#restore-file", join(folder, name));
    await page.locator("#restore-start").press("Enter");
  };
  const refusal = (text) => page.locator("#restore-verdict.bad", { hasText: text }).waitFor(LONG);
  const whole = `${lines.join("\n")}\n`;

  step("files that are refused, in plain words");
  await give("notes.jsonl", "a shopping list\n");
  await refusal(/^“notes\.jsonl” is not a backup of a log\..* Nothing was stored\.$/);
  await give("picture.jsonl", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff]));
  await refusal(/^“picture\.jsonl” is not a backup of a log\. Nothing was stored\.$/);
  await give("short.jsonl", `${lines.slice(0, 5).join("\n")}\n`);
  await refusal(/^“short\.jsonl” ends too early: line 6 is missing or cut\. Nothing was stored\.$/);
  await give("early.jsonl", whole.replace('"cents":3030', '"cents":9030'));
  await refusal(/^“early\.jsonl” is damaged or was altered at line 5\. Nothing was stored\.$/);
  await fact(page, "#restore-facts", "Code", "invalid_argument");
  const late = [...lines];
  late[60] = late[60].replace('"cents":7}', '"cents":8}');
  await give("late.jsonl", `${late.join("\n")}\n`);
  await refusal(/^“late\.jsonl” is damaged or was altered at line 61\. [\d,]+ events were stored before that, .* unfinished restore/);
  await fact(page, "#restore-facts", "What was found", /^Line 61\.link: is [0-9a-f]{8}…[0-9a-f]{8}, but the content gives/);
  await sound(page, "refused", "#restore-section");
  await give("whole.jsonl", whole);
  await page.locator("#restore-verdict.good", { hasText: "Restored." }).waitFor(LONG);

  step("a backup of another log");
  await page.fill("#log-name", "foreign");
  await page.keyboard.press("Enter");
  await page.locator("#gate-text", { hasText: "“foreign”" }).waitFor();
  await create(page, ["Ana"]);
  await give("whole.jsonl", whole);
  await refusal(/different histories from event 1 on\. Nothing was stored\.$/);
  await fact(page, "#restore-facts", "Code", "log_diverged");
  await shows(page, "Ana", "€0.00", 1);
  assert.deepEqual(problems, []);
  await quit();
}

/** Presses the cancel button as soon as the words beside it say that something was stored. */
function cancelOnce(page, work, says) {
  return page.evaluate(
    ({ work, says }) => {
      const words = document.querySelector(`#${work} p`);
      const cancel = document.querySelector(`#${work} button`);
      const observer = new MutationObserver(() => {
        if (!says.test(words.textContent)) return;
        observer.disconnect();
        cancel.focus();
        cancel.click();
      });
      observer.observe(words, { childList: true });
    },
    { work, says },
  );
}

/** How long the page ever was without drawing, from now on. */
function watchFrames(page) {
  return page.evaluate(() => {
    let last = performance.now();
    globalThis.longestFrame = 0;
    requestAnimationFrame(function frame(now) {
      globalThis.longestFrame = Math.max(globalThis.longestFrame, now - last);
      last = now;
      requestAnimationFrame(frame);
    });
  });
}

function longestFrame(page) {
  return page.evaluate(() => Math.round(globalThis.longestFrame));
}

function number(text) {
  return Number(/[\d,]+/.exec(text)[0].replaceAll(",", ""));
}

function euros(cents) {
  return `€${(cents / 100).toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}
