// @ts-check
// Numbers and hashes for people.

const UNITS = ["bytes", "kB", "MB", "GB", "TB"];

/** @param {number} bytes */
export function formatBytes(bytes) {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), UNITS.length - 1);
  return `${(bytes / 1000 ** power).toLocaleString("en", { maximumFractionDigits: 1 })} ${UNITS[power]}`;
}

/** @param {number} count */
export function grouped(count) {
  return count.toLocaleString("en");
}

/**
 * A text whose hashes are cut in the middle.
 *
 * @param {string} text
 */
export function abridged(text) {
  return text.replace(/\b([0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b/g, "$1…$2");
}
