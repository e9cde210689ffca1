// @ts-check
// A backup read back into a log, and what its outcome means.
import { FoldlogError } from "../pkg/dist/index.js";
import { explain } from "./advice.js";
import { rememberHead } from "./remembered-head.js";
import { forgetRestore, noteRestore, unfinishedRestore } from "./unfinished-restore.js";
import { grouped } from "./units.js";

const PIECE = 256 << 10;

/**
 * @typedef {import("../pkg/dist/index.js").ImportProgress} ImportProgress
 *
 * @typedef {object} Outcome
 * @property {"finished" | "cancelled" | "refused"} kind
 * @property {string} text in plain words
 * @property {{ code: string, message: string }} [refusal] in Foldlog's words
 * @property {number} stored events
 * @property {number} held events that the log held already
 */

/**
 * Imports a file. A refusal is an outcome like others; what is no fault of the file rejects.
 *
 * @param {import("./bank.js").Store} store
 * @param {string} log
 * @param {File} file
 * @param {AbortSignal} signal
 * @param {(progress: ImportProgress) => void} onProgress
 * @returns {Promise<Outcome>}
 */
export async function restore(store, log, file, signal, onProgress) {
  const restores = (await store.head()).sequenceNumber === 0 || unfinishedRestore(log) !== undefined;
  let stored = 0;
  let held = 0;
  /** @param {ImportProgress} progress */
  const note = (progress) => {
    stored = progress.imported;
    held = progress.skipped;
    // Noted at once: this page may be gone before the end.
    if (restores && stored > 0) noteRestore(log, file.name);
    onProgress(progress);
  };
  try {
    const { head } = await store.importEvents(piecesOf(file), { signal, onProgress: note });
    if (restores || stored > 0) rememberHead(log, head);
    forgetRestore(log);
    return { kind: "finished", text: finished(stored, held), stored, held };
  } catch (error) {
    // Some may have been stored after the last report of progress.
    if (FoldlogError.is(error)) ({ imported: stored, skipped: held } = error.progress ?? { imported: stored, skipped: held });
    if (restores && stored > 0) noteRestore(log, file.name);
    const left = whatIsLeft(stored, unfinishedRestore(log) !== undefined);
    if (FoldlogError.is(error, "aborted")) {
      return { kind: "cancelled", text: `Cancelled. ${left}`, stored, held };
    }
    const words = inPlainWords(error, file.name);
    if (words === undefined) throw error;
    return { kind: "refused", text: `${words} ${left}`, refusal: explain(error), stored, held };
  }
}

/**
 * The bytes of a file. Its own stream gives megabytes at a time, which makes a bar that jumps.
 *
 * @param {File} file
 */
async function* piecesOf(file) {
  for (let at = 0; at < file.size; at += PIECE) yield new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
}

/**
 * @param {number} stored
 * @param {number} held
 */
function finished(stored, held) {
  if (stored > 0) return `Restored. Every link was proved; ${grouped(stored)} events were stored.`;
  if (held > 0) return "This log holds everything in that file already. The links prove it.";
  return "The file is a sound backup without events.";
}

/**
 * @param {number} stored
 * @param {boolean} isUnfinished
 */
function whatIsLeft(stored, isUnfinished) {
  const now = stored === 0 ? "Nothing was stored." : `${grouped(stored)} events were stored before that, each of them proved.`;
  return isUnfinished ? `${now} The log is an unfinished restore and takes no deposits or other changes.` : now;
}

/**
 * @param {unknown} error
 * @param {string} name
 * @returns {string | undefined} undefined for an error that says nothing about the file
 */
function inPlainWords(error, name) {
  if (FoldlogError.is(error, "log_diverged")) {
    return `“${name}” does not continue this log: the two have different histories from event ${error.sequenceNumber} on.`;
  }
  if (FoldlogError.is(error, "unsupported_format")) return `“${name}” was written by a newer version. Reload this page to get it.`;
  if (!FoldlogError.is(error, "invalid_argument")) return undefined;
  if (error.exportFault === "not_an_export") return `“${name}” is not a backup of a log.`;
  const line = /^line (\d+)/.exec(error.field ?? "")?.[1];
  if (error.exportFault === "incomplete") return `“${name}” ends too early${line ? `: line ${line} is missing or cut` : ""}.`;
  return line ? `“${name}” is damaged or was altered at line ${line}.` : `“${name}” does not fit what this log holds.`;
}
