export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** What each system took, and how many times as long as the first one each of the others took. */
export function table(title, systems, columns, valueOf) {
  const [first, ...others] = systems;
  const rows = [
    [title, ...columns],
    ...systems.map((system) => [system, ...columns.map((column) => format(valueOf(system, column)))]),
    ...others.map((system) => [`${system} / ${first}`, ...columns.map((column) => `${(valueOf(system, column) / valueOf(first, column)).toFixed(2)} x`)]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) => row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column]))).join("  ")).join("\n");
}

function format(milliseconds) {
  return milliseconds < 100 ? milliseconds.toFixed(1) : milliseconds.toFixed(0);
}
