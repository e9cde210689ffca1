import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

import { removeFolder } from "../support/consumer.mjs";
import { FOUND, MEMORY } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";
import { requireTool, run, TOOLS } from "../support/programs.mjs";

const NEXT = join(TOOLS, "node_modules/next/dist/bin/next");
const ENV = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
const NAME = `Next.js ${requireTool("next/package.json").version}`;
/** A build takes ten seconds, with webpack twenty; on a busy machine three times that. */
const BUILD_LIMIT = 120_000;
const LIMIT = 150_000;

export const tests = [
  serverAndClient("Turbopack", "--turbopack"),
  // Not what Next.js builds with by itself, and slow.
  { ...serverAndClient("webpack", "--webpack"), onlyFull: true },
  { name: `${NAME}: server component in a standalone output that was moved`, limit: LIMIT, run: standalone },
];

function serverAndClient(name, bundler) {
  return {
    name: `${NAME} with ${name}: server component, client component before and after a reload`,
    limit: LIMIT,
    run: async (t) => {
      const app = await build(t, bundler);
      const address = await start(t, app, [NEXT, "start", "--hostname", "127.0.0.1", "--port", "0"]);
      await serverRendered(address, "/");
      await serverRendered(address, "/built");
      const tab = await Tab.open(await t.browser(), address);
      await tab.expect(FOUND[0]);
      await tab.page.reload();
      await tab.expect(FOUND[1]);
    },
  };
}

async function standalone(t) {
  // As the README says.
  const settings = {
    output: "standalone",
    serverExternalPackages: ["foldlog"],
    outputFileTracingIncludes: { "/*": ["node_modules/foldlog/wasm/*.wasm"] },
  };
  const app = await build(t, "--turbopack", settings);
  const moved = await t.folder();
  await cp(join(app, ".next/standalone"), moved, { recursive: true });
  await removeFolder(join(app, "node_modules"));
  const address = await start(t, join(moved, basename(app)), ["server.js"], { PORT: "0", HOSTNAME: "127.0.0.1" });
  await serverRendered(address, "/");
}

/** Makes the production build; gives the folder of the application. */
async function build(t, bundler, settings = {}) {
  const app = await t.application("next", TOOLS);
  // Next.js itself stands in the folder above, as in a monorepo.
  const config = { turbopack: { root: TOOLS }, outputFileTracingRoot: TOOLS, ...settings };
  await writeFile(join(app, "next.config.js"), `export default ${JSON.stringify(config)};`);
  await run("node", [NEXT, "build", bundler], { cwd: app, env: ENV, timeout: BUILD_LIMIT });
  return app;
}

/** Starts a server on a free port; gives its address. */
async function start(t, folder, program, env = {}) {
  const server = spawn("node", program, { cwd: folder, env: { ...ENV, ...env } });
  const ended = once(server, "exit");
  t.atEnd(async () => {
    server.kill();
    await ended;
  });
  const printed = [];
  server.stderr.on("data", (text) => printed.push(text));
  for await (const line of createInterface(server.stdout)) {
    printed.push(line);
    const address = /http:\/\/127\.0\.0\.1:\d+/.exec(line);
    if (address) return address[0];
  }
  throw new Error(`the server ended: ${printed.join("\n")}`);
}

/** The server component must have worked in memory, by the page as it was sent. */
async function serverRendered(address, path) {
  const html = await (await fetch(new URL(path, address))).text();
  const output = /<output id="server">(.*?)<\/output>/.exec(html);
  assert.ok(output, `the server rendered no result at ${path}: ${html.slice(0, 500)}`);
  assert.deepEqual(JSON.parse(output[1].replaceAll("&quot;", '"')), MEMORY);
}
