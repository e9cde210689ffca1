// @ts-check
// Where the log is kept: in this browser, or on a server if there is one. The rest of the demo is the same.
import { indexedDb, remote } from "../pkg/dist/index.js";
import { server } from "./server.js";

/** Whether there is a choice. */
export const hasServer = server !== undefined;

/** @type {"browser" | "server"} */
export const kept = hasServer && new URLSearchParams(location.search).get("kept") === "server" ? "server" : "browser";

/**
 * @param {string} log
 * @param {{ create: boolean, expectHead?: import("../pkg/dist/index.js").Head }} options
 */
export function backendOf(log, options) {
  if (kept === "server" && server) return remote(server.url, { log, token: server.token, ...options });
  return indexedDb(log, options);
}

/** A log on the server for a copy of the one in this browser. */
export function copyOnServer() {
  if (!server) throw new Error("there is no server to copy to");
  return remote(server.url, { log: server.copy, token: server.token, create: true });
}

/**
 * The name under which this page notes something of a log: a log of the same name elsewhere is another one.
 *
 * @param {string} log
 */
export function noted(log) {
  return kept === "server" ? `server:${log}` : log;
}
