import { FoldlogError } from "./foldlog-error.js";

/** @internal Whether an event to append or another argument was refused. */
export type RefusalCode = "invalid_event" | "invalid_argument";

/** @internal The error for a value that is not what its field needs. */
export function refused(code: RefusalCode, field: string, reason: string, cause?: unknown, fields?: object): FoldlogError {
  return new FoldlogError(code, `${field}: ${reason}`, { outcome: "not_committed", fields: { field, ...fields }, cause });
}

/** @internal An argument that is refused before the core sees it. */
export function invalidArgument(field: string, reason: string, cause?: unknown): FoldlogError {
  return refused("invalid_argument", field, reason, cause);
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
  throw invalidArgument(field, `is ${kindOf(value)}; give a whole number of at least ${least}`);
}

/** @internal The value, if it is a function. */
export function callable<T>(value: T, field: string): T {
  if (typeof value === "function") return value;
  throw invalidArgument(field, `is ${kindOf(value)}; give a function`);
}

/** @internal The signal, if it is one, of whatever realm. */
export function signalOf(signal: AbortSignal | undefined): AbortSignal | undefined {
  const isSignal = reading(
    "signal",
    () => signal === undefined || (typeof signal?.aborted === "boolean" && typeof signal.addEventListener === "function"),
  );
  if (!isSignal) throw invalidArgument("signal", `is ${kindOf(signal)}; give an AbortSignal`);
  return signal;
}

/**
 * The text of a time that is given as a Date, of whatever realm; what is no object is left to the core.
 *
 * @internal
 */
export function timeText(value: unknown, field: string, code: RefusalCode): unknown {
  if (typeof value !== "object" || value === null) return value;
  try {
    return Date.prototype.toISOString.call(value);
  } catch (cause) {
    throw refused(code, field, `is ${kindOf(value)}, and no time; give a valid Date or its toISOString()`, cause);
  }
}

/**
 * The options that are given, each read once, into an object of the store's own.
 *
 * A key that is unknown is refused, as a misspelt option must not pass as an absent one; so is what has no keys, such as a Map.
 *
 * @internal
 */
export function knownKeys<T extends object>(
  value: T | undefined,
  known: readonly string[],
  where: string,
  code: RefusalCode = "invalid_argument",
): Partial<T> {
  return reading(
    where,
    () => {
      const given: Record<string, unknown> = {};
      if (value === undefined) return given as Partial<T>;
      if (kindOf(value) !== PLAIN) throw refused(code, where, `is ${kindOf(value)}; give an object`);
      for (const key of Object.keys(value)) {
        if (!known.includes(key)) throw refused(code, `${where}.${key}`, `is unknown; known are ${known.join(", ")}`);
      }
      for (const key of known) {
        const member = (value as Record<string, unknown>)[key];
        if (member !== undefined) given[key] = member;
      }
      return given as Partial<T>;
    },
    code,
  );
}

/** @internal What `read` returns; whatever the caller's objects throw when they are looked at becomes a refusal. */
export function reading<T>(where: string, read: () => T, code: RefusalCode = "invalid_argument"): T {
  try {
    return read();
  } catch (cause) {
    if (FoldlogError.is(cause)) throw cause;
    throw refused(code, where, "cannot be read", cause);
  }
}

/** @internal What {@link kindOf} says of an object that is nothing more. */
export const PLAIN = "an object";

/** @internal What a value is, in words for an error. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === null || typeof value === "number") return `${value}`;
  if (typeof value !== "object") return `of type ${typeof value}`;
  try {
    const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
    return kind === "Object" ? PLAIN : `of type ${kind}`;
  } catch {
    return "a proxy that cannot be read";
  }
}
