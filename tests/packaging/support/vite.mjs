import { join } from "node:path";

import { hasOneWasm } from "./built.mjs";
import { run, tool } from "./programs.mjs";

/** Makes Vite's production build of a fixture; gives its folder. */
export async function viteBuild(t, name) {
  const app = await t.application(name);
  await run("node", [tool("vite/bin/vite.js"), "build", "--logLevel", "warn"], { cwd: app });
  const built = join(app, "dist");
  await hasOneWasm(built);
  return built;
}
