import assert from "node:assert/strict";
import { test } from "node:test";

import { exampleIn, runExample } from "./example.mjs";

test("the examples of the guide to testing run, and what they assert holds", async () => {
  const example = await exampleIn("docs/guide/testing.md");
  assert.equal(example.match(/given\(Wallet/g).length, 3);
  assert.deepEqual(await runExample(example), []);
});
