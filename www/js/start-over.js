// @ts-check
// Gives a log up: the log itself, and all that the demo has noted about it.
import { deleteDatabase } from "./raw-database.js";
import { noted } from "./place.js";
import { forgetHead } from "./remembered-head.js";
import { forgetTampering } from "./tamper-note.js";
import { forgetRestore } from "./unfinished-restore.js";
import { Witness } from "./witness.js";

/**
 * @param {import("./bank.js").Store} store
 * @param {string} log
 */
export async function startOver(store, log) {
  await store.close();
  // A database of a log has the log's name.
  await deleteDatabase(log);
  forgetHead(log);
  forgetRestore(log);
  forgetTampering(log);
  await (await Witness.open()).forget(noted(log));
}
