import assert from "node:assert/strict";

import { copyPackage } from "../support/consumer.mjs";
import { FOUND } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";

export const tests = [{ name: "extension, Manifest V3: a service worker that is stopped finds its events", run: stopped }];

async function stopped(t) {
  const extension = await t.application("extension");
  await copyPackage(extension);
  const browser = await t.browser([`--disable-extensions-except=${extension}`, `--load-extension=${extension}`]);
  const worker = browser.serviceWorkers()[0] ?? (await browser.waitForEvent("serviceworker"));
  const tab = await Tab.open(browser, new URL("page.html", worker.url()).href);
  const before = await asked(tab);
  assert.deepEqual(before.found, FOUND[0]);
  await stop(tab.page);
  await tab.page.reload();
  const after = await asked(tab);
  assert.deepEqual(after.found, FOUND[1]);
  assert.notEqual(after.life, before.life, "the worker was started anew");
  assert.deepEqual(tab.errors, []);
}

async function asked(tab) {
  const { ok, error } = await tab.report();
  assert.equal(error, undefined, JSON.stringify(error));
  return ok;
}

/** Stops the worker as the browser does when it was idle. */
async function stop(page) {
  const session = await page.context().newCDPSession(page);
  const stopped = new Promise((resolve) => {
    session.on("ServiceWorker.workerVersionUpdated", ({ versions }) => {
      if (versions.some(({ runningStatus }) => runningStatus === "stopped")) resolve();
    });
  });
  await session.send("ServiceWorker.enable");
  await session.send("ServiceWorker.stopAllWorkers");
  await stopped;
}
