import { indexedDbBackend, memoryBackend, type Backend, type IndexedDbOptions } from "./store/backend.js";

export * from "./api.js";

/** A log in memory: gone with the page. For tests, drafts and server rendering. */
export function memory(): Backend {
  return memoryBackend(wasmUrl);
}

/** A log in the IndexedDB database `name` of this origin, shared by its tabs and workers. Nothing happens before `EventStore.open`. */
export function indexedDb(name: string, options?: IndexedDbOptions): Backend {
  return indexedDbBackend(wasmUrl, name, options);
}

/** In this form bundlers find the file, copy it and put its address here. */
function wasmUrl(): URL {
  return new URL("../wasm/foldlog_wasm_bg.wasm", import.meta.url);
}
