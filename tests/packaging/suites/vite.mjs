import { INDEXED_DB, MEMORY } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";
import { viteBuild } from "../support/vite.mjs";

const BOTH = { memory: MEMORY, indexedDb: INDEXED_DB };

export const tests = [
  reports("Vite, production build: page and dedicated worker", "vite", { ...BOTH, worker: BOTH }),
  reports("Vite: foldlog/slim and ?url", "vite-slim", BOTH),
];

function reports(name, fixture, expected) {
  return {
    name,
    run: async (t) => {
      const built = await viteBuild(t, fixture);
      const tab = await Tab.open(await t.browser(), await t.serve(built));
      await tab.expect(expected);
    },
  };
}
