// The programs that the tests run, and where they stand.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const execute = promisify(execFile);

/** The folder with the tools that only these tests use; what stands in it can import them. */
export const TOOLS = fileURLToPath(new URL("../tools", import.meta.url));

/** Loads one of the packages in `TOOLS`. */
export const requireTool = createRequire(join(TOOLS, "package.json"));

/** Runs a program to its end and returns what it printed; an error carries it too. It ends before a test runs out of time. */
export async function run(program, args, options = {}) {
  try {
    const { stdout } = await execute(program, args, { maxBuffer: 16 << 20, timeout: 50_000, ...options });
    return stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")} failed:\n${error.stdout ?? ""}${error.stderr ?? ""}`, { cause: error });
  }
}

/** The path of a tool among those of the whole repository. */
export function tool(path) {
  return join(ROOT, "node_modules", path);
}

/** The executable `path` of a runtime that comes as one package for each kind of machine: npm installed the one that fits. */
export async function runtime(scope, path) {
  const folder = join(TOOLS, "node_modules", scope);
  const fitting = await readdir(folder).catch(() => []);
  if (fitting.length !== 1) throw new Error(`${scope} should have one package for this machine, not ${fitting.length}`);
  return join(folder, fitting[0], path);
}
