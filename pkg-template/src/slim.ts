import { FoldlogError } from "./errors/foldlog-error.js";
import { indexedDbBackend, memoryBackend, type Backend, type IndexedDbOptions } from "./store/backend.js";
import { remoteBackend, type RemoteOptions } from "./store/remote.js";
import type { WasmSource } from "./wasm.js";

export * from "./api.js";
export type { WasmSource } from "./wasm.js";

/**
 * Says where the WebAssembly module is. Call it before the first `EventStore.open`; once the core is loaded it has no effect.
 *
 * @example
 * import wasmUrl from "foldlog/foldlog_wasm_bg.wasm?url";
 * useWasm(wasmUrl);
 */
export function useWasm(source: WasmSource): void {
  given = source;
}

/** A log in memory: gone with the page. For tests, drafts and server rendering. */
export function memory(): Backend {
  return memoryBackend(givenSource);
}

/** A log in the IndexedDB database `name` of this origin, shared by its tabs and workers. Nothing happens before `EventStore.open`. */
export function indexedDb(name: string, options?: IndexedDbOptions): Backend {
  return indexedDbBackend(givenSource, name, options);
}

/** A log on a foldlog-server, shared by all that may reach it. Nothing happens before `EventStore.open`. */
export function remote(url: string | URL, options: RemoteOptions): Backend {
  return remoteBackend(givenSource, url, options);
}

let given: WasmSource | undefined;

function givenSource(): WasmSource {
  if (given !== undefined) return given;
  throw new FoldlogError("invalid_argument", "the WebAssembly module is not known: call useWasm(source) before EventStore.open", {
    fields: { field: "source" },
  });
}
