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
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(new URL("../wasm/foldlog_wasm_bg.wasm", import.meta.url)));
}
