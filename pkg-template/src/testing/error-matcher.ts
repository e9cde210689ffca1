import { AssertionError } from "./assertion.js";
import { shown } from "./shown.js";

/**
 * What an error must be: of a class, with a message that contains a text or matches an expression, with these properties
 * (`{ code: "unknown_event_type" }`), or whatever a function says.
 */
export type ErrorMatcher =
  | (abstract new (...args: never[]) => Error)
  | string
  | RegExp
  | ((error: unknown) => boolean)
  | Readonly<Record<string, unknown>>;

/** @internal Throws an {@link AssertionError} unless the error is as the matcher says. */
export function assertMatches(error: unknown, matcher: ErrorMatcher): void {
  const wanted = wantedBy(matcher);
  if (matches(error, matcher)) return;
  throw new AssertionError(`expected an error ${wanted}, but it was ${shown(error)}`, matcher, error, error);
}

function matches(error: unknown, matcher: ErrorMatcher): boolean {
  if (isClass(matcher)) return error instanceof matcher;
  if (typeof matcher === "function") return matcher(error) === true;
  const { message = String(error) } = Object(error) as { readonly message?: string };
  if (typeof matcher === "string") return message.includes(matcher);
  if (matcher instanceof RegExp) return matcher.test(message);
  const found = Object(error) as Record<string, unknown>;
  return Object.entries(matcher).every(([key, value]) => shown(found[key]) === shown(value));
}

function wantedBy(matcher: ErrorMatcher): string {
  if (isClass(matcher)) return `of class ${matcher.name}`;
  if (typeof matcher === "function") return "that the function accepts";
  if (typeof matcher === "string") return `whose message contains ${JSON.stringify(matcher)}`;
  if (matcher instanceof RegExp) return `whose message matches ${matcher}`;
  return `with ${shown(matcher)}`;
}

function isClass(matcher: ErrorMatcher): matcher is abstract new (...args: never[]) => Error {
  return typeof matcher === "function" && (matcher === Error || matcher.prototype instanceof Error);
}
