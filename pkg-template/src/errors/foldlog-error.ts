import type { ImportProgress } from "../store/export.js";
import type { ErrorCode, ErrorFields, WriteOutcome } from "./error-fields.js";

const BRAND = Symbol.for("foldlog.error");

/**
 * Every failure of Foldlog.
 *
 * `code` says what went wrong; `FoldlogError.is` narrows to the fields of a code and recognises errors of another copy of the
 * package in the same realm, where `instanceof` does not. No payload ever stands in an error.
 *
 * @example
 * try {
 *   await store.appendEvents(events, { expectedVersion: 3 });
 * } catch (error) {
 *   if (!FoldlogError.is(error, "concurrency_conflict")) throw error;
 *   console.log(error.conflicts[0]?.actual);
 * }
 */
export class FoldlogError extends Error {
  /** What went wrong, as one word. */
  readonly code: ErrorCode;
  /** Whether the same call, unchanged, may succeed. */
  readonly retryable: boolean;
  /** What became of the write; also `"not_committed"` for arguments that were refused before anything was done. */
  declare readonly outcome?: WriteOutcome;
  /** How far an import had come that failed or was aborted; absent if it failed before it began. */
  declare readonly progress?: ImportProgress;

  /** Makes an error, for instance for a test double; `details` carries the fields of the code. */
  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    const { cause, outcome, retryable, fields } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.retryable = retryable ?? false;
    if (outcome !== undefined) this.outcome = outcome;
    Object.assign(this, fields);
  }

  static {
    Object.defineProperty(this.prototype, "name", { value: "FoldlogError", writable: true, configurable: true });
    Object.defineProperty(this.prototype, BRAND, { value: true });
  }

  /** Whether a caught value is an error of Foldlog, of any code; `switch (error.code)` then narrows. */
  static is(error: unknown): error is AnyFoldlogError;
  /** Whether a caught value is an error of Foldlog with this code. */
  static is<C extends ErrorCode>(error: unknown, code: C): error is FoldlogErrorOf<C>;
  static is(error: unknown, code?: ErrorCode): boolean {
    if (typeof error !== "object" || error === null) return false;
    try {
      return BRAND in error && (code === undefined || ("code" in error && error.code === code));
    } catch {
      // A proxy that answers nothing can be thrown as well, and is none of these.
      return false;
    }
  }
}

/** What an error carries beside its code and its message. */
export interface ErrorDetails {
  /** Whether the same call, unchanged, may succeed; false by default. */
  readonly retryable?: boolean;
  /** What became of the write. */
  readonly outcome?: WriteOutcome;
  /** What it follows from. */
  readonly cause?: unknown;
  /** The fields of the code. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** A `FoldlogError` with this code and its fields. */
export type FoldlogErrorOf<C extends ErrorCode> = FoldlogError & { readonly code: C } & ErrorFields[C];

/** A `FoldlogError` as a union over the codes. */
export type AnyFoldlogError = { [C in ErrorCode]: FoldlogErrorOf<C> }[ErrorCode];
