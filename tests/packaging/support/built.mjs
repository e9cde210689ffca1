// What a bundler left.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";

/** There must be one copy of the wasm file, whoever needs it. */
export async function hasOneWasm(folder) {
  const names = await readdir(folder, { recursive: true });
  const copies = names.filter((name) => name.endsWith(".wasm"));
  assert.equal(copies.length, 1, `there should be one wasm file: ${copies.join(", ")}`);
}
