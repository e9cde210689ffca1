import { invalidArgument, knownKeys, reading } from "../errors/arguments.js";
import { jsonText } from "../json/json-text.js";
import type { AppendDetails, Expectation } from "./append.js";

/** @internal Every option that an append may have. */
export interface AnyAppendOptions extends AppendDetails {
  readonly expectedVersion?: Expectation;
  readonly expectedVersions?: ReadonlyMap<string, Expectation> | Readonly<Record<string, Expectation>>;
}

/**
 * Reads the options of an append into the text that the core takes.
 *
 * @internal
 */
export function encodeAppendOptions(options: AnyAppendOptions | undefined): string {
  return reading("options", () => readOptions(options));
}

const KEYS = ["expectedVersion", "expectedVersions", "signal"];

function readOptions(options: AnyAppendOptions | undefined): string {
  const { expectedVersion, expectedVersions } = knownKeys(options, KEYS, "options");
  const members: string[] = [];
  if (expectedVersion !== undefined) {
    members.push(`"expectedVersion":${jsonText(expectedVersion, "expectedVersion", "invalid_argument")}`);
  }
  if (expectedVersions !== undefined) {
    members.push(`"expectedVersions":${jsonText(pairs(expectedVersions), "expectedVersions", "invalid_argument")}`);
  }
  return `{${members.join(",")}}`;
}

/** Pairs, because as a key of an object `__proto__` would be lost. */
function pairs(expectations: unknown): readonly (readonly [unknown, unknown])[] {
  if (expectations instanceof Map) return [...(expectations as Map<unknown, unknown>)];
  if (typeof expectations === "object" && expectations !== null && !Array.isArray(expectations)) return Object.entries(expectations);
  throw invalidArgument("expectedVersions", "is neither a Map nor an object of aggregate ids and expectations");
}
