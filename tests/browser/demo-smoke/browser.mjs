// The one browser of the run, on a profile of its own, and pictures of what it shows.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { faultsOf } from "./accessibility.mjs";
import { launch } from "./chromium.mjs";
import { watch } from "./watch.mjs";

const [address] = process.argv.slice(2);
if (!address) throw new Error("usage: node tests/browser/demo-smoke.mjs ADDRESS");
export const screenshots = process.env.FOLDLOG_SCREENSHOTS || mkdtempSync(join(tmpdir(), "foldlog-screenshots-"));
mkdirSync(screenshots, { recursive: true });
const profile = mkdtempSync(join(tmpdir(), "foldlog-demo-"));
const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };
const TIMEOUT = 20_000;

let browser;
let shown;

/** Starts the browser, with a log of the demo in its only tab. */
export async function start(log = "") {
  browser = await launch(profile);
  const { context } = browser;
  const problems = await watch(context);
  const page = await context.newPage();
  shown = page;
  page.setDefaultTimeout(TIMEOUT);
  await page.setViewportSize(DESKTOP);
  await page.goto(log ? `${address}#${log}` : address);
  return { page, problems };
}

/** A picture of what the page shows when the run has failed. */
export async function showFailure() {
  await shown?.screenshot({ path: join(screenshots, "failed.png"), fullPage: true }).catch((error) => console.error(error.message));
  console.error(`failed; screenshots in ${screenshots}`);
}

export async function quit() {
  await browser.quit();
}

export async function kill() {
  await browser?.kill();
}

/** Removes what the run has made, except the pictures. */
export async function cleanUp() {
  await kill();
  rmSync(profile, { recursive: true, force: true });
}

/** No fault in any of the four looks, each on a screenshot of where the page stands, or of a place on it. */
export async function sound(page, name, place) {
  for (const [size, viewport] of Object.entries({ desktop: DESKTOP, phone: PHONE })) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      if (place) await page.locator(place).evaluate((element) => element.scrollIntoView());
      assert.deepEqual(await faultsOf(page), [], `${name}, ${size}, ${colorScheme}`);
      await page.screenshot({ path: join(screenshots, `${name}-${size}-${colorScheme}.png`) });
      if (name !== "gate") await page.screenshot({ path: join(screenshots, `${name}-${size}-${colorScheme}-whole.png`), fullPage: true });
    }
  }
  await page.setViewportSize(DESKTOP);
}
