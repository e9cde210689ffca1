import { FoldlogError } from "./foldlog-error.js";

/** @internal An argument that is refused before the core sees it. */
export function invalidArgument(field: string, reason: string, cause?: unknown): FoldlogError {
  return new FoldlogError("invalid_argument", `${field}: ${reason}`, { fields: { field }, outcome: "not_committed", cause });
}

/**
 * The value, if it is a string of whole characters.
 *
 * The core takes arguments by their type: on the way in anything else would be coerced and a lone surrogate replaced, not refused.
 *
 * @internal
 */
export function text(value: unknown, field: string): string {
  if (typeof value !== "string") throw invalidArgument(field, `is ${kindOf(value)}; give a string`);
  if (/\p{Surrogate}/u.test(value)) throw invalidArgument(field, "holds a lone surrogate, which UTF-8 cannot carry");
  return value;
}

/** @internal The value, if it is a whole number of at least `least`. */
export function wholeNumber(value: unknown, field: string, least = 0): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= least) return value;
  throw invalidArgument(field, `is ${typeof value === "number" ? value : kindOf(value)}; give a whole number of at least ${least}`);
}

/** @internal The options as an object without unknown keys; a misspelt option must not pass as an absent one. */
export function knownKeys<T extends object>(value: T | undefined, known: readonly string[], where: string): T {
  if (value === undefined) return {} as T;
  if (typeof value !== "object" || value === null) throw invalidArgument(where, `is ${kindOf(value)}; give an object`);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw invalidArgument(`${where}.${key}`, `is unknown; known are ${known.join(", ")}`);
  }
  return value;
}

/** @internal What `read` returns; whatever a getter of the caller throws becomes `invalid_argument`. */
export function reading<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (FoldlogError.is(cause)) throw cause;
    throw invalidArgument(where, "cannot be read", cause);
  }
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "an array" : value === undefined ? "missing" : `of type ${typeof value}`;
}
