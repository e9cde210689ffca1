// Drives the demo wallet from an empty browser to the end. Usage: node tests/browser/demo-smoke.mjs ADDRESS
import assert from "node:assert/strict";

import { tabOrder } from "./demo-smoke/accessibility.mjs";
import { cleanUp, kill, quit, screenshots, showFailure, sound, start } from "./demo-smoke/browser.mjs";
import { theCopies } from "./demo-smoke/copies.mjs";
import { enter, fact, press, refused, rows, shows, step, tally, until } from "./demo-smoke/page.mjs";
import { theTampering } from "./demo-smoke/tampering.mjs";
import { provokeEach } from "./demo-smoke/watch.mjs";

try {
  await theWatchSees();
  const { ana, ben } = await theWallets();
  await theKilledBrowser({ ana, ben });
  await theCopies();
  await theTampering();
  console.log(`ok; screenshots in ${screenshots}`);
} catch (error) {
  await showFailure();
  throw error;
} finally {
  await cleanUp();
}

/** The errors that the rest must not have are noticed if there are any. */
async function theWatchSees() {
  step("the watch over console, exceptions and policy can see");
  const { page, problems } = await start();
  await page.locator("#gate-button").waitFor();
  assert.equal(await provokeEach(page), false, "an inline script or style took effect");
  // Each problem reaches this process by itself; the page knows when it has sent them.
  await until(page, () => problems.length >= 5);
  for (const sign of ["policy: style-src", "policy: script-src", "exception: Error: provoked"]) {
    assert.ok(problems.some((problem) => problem.startsWith(sign)), `no "${sign}" in ${problems.join("\n")}`);
  }
  await quit();
}

async function theWallets() {
  const { page, problems } = await start();

  step("a log that is not there is made only when asked");
  await page.locator("#gate-title", { hasText: "Nothing here yet" }).waitFor();
  await sound(page, "gate");
  await page.keyboard.press("Enter");
  await page.locator("#owner:focus").waitFor();
  await sound(page, "empty");

  step("two wallets, opened with the keyboard alone");
  for (const name of ["Ana", "Ben"]) {
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await shows(page, name, "€0.00", 1);
    await page.locator("#owner:focus").waitFor();
  }
  await page.fill("#owner", " ana ");
  await page.keyboard.press("Enter");
  await refused(page, "wallet_exists", "There is already a wallet called Ana.");
  await page.fill("#owner", "");

  step("deposits and a withdrawal");
  await page.locator("input[value=wallet-ben]").focus();
  await page.keyboard.press("ArrowUp");
  await page.locator("#move-title", { hasText: "Move Ana’s money" }).waitFor();
  await enter(page, "#amount", "100");
  await page.keyboard.press("Enter");
  await shows(page, "Ana", "€100.00", 2);
  await enter(page, "#amount", "12,50");
  await page.keyboard.press("Enter");
  await shows(page, "Ana", "€112.50", 3);
  await enter(page, "#amount", "20.25");
  await press(page, "Withdraw");
  await shows(page, "Ana", "€92.25", 4);
  await page.locator("#last-receipt", { hasText: "Last receipt: event 5, strict" }).waitFor();

  step("an overdraft and a wrong amount are refused");
  await enter(page, "#amount", "92.26");
  await press(page, "Withdraw");
  await refused(page, "insufficient_funds", "Ana has €92.25, which is less than €92.26.");
  await enter(page, "#amount", "1.234");
  await page.keyboard.press("Enter");
  await refused(page, "not_an_amount", "Give an amount such as");
  await page.locator("#amount[aria-invalid=true]:focus").waitFor();
  await page.fill("#amount", "");
  await shows(page, "Ana", "€92.25", 4);

  step("a transfer is one append");
  await enter(page, "#transfer-amount", "30.30");
  await press(page, "Transfer");
  await shows(page, "Ana", "€61.95", 5);
  await shows(page, "Ben", "€30.30", 2);
  await page.locator("#done", { hasText: "from Ana to Ben: events 6 and 7, one append" }).waitFor();
  assert.deepEqual(await rows(page, 2), ["7 TransferReceived Ben +€30.30", "6 TransferSent Ana −€30.30"]);

  step("a second tab stays in step, both ways");
  const [other] = await Promise.all([page.context().waitForEvent("page"), page.click("#second-tab")]);
  other.setDefaultTimeout(20_000);
  await shows(other, "Ana", "€61.95", 5);
  await shows(other, "Ben", "€30.30", 2);
  await other.locator("label", { hasText: "Ben" }).first().click();
  await enter(other, "#amount", "5");
  await press(other, "Deposit");
  await shows(page, "Ben", "€35.30", 3);
  await page.locator("tr[data-sequence='8'] .badge", { hasText: "another tab" }).waitFor();

  step("a conflict is provoked, shown, retried");
  await press(page, "Provoke a conflict");
  const lost = await page.locator("#conflict-steps .lost").textContent();
  assert.match(lost, /^[AB] is refused: expected version 5, actual version 6\. concurrency_conflict$/);
  assert.match(await page.locator("#conflict-steps .won").textContent(), /reads version 6, decides again, and is stored as version 7, event 10\./);
  await shows(page, "Ana", "€64.95", 7);
  await shows(other, "Ana", "€64.95", 7);

  step("every past version of Ana");
  const first = lost.startsWith("B") ? "€62.95" : "€63.95";
  const balances = ["€0.00", "€0.00", "€100.00", "€112.50", "€92.25", "€61.95", first, "€64.95"];
  await page.locator("#version").focus();
  await page.keyboard.press("Home");
  for (const [version, balance] of balances.entries()) {
    await page.locator(`#version[aria-valuetext="version ${version} of 7, balance ${balance}"]`).waitFor();
    assert.equal(await page.locator("#version-facts dd").first().textContent(), balance);
    await page.keyboard.press("ArrowRight");
  }

  step("verify, twice: the second time against the head of the first");
  for (const last of ["never before", "event 10, still the same"]) {
    await press(page, "Verify the log");
    await fact(page, "#verify-facts", "Last verified", last);
    await page.locator("#verdict.good", { hasText: "Every link fits." }).waitFor();
    // By hand: two openings, three amounts, one transfer, one deposit in the other tab, two of the race.
    await fact(page, "#verify-facts", "Appends", "9");
    await fact(page, "#verify-facts", "Events", "10");
  }

  step("health");
  await fact(page, "#health-facts", "Durability", "strict");
  await fact(page, "#health-facts", "Space used", / of .* (G|T)B$/);
  await press(page, "Keep my data");
  await page.locator("#done", { hasText: /The browser (will keep this data|made no promise)/ }).waitFor();
  await fact(page, "#health-facts", "Kept by the browser", /^(yes|no promise)$/);
  await fact(page, "#health-facts", "Risk of eviction", /^(none|low)/);

  step("looks and accessibility, desktop and phone, light and dark; a walk with the Tab key");
  await page.bringToFront();
  await sound(page, "wallet");
  const walk = await tabOrder(page, "#log-name");
  assert.deepEqual(walk.filter(({ visible }) => !visible), [], "the focus went out of sight");
  assert.deepEqual(
    // The message of the step before may be there or gone.
    walk.map(({ name }) => name).filter((name) => name !== "close-message").join(", "),
    "log-name, Open, second-tab, wallet-ana, owner, Open wallet, amount, Deposit, Withdraw, transfer-amount, transfer-to, Transfer, " +
      "version, event-scroll, export, fill-count, Deposit them, restore-new, restore-file, restore-start, provoke, verify, start-burst, kill, persist, " +
      "tamper-agreed, Change an amount, Flip a byte",
  );

  step("a page that drops itself in the middle of a burst");
  await press(page, "Burst, then drop this page");
  await page.waitForURL(/killed\.html/);
  await sound(page, "killed");
  await page.click("text=Open the wallet again");
  const dropped = await tally(page);
  assert.ok(dropped.acknowledged >= 150 && dropped.found >= dropped.acknowledged, JSON.stringify(dropped));
  assert.deepEqual([dropped.missing, dropped.half], [0, 0]);
  await shows(page, "Ana", "€64.95", 7);

  step("another log of this browser knows nothing of it");
  await page.fill("#log-name", "other");
  await page.keyboard.press("Enter");
  await page.locator("#gate-text", { hasText: "“other”" }).waitFor();
  assert.equal(await page.locator("#app").isVisible(), false);

  assert.deepEqual(problems, []);
  await quit();
  return { ana: "€64.95", ben: "€35.30" };
}

async function theKilledBrowser({ ana, ben }) {
  step("the browser, reopened, has every wallet; it is killed in the middle of a burst");
  const before = await start();
  await shows(before.page, "Ana", ana, 7);
  await shows(before.page, "Ben", ben, 3);
  await press(before.page, "Start a burst");
  await before.page.waitForFunction(() => Number.parseInt(document.getElementById("burst-progress").textContent.replace(",", "")) >= 150);
  const seen = Number.parseInt((await before.page.locator("#burst-progress").textContent()).replace(",", ""));
  assert.ok(seen >= 150, "the burst was over before the kill");
  await kill();
  assert.deepEqual(before.problems, []);

  step(`reopened after kill -9; the page had shown ${seen} acknowledged events`);
  const { page, problems } = await start();
  const { acknowledged, found, missing, half } = await tally(page);
  console.log(`         acknowledged ${acknowledged}, found ${found}, missing ${missing}, half-written appends ${half}`);
  assert.ok(acknowledged >= seen, "the witness forgot a receipt");
  assert.ok(found >= acknowledged && found < 6000, "found fewer than acknowledged, or the burst had ended");
  assert.deepEqual([missing, half], [0, 0]);
  await page.locator("#kill-verdict.good", { hasText: "Every acknowledged event is there" }).waitFor();
  await shows(page, "Ana", ana, 7);
  await shows(page, "Ben", ben, 3);
  await press(page, "Verify the log");
  await page.locator("#verdict.good").waitFor();
  await page.locator("#kill-section").scrollIntoViewIfNeeded();
  await sound(page, "after-kill");
  assert.deepEqual(problems, []);
  await quit();
}
