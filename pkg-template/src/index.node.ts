import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { indexedDbBackend, memoryBackend, type Backend, type IndexedDbOptions } from "./store/backend.js";

export * from "./api.js";

/** A log in memory: gone with the process. For tests, drafts and server rendering. */
export function memory(): Backend {
  return memoryBackend(wasmFile);
}

/** A log in an IndexedDB database. Node has none: there `EventStore.open` rejects with `storage_unavailable`. */
export function indexedDb(name: string, options?: IndexedDbOptions): Backend {
  return indexedDbBackend(wasmFile, name, options);
}

async function wasmFile(): Promise<Uint8Array<ArrayBuffer>> {
  // Not `new URL(…, import.meta.url)`: bundlers of server code put the address of a copy for the browser in its place.
  const folder = dirname(fileURLToPath(import.meta.url));
  return new Uint8Array(await readFile(join(folder, "../wasm/foldlog_wasm_bg.wasm")));
}
