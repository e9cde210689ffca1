// Exports and imports, by the page that has the log open.
import { methods, storeOf, tell } from "./client.mjs";
import { linesOf } from "./probe.mjs";

methods.exportLines = async ({ store, options }) => {
  const lines = [];
  for await (const line of linesOf(storeOf({ store }).exportEvents(options))) lines.push(line);
  return lines;
};

let goOn = () => undefined;

/**
 * Imports a text and tells of each piece; `slowly` as it comes over a network, every `pieceMilliseconds` a piece, with `waitAt` only so
 * much of it before `goOn`.
 */
methods.importText = async ({ store, text, options, slowly = false, pieceMilliseconds, waitAt }) => {
  const onProgress = ({ imported, skipped }) => void tell({ kind: "imported", imported, skipped });
  const source = waitAt === undefined ? (slowly ? pieces(text, pieceMilliseconds) : text) : halting(text, waitAt);
  return storeOf({ store }).importEvents(source, { onProgress, ...options });
};

methods.goOn = async () => goOn();

async function* halting(text, waitAt) {
  yield text.slice(0, waitAt);
  const waiting = new Promise((resolve) => (goOn = resolve));
  await tell({ kind: "waiting" });
  await waiting;
  yield* pieces(text.slice(waitAt));
}

const PIECE = 300_000;

async function* pieces(text, milliseconds = 20) {
  for (let at = 0; at < text.length; at += PIECE) {
    yield text.slice(at, at + PIECE);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}
