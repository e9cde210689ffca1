import assert from "node:assert/strict";

import { run, tool } from "../support/programs.mjs";

const NEEDED = ["package.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE", "wasm/foldlog_wasm_bg.wasm", "dist/index.d.ts"];
const WANTED = /^(package\.json|README\.md|LICENSE-[A-Z]+|(dist|wasm)\/[\w./-]+\.(js|d\.ts|wasm))$/;

export const tests = [
  { name: "the files of the tarball", run: contents },
  { name: "publint --strict, on the tarball", run: publint },
];

async function contents({ files }) {
  for (const needed of NEEDED) assert.ok(files.includes(needed), `the tarball lacks ${needed}`);
  const strange = files.filter((file) => !WANTED.test(file));
  assert.deepEqual(strange, [], "the tarball has files that nobody needs");
  return `${files.length} files`;
}

async function publint({ tarball }) {
  await run("node", [tool("publint/src/cli.js"), "run", tarball, "--strict"]);
}
