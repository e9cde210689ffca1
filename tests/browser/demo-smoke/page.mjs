// What a user does on the page, and what stands there.

export function step(what) {
  console.log(`${(performance.now() / 1000).toFixed(1).padStart(5)} s  ${what}`);
}

export async function until(page, holds) {
  while (!holds()) await page.evaluate(() => new Promise(requestAnimationFrame));
}

export function press(page, name) {
  return page.getByRole("button", { name, exact: true }).press("Enter");
}

export async function enter(page, field, text) {
  await page.fill(field, text);
  await page.focus(field);
}

export async function shows(page, name, balance, version) {
  const card = page.locator(".wallet-card", { hasText: name }).filter({ hasText: `version ${version}` });
  await card.filter({ has: page.locator(".balance", { hasText: balance }) }).waitFor();
}

export async function refused(page, code, text) {
  await page.locator("#failed", { hasText: text }).filter({ hasText: code }).waitFor();
}

export function fact(page, list, term, value) {
  const row = page.locator(`${list} > div`).filter({ has: page.locator("dt", { hasText: term }) });
  return row.filter({ has: page.locator("dd", { hasText: value }) }).waitFor();
}

export async function rows(page, count) {
  const texts = await page.locator("#event-rows tr").evaluateAll((found) =>
    found.map((row) => [".number", ".type", ".muted", ".change"].map((part) => row.querySelector(part).textContent).join(" ")),
  );
  return texts.slice(0, count);
}

/** What the page counts after a kill. */
export async function tally(page) {
  await page.locator("#kill-verdict.good, #kill-verdict.bad").waitFor();
  const [acknowledged, found, missing, half] = (await page.locator("#kill-facts dd").allTextContents()).map(Number);
  return { acknowledged, found, missing, half };
}

/** Creates the log that the gate asks about, with these wallets. */
export async function create(page, owners) {
  await page.locator("#gate-button", { hasText: "Create the log" }).press("Enter");
  await page.locator("#owner:focus").waitFor();
  for (const owner of owners) {
    await page.fill("#owner", owner);
    await page.keyboard.press("Enter");
    await shows(page, owner, "€0.00", 1);
  }
}

/** Chooses a file on disk, as the dialog of the browser would: nothing of it passes through this process. */
export async function choose(page, field, file) {
  const session = await page.context().newCDPSession(page);
  const { root } = await session.send("DOM.getDocument");
  const { nodeId } = await session.send("DOM.querySelector", { nodeId: root.nodeId, selector: field });
  await session.send("DOM.setFileInputFiles", { nodeId, files: [file] });
  await session.detach();
}
