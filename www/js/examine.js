// @ts-check
// What Foldlog says about a log that may be damaged.
import { FoldlogError } from "../pkg/dist/index.js";

/**
 * @typedef {import("../pkg/dist/index.js").FoldlogErrorOf<"storage_corrupted">} Corrupted
 *
 * @typedef {object} Examination
 * @property {import("../pkg/dist/index.js").Health} opened before anything was read
 * @property {number} read the last event that reading gave
 * @property {Corrupted | undefined} stopped what ended the reading
 * @property {import("../pkg/dist/index.js").VerifyReport} report
 * @property {import("../pkg/dist/index.js").Health} after
 * @property {number} sound the last event before the damage
 */

/**
 * @param {import("./bank.js").Store} store
 * @returns {Promise<Examination>}
 */
export async function examine(store) {
  const opened = await store.health();
  let read = 0;
  /** @type {Corrupted | undefined} */
  let stopped;
  try {
    for await (const { sequenceNumber } of store.events()) read = sequenceNumber;
  } catch (error) {
    if (!FoldlogError.is(error, "storage_corrupted")) throw error;
    stopped = error;
  }
  const report = await store.verify();
  const after = await store.health();
  return { opened, read, stopped, report, after, sound: report.ok ? report.head.sequenceNumber : report.sequenceNumber - 1 };
}
