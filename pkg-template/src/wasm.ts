import init, * as glue from "../wasm/foldlog_wasm.js";

import { FoldlogError } from "./errors/foldlog-error.js";

/** @internal The functions of the WebAssembly core. */
export type Core = typeof glue;

/**
 * Where the WebAssembly module comes from: a compiled module, its bytes, its address, or a response that carries it.
 *
 * A `Response` can be read once, so a load that failed cannot be tried again with the same one.
 */
export type WasmSource = WebAssembly.Module | BufferSource | URL | string | Response | Promise<Response>;

let loading: Promise<Core> | undefined;
let loaded: Core | undefined;

/**
 * Loads the core once in a realm; after a failure the next call tries again.
 *
 * @internal
 */
export function loadCore(source: () => WasmSource | Promise<WasmSource>): Promise<Core> {
  loading ??= instantiate(source).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

/** @internal The core, if it is loaded already. */
export function loadedCore(): Core | undefined {
  return loaded;
}

async function instantiate(source: () => WasmSource | Promise<WasmSource>): Promise<Core> {
  try {
    await init({ module_or_path: await source() });
  } catch (cause) {
    if (FoldlogError.is(cause)) throw cause;
    throw new FoldlogError(
      "storage_unavailable",
      "cannot load foldlog_wasm_bg.wasm: check that it is served, and that the content security policy allows 'wasm-unsafe-eval'",
      { retryable: true, cause },
    );
  }
  loaded = glue;
  return glue;
}
