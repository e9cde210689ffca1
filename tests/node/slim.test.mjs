import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { EventStore, memory, useWasm } from "../../pkg/dist/slim.js";
import { rejection } from "./support.mjs";

test("slim loads nothing by itself, and a failed load can be tried again", async () => {
  await rejection(EventStore.open(memory()), "invalid_argument", { field: "source" });
  useWasm(new Uint8Array([1, 2, 3]));
  const error = await rejection(EventStore.open(memory()), "storage_unavailable", { retryable: true });
  assert.ok(error.cause instanceof WebAssembly.CompileError);
  useWasm(await WebAssembly.compile(await readFile(new URL("../../pkg/wasm/foldlog_wasm_bg.wasm", import.meta.url))));
  const [left, right] = await Promise.all([EventStore.open(memory()), EventStore.open(memory())]);
  assert.equal(await left.getLastSequenceNumber(), 0);
  assert.equal(await right.getLastSequenceNumber(), 0);
});
