import assert from "node:assert/strict";

import { copyPackage } from "../support/consumer.mjs";
import { INDEXED_DB, MEMORY } from "../support/expected.mjs";
import { Tab } from "../support/page.mjs";

const POLICY = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "connect-src": "'self'",
  "require-trusted-types-for": "'script'",
  "trusted-types": "'none'",
};
const ALL_WELL = { memory: MEMORY, indexedDb: INDEXED_DB, violations: [] };

export const tests = [
  { name: "the strictest content security policy: no violation in a page", run: page },
  { name: "the strictest content security policy: no violation in a worker", run: worker },
  { name: "a content security policy without 'wasm-unsafe-eval': the error names it", run: withoutWasm },
];

async function page(t) {
  const tab = await open(t, "index.html", () => POLICY);
  await tab.expect(ALL_WELL);
}

async function worker(t) {
  // A page that may make no trusted type at all can start no worker, whatever runs in it. This one may make the worker's
  // address; the worker itself has the policy that it was served with.
  const policyOf = (file) => (file === "with-worker.html" ? { ...POLICY, "trusted-types": "worker-address" } : POLICY);
  const tab = await open(t, "with-worker.html", policyOf);
  await tab.expect({ worker: ALL_WELL, violations: [] });
}

async function withoutWasm(t) {
  const tab = await open(t, "index.html", () => ({ ...POLICY, "script-src": "'self'" }));
  const { error } = await tab.report();
  assert.equal(error?.code, "storage_unavailable", JSON.stringify(error));
  assert.match(error.message, /content security policy.*'wasm-unsafe-eval'/);
  assert.match(error.cause, /CompileError.*Content Security Policy/i);
  // This also shows that the other tests would see a violation.
  const seen = await tab.page.evaluate(async () => (await import("./violations.js")).violations());
  assert.deepEqual(seen, ["script-src wasm-eval "]);
}

async function open(t, file, policyOf) {
  const app = await t.application("strict-policy");
  await copyPackage(app);
  const address = await t.serve(app, (served) => asText(policyOf(served)));
  return Tab.open(await t.browser(), `${address}${file}`);
}

function asText(policy) {
  return Object.entries(policy).map((directive) => directive.join(" ")).join("; ");
}
