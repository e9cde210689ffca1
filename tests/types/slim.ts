import { EventStore, memory, useWasm } from "foldlog/slim";

useWasm(new URL("https://example.org/foldlog_wasm_bg.wasm"));
useWasm("/foldlog_wasm_bg.wasm");
useWasm(new Uint8Array());
useWasm(fetch("/foldlog_wasm_bg.wasm"));
useWasm(await WebAssembly.compileStreaming(fetch("/foldlog_wasm_bg.wasm")));
await using store = await EventStore.open(memory());
await store.getLastSequenceNumber();
// @ts-expect-error no source
useWasm(undefined);
