// @ts-check
// A log as a file, in Foldlog's export format.

/**
 * Exports a log, or the part of it up to an event, and hands it to the browser as a download.
 *
 * @param {import("./bank.js").Store} store
 * @param {string} log
 * @param {number} [to] an event; without it, to the end
 * @returns {Promise<{ name: string, bytes: number }>}
 */
export async function downloadBackup(store, log, to) {
  const blob = await exported(store, to);
  const name = fileName(log, new Date());
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  return { name, bytes: blob.size };
}

/**
 * @param {import("./bank.js").Store} store
 * @param {number} [to]
 */
async function exported(store, to) {
  /** @type {Blob[]} */
  const parts = [];
  const reader = store.exportEvents(to === undefined ? {} : { to }).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    // A blob may wait on disk; an array of bytes stays in memory.
    parts.push(new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (read.value)]));
  }
  return new Blob(parts, { type: "application/jsonl" });
}

/**
 * @param {string} log
 * @param {Date} when
 */
function fileName(log, when) {
  const day = [when.getFullYear(), when.getMonth() + 1, when.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return `${log.replace(/[^\p{L}\p{N}_-]+/gu, "-")}-${day}.jsonl`;
}
