import { indexedDbBackend, memoryBackend, type Backend, type IndexedDbOptions } from "./store/backend.js";
import { remoteBackend, type RemoteOptions } from "./store/remote.js";

export * from "./api.js";

/** A log in memory: gone with the page. For tests, drafts and server rendering. */
export function memory(): Backend {
  return memoryBackend(wasmUrl);
}

/** A log in the IndexedDB database `name` of this origin, shared by its tabs and workers. Nothing happens before `EventStore.open`. */
export function indexedDb(name: string, options?: IndexedDbOptions): Backend {
  return indexedDbBackend(wasmUrl, name, options);
}

/** A log on a foldlog-server, shared by all that may reach it. Nothing happens before `EventStore.open`. */
export function remote(url: string | URL, options: RemoteOptions): Backend {
  return remoteBackend(wasmUrl, url, options);
}

/** In this form bundlers find the file, copy it and put its address here. */
function wasmUrl(): URL {
  return new URL("../wasm/foldlog_wasm_bg.wasm", import.meta.url);
}
