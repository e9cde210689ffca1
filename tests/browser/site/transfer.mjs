// Exports and imports, by the page that has the log open.
import { methods, storeOf, tell } from "./client.mjs";
import { linesOf } from "./probe.mjs";

methods.exportLines = async ({ store, options }) => {
  const lines = [];
  for await (const line of linesOf(storeOf({ store }).exportEvents(options))) lines.push(line);
  return lines;
};

/** Imports a text and tells of each piece. */
methods.importText = async ({ store, text, options }) => {
  const onProgress = ({ imported, skipped }) => void tell({ kind: "imported", imported, skipped });
  return storeOf({ store }).importEvents(text, { onProgress, ...options });
};
