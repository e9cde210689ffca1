// @ts-check
// The server that the demo can keep its log on, and a copy of that in the browser. `cargo xtask demo --remote` starts one and lays out this module with its address.

/** @type {{ readonly url: string, readonly token: string, readonly copy: string } | undefined} */
export const server = undefined;
