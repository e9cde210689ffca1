import { invalidArgument, kindOf, knownKeys, PLAIN, reading, signalOf } from "../errors/arguments.js";
import { optionsText } from "../json/json-text.js";
import type { AppendDetails, Expectation } from "./append.js";

/** @internal Every option that an append may have. */
export interface AnyAppendOptions extends AppendDetails {
  readonly expectedVersion?: Expectation;
  readonly expectedVersions?: ReadonlyMap<string, Expectation> | Readonly<Record<string, Expectation>>;
}

/** @internal The options of an append: the expectations as the text that the core takes, and the signal. */
export interface EncodedAppendOptions {
  readonly text: string;
  readonly signal: AbortSignal | undefined;
}

/**
 * Reads the options of an append, once and completely.
 *
 * @internal
 */
export function encodeAppendOptions(options: AnyAppendOptions | undefined): EncodedAppendOptions {
  const { signal, expectedVersions, ...given } = knownKeys(options, KEYS, "options");
  const expectations =
    expectedVersions === undefined ? given : { ...given, expectedVersions: reading("expectedVersions", () => pairs(expectedVersions)) };
  return { text: optionsText(expectations), signal: signalOf(signal) };
}

const KEYS = ["expectedVersion", "expectedVersions", "signal"];

/** Pairs, because as a key of an object `__proto__` would be lost. */
function pairs(expectations: unknown): readonly (readonly [unknown, unknown])[] {
  if (expectations instanceof Map) return [...(expectations as Map<unknown, unknown>)];
  if (kindOf(expectations) === PLAIN) return Object.entries(expectations as object);
  throw invalidArgument("expectedVersions", `is ${kindOf(expectations)}; give a Map or an object of aggregate ids and expectations`);
}
