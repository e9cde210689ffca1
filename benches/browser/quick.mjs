// A first quick timing of Foldlog against Dexie and against IndexedDB by hand, a record an event, in one run.
//
// Usage: node benches/browser/quick.mjs [--rounds 3] [--systems foldlog,dexie,raw] [--package pkg] [--profile]
//   (after `cargo xtask build` and `npm ci`; needs /usr/bin/chromium; about five minutes; leave the machine alone meanwhile)
//
// W1  2,000 appends of one event to 100 streams, each awaited, each with an optimistic-concurrency check
// W2  50,000 events in 500 such appends of 100
// W4  one stream of 10,000 events loaded and folded, in a store of 100,000 events
// W6  all 100,000 events in order, as objects
//
// Within a round the systems take turns, each in a new page, and every round of writes has a new profile on disk. The tables hold
// medians; W4 and W6 the better of the second and third call in a page, with the first call beside it. Every run checks what it
// stored or read, and that a stale append is refused. --profile also prints where the time of Foldlog's page goes.
// The second table counts the processor time of the browser's processes instead, which a busy machine disturbs less: for single
// reads it is coarse. Ratios count; absolute times belong to the machine.
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { chromium } from "playwright-core";

import { serve } from "../../www/serve.mjs";
import { profiled } from "./profile.mjs";
import { median, table } from "./table.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
const DURABILITIES = ["strict", "relaxed"];

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    systems: { type: "string", default: "foldlog,dexie,raw" },
    package: { type: "string", default: join(ROOT, "pkg") },
    profile: { type: "boolean", default: false },
  },
});
const rounds = Number(options.rounds);
const SYSTEMS = options.systems.split(",");

/** A folder as the server sees it, made of links. */
async function site(folder) {
  await mkdir(folder);
  const page = fileURLToPath(new URL("page", import.meta.url));
  for (const name of ["index.html", "main.js", "events.js", "foldlog.js", "dexie.js", "raw.js"]) {
    await symlink(join(page, name), join(folder, name));
  }
  await symlink(resolve(options.package), join(folder, "foldlog"));
  await symlink(join(ROOT, "node_modules/dexie/dist/modern"), join(folder, "dexie"));
  return serve(folder);
}

async function withBrowser(profile, work) {
  const browser = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: ARGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** Milliseconds of processor time that the processes of the browser have spent. */
async function processorTime(browser) {
  const session = await browser.browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
}

/** Runs one function of the page with one argument, in a page of its own. */
async function inPage(browser, address, name, given) {
  const page = await browser.newPage();
  try {
    await page.exposeFunction("processorTime", () => processorTime(browser));
    await page.goto(address);
    await page.waitForFunction(() => globalThis.bench !== undefined);
    const call = () => page.evaluate(([which, argument]) => globalThis.bench[which](argument), [name, given]);
    if (!options.profile || given.system !== "foldlog") return await call();
    return await profiled(browser, page, `${name} ${given.workload ?? ""} ${given.durability ?? ""}`, call);
  } finally {
    await page.close();
  }
}

/** `list`, beginning with another member each round. */
const turned = (list, round) => list.map((_, index) => list[(index + round) % list.length]);

const results = new Map();
const note = (key, value) => results.set(key, [...(results.get(key) ?? []), value]);

async function writes(folder, address) {
  const runs = ["W1", "W2"].flatMap((workload) => DURABILITIES.map((durability) => ({ workload, durability })));
  for (let round = 0; round < rounds; round += 1) {
    await withBrowser(join(folder, `writes-${round}`), async (browser) => {
      for (const { workload, durability } of runs) {
        for (const system of turned(SYSTEMS, round)) {
          const name = `${system}-${workload}-${durability}`;
          const { milliseconds, cpu, bytes } = await inPage(browser, address, "write", { system, workload, durability, name });
          note(`${system} ${workload} ${durability}`, { milliseconds, cpu });
          const text = `${milliseconds.toFixed(0).padStart(6)} ms, processors ${cpu.toFixed(0).padStart(6)} ms`;
          console.log(`round ${round + 1}  ${name.padEnd(24)} ${text} (${bytes.toFixed(0)} bytes an event)`);
        }
      }
    });
  }
}

async function reads(folder, address) {
  const expected = {};
  const profile = join(folder, "reads");
  for (const system of SYSTEMS) {
    const filled = await withBrowser(profile, (browser) => inPage(browser, address, "fill", { system, name: `${system}-reads` }));
    expected[system] = filled.expected;
    console.log(`filled   ${system.padEnd(24)} ${filled.milliseconds.toFixed(0).padStart(6)} ms`);
  }
  await withBrowser(profile, async (browser) => {
    for (let round = 0; round < rounds; round += 1) {
      for (const workload of ["W4", "W6"]) {
        for (const system of turned(SYSTEMS, round)) {
          const given = { system, workload, name: `${system}-reads`, expected: expected[system] };
          const { open, first, warm } = await inPage(browser, address, "read", given);
          note(`${system} ${workload} first`, first);
          note(`${system} ${workload} warm`, warm);
          const times = [open, first.milliseconds, warm.milliseconds].map((time) => time.toFixed(1));
          const text = `open ${times[0]}, first ${times[1]}, warm ${times[2]} ms, processors ${warm.cpu.toFixed(0)} ms`;
          console.log(`round ${round + 1}  ${`${system}-${workload}`.padEnd(24)} ${text}`);
        }
      }
    }
  });
}

const folder = await mkdtemp(join(tmpdir(), "foldlog-bench-"));
const load = () => loadavg().map((value) => value.toFixed(2)).join(" ");
try {
  console.log(`load before: ${load()}`);
  const { server, address } = await site(join(folder, "site"));
  await writes(folder, address);
  await reads(folder, address);
  server.closeAllConnections();
  server.close();
  console.log(`load after: ${load()}\n`);
  const columns = [...DURABILITIES.flatMap((durability) => [`W1 ${durability}`, `W2 ${durability}`]), "W4 warm", "W4 first", "W6 warm", "W6 first"];
  for (const [what, of] of [["median ms", "milliseconds"], ["processor ms", "cpu"]]) {
    const valueOf = (system, column) => median(results.get(`${system} ${column}`).map((time) => time[of]));
    console.log(`${table(what, SYSTEMS, columns, valueOf)}\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
