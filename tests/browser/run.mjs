// The tests of the package in a real browser, on a real disk.
// Usage: node tests/browser/run.mjs [--engine chromium|firefox] [--full] [--table] [--only NAME]... [--seed N]
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { serve } from "../../www/serve.mjs";
import { Browser, makeProfile, removeProfile } from "./support/browser.mjs";
import { runsIn } from "./support/engines.mjs";
import { FaultTable } from "./support/fault-table.mjs";
import { tests as checker } from "./suites/checker.mjs";
import { tests as damage } from "./suites/damage.mjs";
import { tests as hostile } from "./suites/hostile.mjs";
import { tests as health } from "./suites/health.mjs";
import { tests as interruptedImports } from "./suites/interrupted-imports.mjs";
import { tests as kills } from "./suites/kills.mjs";
import { tests as lifecycle } from "./suites/lifecycle.mjs";
import { tests as outages } from "./suites/outages.mjs";
import { tests as remote } from "./suites/remote.mjs";
import { tests as replay } from "./suites/replay.mjs";
import { tests as together } from "./suites/together.mjs";
import { tests as tornJournal } from "./suites/torn-journal.mjs";
import { tests as trouble } from "./suites/trouble.mjs";
import { tests as workers } from "./suites/workers.mjs";

const TESTS = [...checker, ...damage, ...lifecycle, ...hostile, ...trouble, ...health, ...outages, ...interruptedImports, ...replay, ...remote, ...workers, ...together, ...tornJournal, ...kills];

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const DEADLINE_SECONDS = 180;
/** The page of the tests also talks to the servers that they start. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; connect-src 'self' http://127.0.0.1:*";

/** What a test gets; what it opens is closed after it. */
class TestContext {
  seed = seed;
  full = values.full;
  engine = values.engine;
  site = address;
  #browsers = [];
  #profiles = [];

  /** A new browser, on an empty profile if none is given. */
  async browser({ profile, ...options } = {}) {
    const browser = await Browser.launch(profile ?? (await this.profile()), address, { engine: this.engine, ...options });
    this.#browsers.push(browser);
    return browser;
  }

  async profile() {
    const profile = await makeProfile();
    this.#profiles.push(profile);
    return profile;
  }

  note(text) {
    console.log(`  ${text}`);
  }

  /** Counts an outcome of a fault, for the table. */
  count(fault, outcome, times = 1) {
    table.count(fault, outcome, times);
  }

  strayError() {
    const errors = this.#browsers.flatMap((browser) => browser.errors);
    return errors.length > 0 ? new Error(`errors in the pages:\n${errors.slice(0, 5).join("\n")}`) : undefined;
  }

  async end() {
    for (const browser of this.#browsers) await browser.close();
    for (const profile of this.#profiles) await removeProfile(profile);
  }
}

const { values } = parseArgs({
  options: { engine: { type: "string", default: "chromium" }, full: { type: "boolean", default: false }, table: { type: "boolean", default: false }, only: { type: "string", multiple: true }, seed: { type: "string" } },
});
const unknown = values.only?.find((name) => !TESTS.some((test) => test.name === name));
if (unknown) fail(`no test is called ${unknown}; there are ${TESTS.map(({ name }) => name).join(", ")}`);
for (const needed of ["pkg/dist/index.js", "target/pkg-testing/dist/index.js"]) {
  if (!existsSync(join(ROOT, needed))) fail(`${needed} is missing: cargo xtask test --only browser builds it`);
}
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
console.log(`seed ${seed}`);

const table = new FaultTable(values.engine);
const { server, address } = await serve(ROOT, 0, (file) => (file === "tests/browser/site/index.html" ? POLICY : undefined));
const began = performance.now();
const counts = { passed: 0, failed: 0 };
for (const test of TESTS.filter((each) => values.only?.includes(each.name) ?? runsIn(values.engine, each, values.full))) {
  const failure = await run(test);
  counts[failure ? "failed" : "passed"] += 1;
}
server.close();
server.closeAllConnections();
if (values.full || values.table) console.log(`\n${table.toMarkdown()}`);
console.log(`\nbrowser tests took ${seconds(began)} s, seed ${seed}`);
console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;

/** Runs one test in browsers of its own; gives its failure. */
async function run(test) {
  const start = performance.now();
  console.log(`\n${test.name}`);
  const t = new TestContext();
  const failure = await withDeadline(test.run(t), test.deadlineSeconds?.(values.full) ?? DEADLINE_SECONDS).then(
    () => (test.allowErrors ? undefined : t.strayError()),
    (error) => error ?? new Error("rejected without a reason"),
  );
  await t.end();
  console.log(failure ? `  FAILED after ${seconds(start)} s: ${failure.stack}` : `  ok, ${seconds(start)} s`);
  return failure;
}

function withDeadline(promise, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${limit} s`)), limit * 1000);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function seconds(since) {
  return ((performance.now() - since) / 1000).toFixed(1);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
