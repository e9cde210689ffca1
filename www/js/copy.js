// @ts-check
// Keeps a copy of the log on the server: it takes what it lacks, and stays a mirror, so that nobody appends to it.
import { EventStore } from "../pkg/dist/index.js";
import { copyOnServer } from "./place.js";

/**
 * @param {import("./bank.js").Store} store
 * @returns {Promise<import("../pkg/dist/index.js").ImportProgress>}
 */
export async function copyToServer(store) {
  await using copy = await EventStore.open(copyOnServer());
  const { sequenceNumber } = await copy.head();
  // Awaited here, since the copy is closed with this function.
  return await copy.importEvents(store.exportEvents({ after: sequenceNumber }), { asMirror: true });
}
