import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { hasOneWasm } from "../support/built.mjs";
import { FOUND } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";
import { requireTool } from "../support/programs.mjs";

const { version } = requireTool("webpack/package.json");

export const tests = [{ name: `webpack ${version}, production build: page and dedicated worker, before and after a reload`, run: reload }];

async function reload(t) {
  const tab = await Tab.open(await t.browser(), await t.serve(await build(t)));
  await tab.expect({ page: FOUND[0], worker: FOUND[0] });
  await tab.page.reload();
  await tab.expect({ page: FOUND[1], worker: FOUND[1] });
}

/** webpack needs to be told nothing about the package. */
async function build(t) {
  const app = await t.application("webpack");
  const built = join(app, "dist");
  const webpack = promisify(requireTool("webpack"));
  const stats = await webpack({
    mode: "production",
    context: app,
    entry: "./main.js",
    output: { path: built },
    // The wasm file is larger than what webpack likes for a picture.
    performance: { hints: false },
  });
  const { errors, warnings } = stats.toJson({ all: false, errors: true, warnings: true });
  assert.deepEqual({ errors, warnings }, { errors: [], warnings: [] });
  await hasOneWasm(built);
  await copyFile(join(app, "index.html"), join(built, "index.html"));
  return built;
}
