import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run, tool } from "../support/programs.mjs";

const WITHOUT_DOM = { lib: ["ES2022"], types: ["node"], typeRoots: [tool("@types")] };

export const tests = [
  compiles("TypeScript, moduleResolution bundler", "bundler", "ESNext"),
  compiles("TypeScript of a Node program, without the types of the DOM", "nodenext", "nodenext", WITHOUT_DOM, "node-program.ts"),
  compiles("TypeScript, moduleResolution node16", "node16", "node16"),
  compiles("TypeScript, moduleResolution nodenext", "nodenext", "nodenext"),
];

function compiles(name, moduleResolution, module, more = {}, file = "app.ts") {
  const compilerOptions = {
    target: "ES2022", module, moduleResolution, lib: ["ES2022", "DOM"], types: [], strict: true, noEmit: true,
    exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, verbatimModuleSyntax: true, ...more,
    // The declarations of the package are checked too.
    skipLibCheck: false,
  };
  return {
    name,
    run: async (t) => {
      const app = await t.application("types");
      await writeFile(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [file] }));
      await run(tool(".bin/tsc"), ["--project", "tsconfig.json"], { cwd: app });
    },
  };
}
