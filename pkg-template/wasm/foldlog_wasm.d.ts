/**
 * Stands where `wasm-bindgen` will put its glue, so that the facade type-checks in the repository without a build.
 * The published package has the generated file in this place.
 */
export * from "../../src/js/abi.js";

/** Instantiates the WebAssembly module; a second call returns the first instance. */
export default function init(options: {
  module_or_path: WebAssembly.Module | BufferSource | URL | string | Response | Promise<Response>;
}): Promise<unknown>;
