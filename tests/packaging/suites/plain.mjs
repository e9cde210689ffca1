import { copyPackage } from "../support/consumer.mjs";
import { INDEXED_DB, MEMORY } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";

export const tests = [{ name: "<script type=module> without a bundler", run: plain }];

async function plain(t) {
  const app = await t.application("plain");
  await copyPackage(app);
  const tab = await Tab.open(await t.browser(), await t.serve(app));
  await tab.expect({ memory: MEMORY, indexedDb: INDEXED_DB });
}
