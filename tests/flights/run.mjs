// The real flights from New York in 2013, through IndexedDB in Chromium, and back.
//
// Usage: node tests/flights/run.mjs [--quick]      (`cargo xtask flights` fetches flights-data/flights.csv and builds pkg/ first)
//
// Every row is appended as events of its aircraft (tests/flights/page/events.js), the browser is closed and started again with
// the same profile, the log is verified and read from end to end, every aircraft is folded from the store, and each total is
// compared, exactly, with what tests/flights/totals.py computes from the file. --quick takes the first 20,000 rows.
import { execFile } from "node:child_process";
import { access, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";

import { serve } from "../../www/serve.mjs";
import { withPage } from "./browser.mjs";
import { differencesOf } from "./compare.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const CSV = join(ROOT, "flights-data", "flights.csv");
const DATABASE = "flights";
const QUICK_ROWS = 20_000;
/** The file has 31 MB and the events are about ten times that: a page that held them would be over it. */
const HEAP_LIMIT = 128 << 20;

const { values: options } = parseArgs({ options: { quick: { type: "boolean", default: false } } });
const limit = options.quick ? QUICK_ROWS : undefined;

const count = (number) => Math.round(number).toLocaleString("en-US");
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(1)} s`;
const mebibytes = (bytes) => (bytes === undefined ? "unknown" : `${count(bytes / (1 << 20))} MiB`);

/** A folder as the server sees it: the page, the package and the data, none of them copied. */
async function site(folder) {
  await mkdir(folder);
  const page = join(HERE, "page");
  for (const name of ["index.html", "main.js", "rows.js", "events.js", "append.js", "fold.js"]) await symlink(join(page, name), join(folder, name));
  await symlink(join(ROOT, "pkg"), join(folder, "foldlog"));
  await symlink(CSV, join(folder, "flights.csv"));
  return serve(folder);
}

async function totalsOfFile() {
  const args = [join(HERE, "totals.py"), CSV, ...(limit === undefined ? [] : [String(limit)])];
  const { stdout } = await promisify(execFile)("python3", args, { maxBuffer: 64 << 20 });
  return JSON.parse(stdout);
}

async function append(page) {
  await page.exposeFunction("report", ({ rows, events, milliseconds }) => {
    console.log(`  ${count(rows).padStart(9)} rows ${count(events).padStart(9)} events ${count((events / milliseconds) * 1000).padStart(9)} events/s`);
  });
  const work = { database: DATABASE, url: "flights.csv", limit: limit ?? -1 };
  return page.evaluate((given) => globalThis.flights.appendFlights(given, globalThis.report), work);
}

async function fold(page, head) {
  await page.exposeFunction("report", ({ read, folded, of }) => {
    console.log(read === undefined ? `  ${count(folded)} of ${count(of)} aircraft folded` : `  ${count(read)} events read`);
  });
  return page.evaluate((given) => globalThis.flights.foldAircraft(given, globalThis.report), { database: DATABASE, head });
}

async function flights(folder) {
  const { server, address } = await site(join(folder, "site"));
  const profile = join(folder, "profile");
  try {
    console.log(`appending ${limit === undefined ? "all" : `the first ${count(limit)}`} rows of ${CSV}`);
    const written = await withPage(profile, address, append);
    const { rows, events, appends, aircraft, milliseconds, head, durability, quota } = written.result;
    console.log(`appended ${count(rows)} rows as ${count(events)} events of ${count(aircraft)} aircraft in ${count(appends)} appends,`);
    console.log(`  ${durability}: ${seconds(milliseconds)}, ${count((events / milliseconds) * 1000)} events/s; the origin uses ${mebibytes(quota?.used)}`);

    console.log("the browser was closed; starting it again");
    const expected = totalsOfFile();
    const found = await withPage(profile, address, (page) => fold(page, head));
    const { verified, times, events: seen, totals } = found.result;
    console.log(`opened in ${count(times.openMs)} ms, verified ${count(verified.events ?? 0)} events in ${seconds(times.verifyMs)},`);
    console.log(`  read ${count(seen.read)} in ${seconds(times.readMs)}, folded ${count(Object.keys(totals).length)} aircraft in ${seconds(times.foldMs)}`);
    for (const [what, { heap, resident }] of [["appending", written.memory], ["reading", found.memory]]) {
      console.log(`memory of the page while ${what}: JavaScript heap ${mebibytes(heap)}, renderer ${mebibytes(resident)} at most`);
    }
    const heap = Math.max(written.memory.heap, found.memory.heap);
    return differencesOf({ written: written.result, found: found.result, expected: await expected, heap, heapLimit: HEAP_LIMIT });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

await access(CSV).catch(() => {
  console.error(`there is no ${CSV}; run: cargo xtask flights`);
  process.exit(2);
});
const folder = await mkdtemp(join(tmpdir(), "foldlog-flights-"));
try {
  const differences = await flights(folder);
  for (const difference of differences.slice(0, 50)) console.log(`DIFFERENT  ${difference}`);
  console.log(`${count(differences.length)} differences`);
  process.exitCode = differences.length === 0 ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
