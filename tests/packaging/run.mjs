// The package as its users get it: `npm pack` of pkg/, installed by npm and run in every kind of consumer that is promised.
// Usage: node tests/packaging/run.mjs [--full] [--only WORD]...   (`cargo xtask test --only packaging` prepares it; no network)
import assert from "node:assert/strict";
import { parseArgs } from "node:util";

import { within } from "../browser/support/events.mjs";
import { makeFolder, pack, removeFolder } from "./support/consumer.mjs";
import { Context } from "./support/context.mjs";
import { tests as esbuild } from "./suites/esbuild.mjs";
import { tests as extension } from "./suites/extension.mjs";
import { tests as next } from "./suites/next.mjs";
import { tests as node } from "./suites/node.mjs";
import { tests as plain } from "./suites/plain.mjs";
import { tests as runtimes } from "./suites/runtimes.mjs";
import { tests as sharedWorker } from "./suites/shared-worker.mjs";
import { tests as strictPolicy } from "./suites/strict-policy.mjs";
import { tests as tarball } from "./suites/tarball.mjs";
import { tests as types } from "./suites/types.mjs";
import { tests as vite } from "./suites/vite.mjs";
import { tests as webpack } from "./suites/webpack.mjs";

const TESTS = [
  ...tarball, ...node, ...runtimes, ...types, ...vite, ...esbuild, ...webpack, ...next, ...plain, ...strictPolicy, ...sharedWorker,
  ...extension,
];
const LIMIT = 60_000;

const { values } = parseArgs({ options: { only: { type: "string", multiple: true }, full: { type: "boolean" } } });
const named = TESTS.filter(({ name }) => values.only?.some((word) => name.includes(word)) ?? true);
const chosen = named.filter(({ onlyFull }) => values.full || !onlyFull);
const began = performance.now();
const tally = { passed: 0, failed: 0 };
const folder = await makeFolder();
try {
  const packed = await pack(folder);
  for (const test of chosen) tally[(await passes(test, packed)) ? "passed" : "failed"] += 1;
} finally {
  await removeFolder(folder);
}
console.log(`packaging: ${seconds(began)} s`);
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;

/** Runs one test, says how it went, and closes what it opened. */
async function passes({ name, run, limit = LIMIT }, packed) {
  const start = performance.now();
  process.stdout.write(`${name} … `);
  const t = new Context(packed);
  try {
    const note = await within(limit, "the test", run(t));
    console.log(`ok, ${seconds(start)} s${note ? `: ${note}` : ""}`);
    return true;
  } catch (error) {
    const seen = error instanceof assert.AssertionError ? error.message : (error.stack ?? error);
    console.log(`FAILED after ${seconds(start)} s\n      ${String(seen).replaceAll("\n", "\n      ")}`);
    return false;
  } finally {
    await t.end();
  }
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}
