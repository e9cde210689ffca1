import type { RawFailure } from "../../wasm/foldlog_wasm.js";

import type { ErrorCode, WriteOutcome } from "./error-fields.js";
import { FoldlogError } from "./foldlog-error.js";

/**
 * The error that a rejection of the core stands for.
 *
 * @internal
 */
export function fromRejection(rejection: unknown): FoldlogError {
  if (FoldlogError.is(rejection)) return rejection;
  if (isRawFailure(rejection)) {
    const { code, message, retryable, outcome, ...fields } = JSON.parse(rejection.foldlogError) as Failure;
    return new FoldlogError(code, message, {
      retryable,
      cause: rejection.cause,
      fields,
      ...(outcome === undefined ? {} : { outcome }),
    });
  }
  // A trap of the WebAssembly core. It leaves no word about a write under way, so the outcome is not known.
  return new FoldlogError("storage_unavailable", "the core of the store failed: reload the page and report this with its cause", {
    outcome: "unknown",
    cause: rejection,
  });
}

interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly outcome?: WriteOutcome;
}

function isRawFailure(value: unknown): value is RawFailure {
  return typeof value === "object" && value !== null && "foldlogError" in value && typeof value.foldlogError === "string";
}
