import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { indexedDbBackend, memoryBackend, type Backend, type IndexedDbOptions } from "./store/backend.js";
import { remoteBackend, type RemoteOptions } from "./store/remote.js";

export * from "./api.js";

/** A log in memory: gone with the process. For tests, drafts and server rendering. */
export function memory(): Backend {
  return memoryBackend(wasmFile);
}

/** A log in an IndexedDB database. Node has none: there `EventStore.open` rejects with `storage_unavailable`. */
export function indexedDb(name: string, options?: IndexedDbOptions): Backend {
  return indexedDbBackend(wasmFile, name, options);
}

/** A log on a foldlog-server, shared by all that may reach it. Nothing happens before `EventStore.open`. */
export function remote(url: string | URL, options: RemoteOptions): Backend {
  return remoteBackend(wasmFile, url, options);
}

async function wasmFile(): Promise<Uint8Array<ArrayBuffer>> {
  // Not `new URL(…, import.meta.url)`: bundlers of server code put the address of a copy for the browser in its place.
  const folder = dirname(fileURLToPath(import.meta.url));
  return new Uint8Array(await readFile(join(folder, "../wasm/foldlog_wasm_bg.wasm")));
}
