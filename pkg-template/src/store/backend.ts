import { invalidArgument, knownKeys, text } from "../errors/arguments.js";
import { fromRejection } from "../errors/raw-failure.js";
import { optionsText } from "../json/json-text.js";
import { loadCore, type Core, type WasmSource } from "../wasm.js";
import type { Head } from "./append.js";
import type { RawLog, Surroundings } from "./surroundings.js";

/** @internal */
export type OpenLog = (surroundings: Surroundings) => Promise<RawLog>;

/** @internal */
export let makeBackend: (open: OpenLog) => Backend;

/** @internal Opens a log; rejects what is no backend with `invalid_argument`. */
export let openBackend: (backend: Backend, surroundings: Surroundings) => Promise<RawLog>;

/** Where a log is kept: what `memory()`, `indexedDb()` and `remote()` return and `EventStore.open` takes. */
export class Backend {
  readonly #open: OpenLog;

  private constructor(open: OpenLog) {
    this.#open = open;
  }

  static {
    makeBackend = (open) => new Backend(open);
    openBackend = async (backend, surroundings) => {
      if (typeof backend === "object" && backend !== null && #open in backend) return backend.#open(surroundings);
      throw invalidArgument("backend", "is none; give memory(), indexedDb(name) or remote(url, options)");
    };
  }
}

/** How a log is kept in IndexedDB. */
export interface IndexedDbOptions {
  /** What an append waits for: `"strict"`, the default, flushes to the disk; `"relaxed"` may lose the last appends to a power cut. */
  readonly durability?: "strict" | "relaxed";
  /** Whether a log that does not exist is made; true by default. With false it is `log_not_found`: an evicted wallet is not a new one. */
  readonly create?: boolean;
  /**
   * A head remembered elsewhere; a log that does not contain it fails with `log_rewound`, `log_diverged` or `epoch_changed`, a damaged
   * one that cannot be read so far with `storage_corrupted`. A log that does not exist is then never made.
   */
  readonly expectHead?: Head;
  /** How many milliseconds opening may wait for other tabs before it is `blocked`; 10,000 by default. */
  readonly openTimeout?: number;
}

/** @internal */
export type SourceOfWasm = () => WasmSource | Promise<WasmSource>;

/** @internal */
export function memoryBackend(source: SourceOfWasm): Backend {
  return backend(source, async (core, surroundings) => core.RawStore.memory(surroundings));
}

/** @internal */
export function indexedDbBackend(source: SourceOfWasm, name: string, options?: IndexedDbOptions): Backend {
  // Read now, refused by `open`: a backend is a description and making it does not fail.
  const encoded = attempt(() => ({ name: text(name, "name"), options: encodeOptions(options) }));
  return backend(source, (core, surroundings) => {
    const { name, options } = encoded();
    return core.RawStore.indexedDb(name, options, surroundings);
  });
}

/** @internal */
export function backend(source: SourceOfWasm, open: (core: Core, surroundings: Surroundings) => Promise<RawLog>): Backend {
  return makeBackend(async (surroundings) => {
    const core = await loadCore(source);
    try {
      return await open(core, surroundings);
    } catch (rejection) {
      throw fromRejection(rejection);
    }
  });
}

function encodeOptions(options: IndexedDbOptions | undefined): string {
  return optionsText(knownKeys(options, ["durability", "create", "expectHead", "openTimeout"], "options"));
}

/** @internal What `read` returns or throws, whenever it is asked for. */
export function attempt<T>(read: () => T): () => T {
  try {
    const value = read();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
