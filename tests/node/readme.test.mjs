import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

const entry = new URL("../../pkg/dist/index.node.js", import.meta.url);

test("the example of the README runs and gives the balance calculated by hand", async () => {
  const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
  const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1];
  assert.ok(example, "the README has an example");
  const lines = [];
  const source = example
    .replace('from "foldlog"', `from ${JSON.stringify(entry.href)}`)
    .replaceAll("console.log(", "globalThis.readmeLog(");
  globalThis.readmeLog = (...values) => lines.push(values);
  await import(`data:text/javascript,${encodeURIComponent(source)}`);
  // 10.00 deposited, 2.50 withdrawn, in Node always in memory.
  assert.deepEqual(lines, [["memory", 750]]);
});
