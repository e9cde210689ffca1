// @ts-check
// Numbers for people.

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
