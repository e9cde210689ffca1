// @ts-check
// A real conflict, on purpose: two commands are decided on the same version and appended at the same time.
import { FoldlogError } from "../pkg/dist/index.js";

/**
 * @typedef {import("../pkg/dist/index.js").VersionConflict} VersionConflict
 * @typedef {import("./bank.js").Receipt} Receipt
 *
 * @typedef {object} Race
 * @property {number} readAt the version that both commands were decided on
 * @property {string} winner
 * @property {Receipt} won
 * @property {string} loser
 * @property {VersionConflict} conflict
 * @property {number} retriedAt the version that the loser was decided on again
 * @property {Receipt} retried
 */

const CENTS = { A: 100, B: 200 };

/**
 * @param {import("./bank.js").Bank} bank
 * @param {string} id
 * @returns {Promise<Race>}
 */
export async function race(bank, id) {
  const [a, b] = await Promise.all([bank.wallets.load(id), bank.wallets.load(id)]);
  const readAt = a.version;
  a.raise("Deposited", { cents: CENTS.A });
  b.raise("Deposited", { cents: CENTS.B });
  const by = { causedBy: bank.tab };
  const [first, second] = await Promise.allSettled([bank.wallets.save(a, by), bank.wallets.save(b, by)]);

  const loser = first.status === "rejected" ? "A" : "B";
  const [won, lost] = loser === "A" ? [second, first] : [first, second];
  if (won.status !== "fulfilled") throw won.reason;
  if (lost.status !== "rejected") throw new Error("both commands were stored on the same version");
  if (!FoldlogError.is(lost.reason, "concurrency_conflict")) throw lost.reason;
  const [conflict] = lost.reason.conflicts;
  if (!conflict || !won.value) throw new Error("the conflict names no aggregate");

  // The loser decides again, on what is stored now.
  const again = await bank.wallets.load(id);
  const retriedAt = again.version;
  again.raise("Deposited", { cents: CENTS[loser] });
  const retried = await bank.wallets.save(again, by);
  if (!retried) throw new Error("nothing was saved");
  return { readAt, winner: loser === "A" ? "B" : "A", won: won.value, loser, conflict, retriedAt, retried };
}
