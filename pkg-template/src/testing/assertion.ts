import { shown } from "./shown.js";

/** A test did not hold; runners show `expected` and `actual` in their own way, and the message has the difference. */
export class AssertionError extends Error {
  /** What the test expected. */
  readonly expected: unknown;
  /** What there was. */
  readonly actual: unknown;

  /** @internal */
  constructor(message: string, expected: unknown, actual: unknown, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.expected = expected;
    this.actual = actual;
  }

  static {
    Object.defineProperty(this.prototype, "name", { value: "AssertionError", writable: true, configurable: true });
  }
}

/** @internal Throws unless the two are the same value; `what` says what is not as expected. */
export function assertSame(what: string, expected: unknown, actual: unknown): void {
  const [wanted, found] = [shown(expected), shown(actual)];
  if (wanted !== found) throw new AssertionError(`${what}\n${difference(wanted, found)}`, expected, actual);
}

/** Longer texts are shown one after the other. */
const MAX_CELLS = 1_000_000;

/** The lines of both: `-` is expected and missing, `+` is there and not expected. */
function difference(expected: string, actual: string): string {
  const [left, right] = [expected.split("\n"), actual.split("\n")];
  const lines =
    left.length * right.length > MAX_CELLS
      ? [...left.map((line) => `- ${line}`), ...right.map((line) => `+ ${line}`)]
      : merged(left, right, commonLengths(left, right));
  return ["  (- expected, + actual)", ...lines].join("\n");
}

/** Cell (i, j): how many lines `left` from i and `right` from j have in common, in order. */
function commonLengths(left: readonly string[], right: readonly string[]): (i: number, j: number) => number {
  const width = right.length + 1;
  const lengths = new Uint32Array((left.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = left[i] === right[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}

function merged(left: readonly string[], right: readonly string[], common: (i: number, j: number) => number): string[] {
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i]}`);
      i += 1;
      j += 1;
    } else if (j === right.length || (i < left.length && common(i + 1, j) >= common(i, j + 1))) {
      lines.push(`- ${left[i]}`);
      i += 1;
    } else {
      lines.push(`+ ${right[j]}`);
      j += 1;
    }
  }
  return lines;
}
