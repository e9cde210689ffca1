import { FoldlogError } from "./foldlog-error.js";

/**
 * Throws `aborted` if the signal is aborted before a write was issued.
 *
 * @internal
 */
export function refuseIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new FoldlogError("aborted", "aborted before anything was written", {
      outcome: "not_committed",
      cause: signal.reason,
    });
  }
}

/** @internal The error of a subscription or an import that the caller's signal ended. */
export function abortedRead(signal: AbortSignal): FoldlogError {
  return new FoldlogError("aborted", "the signal was aborted", { cause: signal.reason });
}
