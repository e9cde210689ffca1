import assert from "node:assert/strict";
import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";

import { hasOneWasm } from "../support/built.mjs";
import { INDEXED_DB, MEMORY } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";
import { run, tool } from "../support/programs.mjs";

const WASM = "foldlog_wasm_bg.wasm";

export const tests = [
  { name: "esbuild: foldlog/slim and the file loader", run: slim },
  { name: "esbuild: the main entry says what is missing", run: mainEntry },
];

async function slim(t) {
  const { app, out } = await build(t, "slim");
  await hasOneWasm(out);
  const tab = await Tab.open(await t.browser(), `${await t.serve(out)}assets/slim.html`);
  await tab.expect({ memory: MEMORY, indexedDb: INDEXED_DB });
  const readme = await readFile(join(app, "node_modules/foldlog/README.md"), "utf8");
  for (const name of ["esbuild", "foldlog/slim", `foldlog/${WASM}`, "useWasm"]) {
    assert.ok(readme.includes(name), `the README must tell esbuild's users about ${name}`);
  }
}

async function mainEntry(t) {
  const { out } = await build(t, "main-entry");
  const tab = await Tab.open(await t.browser(), `${await t.serve(out)}assets/main-entry.html`);
  const { error } = await tab.report();
  assert.equal(error?.code, "storage_unavailable");
  assert.match(error.message, new RegExp(WASM), "the error names the file that is missing");
}

/** Bundles an entry of the fixture, its files below the root of the site. */
async function build(t, entry) {
  const app = await t.application("esbuild");
  const out = join(app, "out");
  const assets = join(out, "assets");
  const options = ["--bundle", "--format=esm", "--minify", "--loader:.wasm=file", "--log-level=warning", `--outdir=${assets}`];
  await run(tool("esbuild/bin/esbuild"), [`${entry}.js`, ...options], { cwd: app });
  await copyFile(join(app, `${entry}.html`), join(assets, `${entry}.html`));
  return { app, out };
}
