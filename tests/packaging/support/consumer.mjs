// The package as its users get it: packed by npm, installed by npm into an empty application.
import { cp, mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { run } from "./programs.mjs";

const PACKAGE = fileURLToPath(new URL("../../../pkg", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../fixtures", import.meta.url));

/** Packs `pkg/` into `folder`; returns the tarball and the names of the files in it. */
export async function pack(folder) {
  const printed = await run("npm", ["pack", "--json", "--pack-destination", folder, PACKAGE], { cwd: folder });
  const [{ filename, files }] = JSON.parse(printed);
  return { tarball: join(folder, filename), files: files.map(({ path }) => path) };
}

/** Makes an application of the fixtures `name` and `shared` in `folder`, with the tarball installed. */
export async function makeApplication(folder, name, tarball) {
  await cp(join(FIXTURES, name), folder, { recursive: true });
  if (name !== "types") await cp(join(FIXTURES, "shared"), join(folder, "shared"), { recursive: true });
  const manifest = { name: `app-${name}`, private: true, type: "module" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  // The package has no dependencies, so npm has nothing to fetch; offline makes sure that it stays so.
  await run("npm", ["install", "--offline", "--no-package-lock", "--no-audit", "--no-fund", tarball], { cwd: folder });
  const installed = await readdir(join(folder, "node_modules"));
  const others = installed.filter((entry) => !entry.startsWith(".") && entry !== "foldlog");
  if (others.length > 0) throw new Error(`the package brings others with it: ${others.join(", ")}`);
}

/** Puts a copy of the installed package where a server or a browser finds it without a bundler: at `foldlog/`. */
export async function copyPackage(application) {
  await cp(join(application, "node_modules", "foldlog"), join(application, "foldlog"), { recursive: true });
}

/** A new folder; whoever makes it removes it. */
export async function makeFolder(prefix = join(tmpdir(), "foldlog-packaging-")) {
  return realpath(await mkdtemp(prefix));
}

export function removeFolder(folder) {
  return rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
