import assert from "node:assert/strict";

import { Tab } from "../support/page.mjs";
import { viteBuild } from "../support/vite.mjs";

export const tests = [{ name: "shared worker, built by Vite: two tabs append to its store", run: twoTabs }];

async function twoTabs(t) {
  const address = await t.serve(await viteBuild(t, "shared-worker"));
  const browser = await t.browser();
  const first = await Tab.open(browser, address);
  const second = await Tab.open(browser, address);
  assert.equal(await ask(first, "deposit", 100), 1);
  assert.equal(await ask(second, "deposit", 250), 2);
  assert.equal(await ask(first, "tabs"), 2, "both tabs talk to one worker");
  const bothAtOnce = await Promise.all([ask(first, "deposit", 1), ask(second, "deposit", 1)]);
  assert.deepEqual(bothAtOnce.sort(), [3, 4]);
  await first.page.close();
  assert.equal(await ask(second, "deposit", 7), 5, "the worker outlives the tab that started it");
  const amounts = [100, 250, 1, 1, 7];
  assert.deepEqual(await ask(second, "stored"), amounts.map((cents, index) => `${index + 1}:FundsDeposited:${cents}`));
  assert.equal(await ask(second, "verify"), true);
  assert.deepEqual([...first.errors, ...second.errors], []);
}

function ask({ page }, method, argument) {
  return page.evaluate((question) => globalThis.ask(...question), [method, argument]);
}
