// G6 and G12: hostile calls on a log in memory. tests/browser makes the same ones on IndexedDB.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import * as foldlog from "../../../pkg/dist/index.node.js";
import { checkAll } from "../../hostile/check.mjs";
import { openScene } from "../../hostile/scene.mjs";
import { ALL } from "../../hostile/all.mjs";

let scene;
before(async () => {
  scene = await openScene(foldlog, foldlog.memory());
});

for (const place of ALL) {
  test(`${place.name}, ${place.rows.length} calls`, async () => {
    assert.deepEqual(await checkAll(place, scene), []);
  });
}

test("G10: after all of it the log is whole", async () => {
  const report = await scene.store.verify();
  assert.deepEqual([report.ok, report.events], [true, (await scene.store.head()).sequenceNumber]);
});
