import { invalidArgument, kindOf, PLAIN, refused, type RefusalCode } from "../errors/arguments.js";

/**
 * The JSON text of a value that JSON carries without loss.
 *
 * `JSON.stringify` alone turns NaN into null, a Map into `{}` and a Date into something that does not come back: here they are
 * refused, and the error names the place but never the value. Members that are undefined are left out.
 *
 * @internal
 */
export function jsonText(value: unknown, field: string, code: RefusalCode): string {
  refuseLoss(value, field, code);
  return written(value, field, code);
}

/**
 * The JSON text of options of which each is named in its own error, after `where`.
 *
 * Null is refused: the core takes it for an option that is absent, and a filter without one of its members matches more.
 *
 * @internal
 */
export function optionsText(options: object, where = ""): string {
  const members = Object.entries(options).map(([key, value]) => {
    const field = where + key;
    if (value === null) throw invalidArgument(field, "is null; leave it out");
    return `"${key}":${jsonText(value, field, "invalid_argument")}`;
  });
  return `{${members.join(",")}}`;
}

/** @internal Throws if JSON would not carry the value without loss. */
export function refuseLoss(value: unknown, field: string, code: RefusalCode): void {
  const defect = firstDefect(value, 0);
  if (defect) throw refused(code, field + defect.path, defect.reason, defect.cause);
}

/** @internal The JSON text of a value that was looked at; an object that is something else by now is refused. */
export function written(value: unknown, field: string, code: RefusalCode): string {
  let text: unknown;
  let cause: unknown;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (typeof text === "string") return text;
  throw refused(code, field, "cannot be read as JSON", cause);
}

/** The core refuses deeper texts; here it also ends the walk through an object that holds itself. */
const MAX_DEPTH = 128;

interface Defect {
  readonly path: string;
  readonly reason: string;
  readonly cause?: unknown;
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
      if (value === null) return undefined;
      try {
        return firstDefectInside(value, depth);
      } catch (cause) {
        return { path: "", reason: "cannot be read as JSON", cause };
      }
    default:
      return { path: "", reason: `is a ${typeof value}, which JSON cannot carry; use a string or leave it out` };
  }
}

function firstDefectInside(value: object, depth: number): Defect | undefined {
  if (depth === MAX_DEPTH) return { path: "", reason: `is nested deeper than ${MAX_DEPTH} levels, or holds itself` };
  if (Array.isArray(value)) {
    // Read once: a list that grows as it is walked would never end.
    const { length } = value;
    for (let index = 0; index < length; index += 1) {
      const defect = firstDefect(value[index], depth + 1);
      if (defect) return { ...defect, path: `[${index}]${defect.path}` };
    }
    return undefined;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    const kind = kindOf(value);
    if (kind !== PLAIN) return { path: "", reason: `is ${kind}, which JSON cannot carry; turn it into a plain value` };
  }
  if ("toJSON" in value && typeof value.toJSON === "function") {
    return { path: "", reason: "has a toJSON method, so it would be read back as something else; call it first" };
  }
  if (Object.getOwnPropertySymbols(value).some((key) => Object.prototype.propertyIsEnumerable.call(value, key))) {
    return { path: "", reason: "has a symbol as key, which JSON cannot carry; use a string key" };
  }
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    const defect = member === undefined ? undefined : firstDefect(member, depth + 1);
    if (defect) return { ...defect, path: `.${key}${defect.path}` };
  }
  return undefined;
}
