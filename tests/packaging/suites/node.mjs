import assert from "node:assert/strict";

import { MEMORY } from "../support/expected.mjs";
import { run } from "../support/programs.mjs";

const DISTURBED = { durability: "memory", stored: 2, isDisturbed: true };
const ENTRY = ["function", "object", "object"].join();

export const tests = [
  prints("Node: a store that failed to open keeps no timer", "nothing-left.mjs", { timers: [] }),
  prints("Node: foldlog/slim with the bytes given", "slim.mjs", { memory: MEMORY }),
  prints("Node: foldlog/testing around the backends of both entries", "testing.mjs", [DISTURBED, DISTURBED]),
  prints("Node: importing touches no global of a browser", "import-only.mjs", { kinds: [ENTRY, ENTRY, ENTRY], unchanged: true }),
];

/** A test that a program of the fixture prints exactly this. */
function prints(name, program, expected) {
  return {
    name,
    run: async (t) => {
      const app = await t.application("node");
      assert.deepEqual(JSON.parse(await run("node", [program], { cwd: app })), expected);
    },
  };
}
