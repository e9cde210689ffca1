import assert from "node:assert/strict";
import { test } from "node:test";

import { exampleIn, runExample } from "./example.mjs";

test("the example of the README runs and gives the balance calculated by hand", async () => {
  // 10.00 deposited, 2.50 withdrawn, in Node always in memory.
  assert.deepEqual(await runExample(await exampleIn("README.md")), [["memory", 750]]);
});
