// The package as its users get it: packed by npm, installed by npm into an empty application.
import { execFile } from "node:child_process";
import { cp, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURES = fileURLToPath(new URL("fixtures", import.meta.url));
const execute = promisify(execFile);

/** Runs a program to its end and returns what it printed; an error carries it too. */
export async function run(program, args, options = {}) {
  try {
    const { stdout } = await execute(program, args, { maxBuffer: 16 << 20, timeout: 120_000, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}`, { cause: error });
  }
}

/** The path of a tool among the repository's own. */
export function tool(path) {
  return join(ROOT, "node_modules", path);
}

/** Packs `pkg/` into `folder`; returns the tarball and the names of the files in it. */
export async function pack(folder) {
  const printed = await run("npm", ["pack", "--json", "--pack-destination", folder, join(ROOT, "pkg")], { cwd: folder });
  const [{ filename, files }] = JSON.parse(printed);
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** An application made of the fixtures `name` and `shared`, with the tarball installed. Returns its folder. */
export async function application(parent, name, tarball) {
  const folder = join(parent, `app-${name}`);
  await cp(join(FIXTURES, name), folder, { recursive: true });
  if (name !== "types") await cp(join(FIXTURES, "shared"), join(folder, "shared"), { recursive: true });
  const manifest = { name: `app-${name}`, private: true, type: "module" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  // The package has no dependencies, so npm has nothing to fetch; offline makes sure that it stays so.
  await run("npm", ["install", "--offline", "--no-package-lock", "--no-audit", "--no-fund", tarball], { cwd: folder });
  const installed = await readdir(join(folder, "node_modules"));
  const others = installed.filter((entry) => !entry.startsWith(".") && entry !== "foldlog");
  if (others.length > 0) throw new Error(`the package brings others with it: ${others.join(", ")}`);
  return folder;
}

/** A folder that is gone afterwards. */
export async function inTemporaryFolder(work) {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "foldlog-packaging-")));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
