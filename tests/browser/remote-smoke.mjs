// Drives the demo wallet with its log on a server. Usage: node tests/browser/remote-smoke.mjs ADDRESS
import assert from "node:assert/strict";

import { cleanUp, kill, quit, screenshots, showFailure, sound, start } from "./demo-smoke/browser.mjs";
import { create, enter, fact, press, rows, shows, step, tally } from "./demo-smoke/page.mjs";

try {
  await theCopy();
  await theServersLog();
  await theKilledBrowser();
  console.log(`ok; screenshots in ${screenshots}`);
} catch (error) {
  await showFailure();
  throw error;
} finally {
  await cleanUp();
}

/** The log in the browser has a copy on the server, which takes only what it lacks. */
async function theCopy() {
  step("a log in the browser is copied to the server, twice");
  const { page, problems } = await start();
  await create(page, ["Ana"]);
  await press(page, "Copy to the server");
  await page.locator("#copy-verdict", { hasText: "1 event copied; the server holds all 1." }).waitFor();
  await enter(page, "#amount", "10");
  await press(page, "Deposit");
  await shows(page, "Ana", "€10.00", 2);
  await press(page, "Copy to the server");
  await page.locator("#copy-verdict", { hasText: "1 event copied; the server holds all 2." }).waitFor();
  assert.deepEqual(problems.filter(isNoAnswer), []);
  await quit();
}

async function theServersLog() {
  step("the page keeps its log on the server instead");
  const { page, problems } = await start();
  await page.locator("#owner").waitFor();
  await page.selectOption("#kept", "server");
  await page.locator("#gate-text", { hasText: "The server has no log named" }).waitFor();
  await sound(page, "remote-gate");
  await create(page, ["Ana", "Ben"]);
  assert.equal(await page.locator("#tamper").isVisible(), false);
  await page.locator("label", { hasText: "Ana" }).first().click();
  await enter(page, "#amount", "100");
  await press(page, "Deposit");
  await shows(page, "Ana", "€100.00", 2);
  await page.locator("#last-receipt", { hasText: "Last receipt: event 3, remote" }).waitFor();
  await enter(page, "#transfer-amount", "30.30");
  await press(page, "Transfer");
  await shows(page, "Ana", "€69.70", 3);
  await shows(page, "Ben", "€30.30", 2);
  assert.deepEqual(await rows(page, 2), ["5 TransferReceived Ben +€30.30", "4 TransferSent Ana −€30.30"]);

  step("a second tab stays in step, both ways");
  const [other] = await Promise.all([page.context().waitForEvent("page"), page.click("#second-tab")]);
  other.setDefaultTimeout(20_000);
  await shows(other, "Ana", "€69.70", 3);
  await other.locator("label", { hasText: "Ben" }).first().click();
  await enter(other, "#amount", "5");
  await press(other, "Deposit");
  await shows(page, "Ben", "€35.30", 3);
  await press(page, "Provoke a conflict");
  await page.locator("#conflict-steps .won").waitFor();
  await shows(other, "Ana", "€72.70", 5);
  await other.close();

  step("the chain is verified, and the head remembered");
  await press(page, "Verify the log");
  await page.locator("#verdict.good").waitFor();
  await fact(page, "#health-facts", "Durability", "remote");
  await sound(page, "remote");
  await page.reload();
  await shows(page, "Ana", "€72.70", 5);
  assert.deepEqual(problems.filter(isNoAnswer), []);
  await quit();
}

async function theKilledBrowser() {
  step("the browser is killed in a burst; the server has what it acknowledged");
  const { page } = await start();
  await page.selectOption("#kept", "server");
  await page.locator("#start-burst").waitFor();
  await press(page, "Start a burst");
  await page.locator("#burst-progress", { hasText: /[1-9]\d events acknowledged/ }).waitFor();
  await kill();
  const again = (await start()).page;
  await again.selectOption("#kept", "server");
  const { acknowledged, found, missing, half } = await tally(again);
  assert.ok(acknowledged > 0 && found >= acknowledged, `${found} of ${acknowledged} found`);
  assert.deepEqual({ missing, half }, { missing: 0, half: 0 });
  await quit();
}

/** Not one of the server's regular answers: a log that is not there yet, a conflict. Chromium notes each on the console. */
function isNoAnswer(problem) {
  return !/the server responded with a status of (404|409)/.test(problem);
}
