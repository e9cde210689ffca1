// Exports and imports, by the page that has the log open.
import { methods, storeOf, tell } from "./client.mjs";
import { linesOf } from "./probe.mjs";

methods.exportLines = async ({ store, options }) => {
  const lines = [];
  for await (const line of linesOf(storeOf({ store }).exportEvents(options))) lines.push(line);
  return lines;
};

/** Imports a text and tells of each piece; `slowly` as it comes over a network. */
methods.importText = async ({ store, text, options, slowly = false }) => {
  const onProgress = ({ imported, skipped }) => void tell({ kind: "imported", imported, skipped });
  return storeOf({ store }).importEvents(slowly ? pieces(text) : text, { onProgress, ...options });
};

const PIECE = 300_000;
const PIECE_MILLISECONDS = 20;

async function* pieces(text) {
  for (let at = 0; at < text.length; at += PIECE) {
    yield text.slice(at, at + PIECE);
    await new Promise((resolve) => setTimeout(resolve, PIECE_MILLISECONDS));
  }
}
