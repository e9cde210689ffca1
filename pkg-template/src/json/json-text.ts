import { FoldlogError } from "../errors/foldlog-error.js";

/**
 * The JSON text of a value that JSON carries without loss.
 *
 * `JSON.stringify` alone turns NaN into null, a Map into `{}` and a Date into something that does not come back: here they are
 * refused, and the error names the place but never the value. Members that are undefined are left out.
 *
 * @internal
 */
export function jsonText(value: unknown, field: string, code: "invalid_event" | "invalid_argument"): string {
  refuseLoss(value, field, code);
  try {
    return JSON.stringify(value);
  } catch (cause) {
    throw refused(code, field, "cannot be read as JSON", cause);
  }
}

/** @internal Throws if JSON would not carry the value without loss. */
export function refuseLoss(value: unknown, field: string, code: "invalid_event" | "invalid_argument"): void {
  let defect: Defect | undefined;
  try {
    defect = firstDefect(value, 0);
  } catch (cause) {
    throw refused(code, field, "cannot be read as JSON", cause);
  }
  if (defect) throw refused(code, field + defect.path, defect.reason);
}

/** @internal The error for a value that is not what its field needs. */
export function refused(code: "invalid_event" | "invalid_argument", field: string, reason: string, cause?: unknown): FoldlogError {
  return new FoldlogError(code, `${field}: ${reason}`, { outcome: "not_committed", fields: { field }, cause });
}

/** The core refuses deeper texts; here it also ends the walk through an object that holds itself. */
const MAX_DEPTH = 128;

interface Defect {
  readonly path: string;
  readonly reason: string;
}

function firstDefect(value: unknown, depth: number): Defect | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : { path: "", reason: `is ${value}, which JSON cannot carry` };
    case "undefined":
      return { path: "", reason: "is undefined; use null" };
    case "object":
      return value === null ? undefined : firstDefectInside(value, depth);
    default:
      return { path: "", reason: `is a ${typeof value}, which JSON cannot carry; use a string or leave it out` };
  }
}

function firstDefectInside(value: object, depth: number): Defect | undefined {
  if (depth === MAX_DEPTH) return { path: "", reason: `is nested deeper than ${MAX_DEPTH} levels, or holds itself` };
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const defect = firstDefect(value[index], depth + 1);
      if (defect) return { path: `[${index}]${defect.path}`, reason: defect.reason };
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const kind = Object.prototype.toString.call(value).slice("[object ".length, -1);
    if (kind !== "Object") return { path: "", reason: `is a ${kind}, which JSON cannot carry; turn it into a plain value` };
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return { path: "", reason: "has a toJSON method, so it would be read back as something else; call it first" };
  }
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    const defect = member === undefined ? undefined : firstDefect(member, depth + 1);
    if (defect) return { path: `.${key}${defect.path}`, reason: defect.reason };
  }
  return undefined;
}
