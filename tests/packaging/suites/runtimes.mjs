import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { MEMORY } from "../support/expected.mjs";
import { requireTool, run, runtime } from "../support/programs.mjs";

const versionOf = (name) => requireTool(`${name}/package.json`).version;

export const tests = [
  runs(`Node ${process.versions.node}`, () => "node", []),
  // Deno asks before it lets a program read a file; the wasm is one.
  runs(`Deno ${versionOf("deno")}`, () => runtime("@deno", "deno"), ["run", "--allow-read", "--no-prompt"]),
  runs(`Bun ${versionOf("bun")}`, () => runtime("@oven", "bin/bun"), []),
];

function runs(name, program, options) {
  return {
    name: `${name}: the example of the README, and a typed error for IndexedDB`,
    run: async (t) => {
      const app = await t.application("node");
      await writeFile(join(app, "readme.mjs"), await example(app));
      const output = async (file) => run(await program(), [...options, file], { cwd: app });
      // 10.00 deposited, 2.50 withdrawn.
      assert.equal(await output("readme.mjs"), "memory 750\n");
      const expected = { name: "foldlog", memory: MEMORY, indexedDb: "storage_unavailable", afterDispose: "closed" };
      assert.deepEqual(JSON.parse(await output("round-trip.mjs")), expected);
    },
  };
}

/** The first JavaScript of the README that is in the installed package, as it stands. */
async function example(app) {
  const readme = await readFile(join(app, "node_modules/foldlog/README.md"), "utf8");
  const found = /```js\n([\s\S]*?)```/.exec(readme);
  assert.ok(found, "the README has an example");
  return found[1];
}
