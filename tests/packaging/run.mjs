// The package as its users get it: `npm pack` of pkg/, installed by npm and run in every kind of consumer that is promised.
// Usage: node tests/packaging/run.mjs      (after `cargo xtask build`; needs /usr/bin/chromium; no network)
import assert from "node:assert/strict";
import { copyFile, cp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { application, inTemporaryFolder, pack, run, tool } from "./consumer.mjs";
import { visit, withBrowser } from "./page.mjs";

const STORED = ["1:FundsDeposited:100", "2:FundsDeposited:250"];
const MEMORY = { durability: "memory", cents: 350, version: 2, stored: STORED };
const INDEXED_DB = { ...MEMORY, durability: "strict", reopened: STORED, verified: true };
const WASM = "foldlog_wasm_bg.wasm";

const tally = { passed: 0, failed: 0 };

async function step(name, work) {
  const start = performance.now();
  try {
    const note = await work();
    tally.passed += 1;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`ok    ${name} (${seconds} s)${note ? `: ${note}` : ""}`);
  } catch (error) {
    tally.failed += 1;
    const seen = error instanceof assert.AssertionError ? error.message : (error.stack ?? error);
    console.log(`FAIL  ${name}\n      ${String(seen).replaceAll("\n", "\n      ")}`);
  }
}

/** Visits a page that must report exactly `expected` and print no error. */
async function expectPage(browser, folder, path, expected) {
  const { ok, error, errors } = await visit(browser, folder, path);
  assert.equal(error, undefined, `the page failed: ${JSON.stringify(error)}; its errors: ${errors.join("; ")}`);
  assert.deepEqual(ok, expected);
  assert.deepEqual(errors, []);
}

async function wasmFilesIn(folder) {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.endsWith(".wasm"));
}

async function contents({ files }) {
  for (const needed of ["package.json", "README.md", "LICENSE-MIT", "LICENSE-APACHE", `wasm/${WASM}`, "dist/index.d.ts"]) {
    assert.ok(files.includes(needed), `the tarball lacks ${needed}`);
  }
  const strange = files.filter((file) => !/^(package\.json|README\.md|LICENSE-[A-Z]+|(dist|wasm)\/[\w./-]+\.(js|d\.ts|wasm))$/.test(file));
  assert.deepEqual(strange, [], "the tarball has files that nobody needs");
  return `${files.length} files`;
}

async function viteBuild(name, folder, tarball) {
  const app = await application(folder, name, tarball);
  await run("node", [tool("vite/bin/vite.js"), "build", "--logLevel", "warn"], { cwd: app });
  const copies = await wasmFilesIn(join(app, "dist"));
  assert.equal(copies.length, 1, `there should be one wasm file, also for page and worker: ${copies.join(", ")}`);
  return join(app, "dist");
}

async function vite(browser, folder, tarball) {
  const built = await viteBuild("vite", folder, tarball);
  const both = { memory: MEMORY, indexedDb: INDEXED_DB };
  await expectPage(browser, built, "", { ...both, worker: both });
}

async function viteSlim(browser, folder, tarball) {
  const built = await viteBuild("vite-slim", folder, tarball);
  await expectPage(browser, built, "", { memory: MEMORY, indexedDb: INDEXED_DB });
}

async function esbuild(app, entry) {
  const out = join(app, `out-${entry}`, "assets");
  const options = ["--bundle", "--format=esm", "--minify", "--loader:.wasm=file", "--log-level=warning", `--outdir=${out}`];
  await run(tool("esbuild/bin/esbuild"), [`${entry}.js`, ...options], { cwd: app });
  await copyFile(join(app, `${entry}.html`), join(out, `${entry}.html`));
  return join(app, `out-${entry}`);
}

async function esbuildSlim(browser, app) {
  const out = await esbuild(app, "slim");
  assert.equal((await wasmFilesIn(out)).length, 1);
  await expectPage(browser, out, "assets/slim.html", { memory: MEMORY, indexedDb: INDEXED_DB });
  const readme = await readFile(join(app, "node_modules/foldlog/README.md"), "utf8");
  for (const name of ["esbuild", "foldlog/slim", `foldlog/${WASM}`, "useWasm"]) {
    assert.ok(readme.includes(name), `the README must tell esbuild's users about ${name}`);
  }
}

async function esbuildMainEntry(browser, app) {
  const out = await esbuild(app, "main-entry");
  const { error } = await visit(browser, out, "assets/main-entry.html");
  assert.equal(error?.code, "storage_unavailable");
  assert.match(error.message, new RegExp(WASM), "the error names the file that is missing");
}

async function plain(browser, folder, tarball) {
  const app = await application(folder, "plain", tarball);
  await cp(join(app, "node_modules", "foldlog"), join(app, "foldlog"), { recursive: true });
  await expectPage(browser, app, "", { memory: MEMORY, indexedDb: INDEXED_DB });
}

async function inNode(app, script, expected) {
  assert.deepEqual(JSON.parse(await run("node", [script], { cwd: app })), expected);
}

async function types(app, moduleResolution, module, more = {}, file = "app.ts") {
  const compilerOptions = {
    target: "ES2022", module, moduleResolution, lib: ["ES2022", "DOM"], types: [], strict: true, noEmit: true,
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, ...more,
    // The declarations of the package are checked too.
    skipLibCheck: false,
  };
  const project = join(app, `tsconfig.${moduleResolution}.json`);
  await writeFile(project, JSON.stringify({ compilerOptions, files: [file] }));
  await run(tool(".bin/tsc"), ["--project", project], { cwd: app });
}

async function steps(folder) {
  const started = performance.now();
  let packed;
  await step("npm pack", async () => {
    packed = await pack(folder);
    return contents(packed);
  });
  if (!packed) return;
  const { tarball } = packed;
  await step("publint --strict, on the tarball", async () => {
    await run("node", [tool("publint/src/cli.js"), "run", tarball, "--strict"], { cwd: folder });
  });

  const node = await application(folder, "node", tarball);
  const ALL = ["function", "object", "object"].join();
  await step(`Node ${process.versions.node}: memory, and a typed error for IndexedDB`, () =>
    inNode(node, "round-trip.mjs", { name: "foldlog", memory: MEMORY, indexedDb: "storage_unavailable", afterDispose: "closed" }),
  );
  await step("Node: a store that failed to open keeps no timer", () => inNode(node, "nothing-left.mjs", { timers: [] }));
  await step("Node: foldlog/slim with the bytes given", () => inNode(node, "slim.mjs", { memory: MEMORY }));
  await step("Node: importing touches no global of a browser", () =>
    inNode(node, "import-only.mjs", { kinds: [ALL, ALL, ALL], unchanged: true }),
  );

  const typed = await application(folder, "types", tarball);
  await step("TypeScript, moduleResolution bundler", () => types(typed, "bundler", "ESNext"));
  await step("TypeScript of a Node program, without the types of the DOM", () =>
    types(typed, "nodenext", "nodenext", { lib: ["ES2022"], types: ["node"], typeRoots: [tool("@types")] }, "node-program.ts"),
  );
  await step("TypeScript, moduleResolution node16", () => types(typed, "node16", "node16"));
  await step("TypeScript, moduleResolution nodenext", () => types(typed, "nodenext", "nodenext"));

  await withBrowser(join(folder, "profile"), async (browser) => {
    await step("Vite, production build: page and dedicated worker", () => vite(browser, folder, tarball));
    await step("Vite: foldlog/slim and ?url", () => viteSlim(browser, folder, tarball));
    const bundled = await application(folder, "esbuild", tarball);
    await step("esbuild: foldlog/slim and the file loader", () => esbuildSlim(browser, bundled));
    await step("esbuild: the main entry says what is missing", () => esbuildMainEntry(browser, bundled));
    await step("<script type=module> under a strict content security policy", () => plain(browser, folder, tarball));
  });
  console.log(`packaging: ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

await inTemporaryFolder(steps).catch((error) => {
  tally.failed += 1;
  console.error(error);
});
console.log(`${tally.passed} passed, ${tally.failed} failed`);
process.exitCode = tally.failed > 0 ? 1 : 0;
