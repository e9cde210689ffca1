import type { RawFailure } from "../../wasm/foldlog_wasm.js";

import type { ErrorCode, WriteOutcome } from "../errors/error-fields.js";
import type { FaultyOperation, InjectedFault } from "./fault-plan.js";

/** What the core says of such failures, word for word; a test notices if it says something else. */
const MESSAGES = {
  storage_unavailable: "the browser lost the database, and opening it again did not help: try again later",
  quota_exceeded: "the browser's storage quota is used up: free space, then append again",
  closed: "the store was closed: open it again",
} as const;

const WRITES: readonly FaultyOperation[] = ["append", "createSnapshot", "saveCheckpoint", "import"];

/**
 * A rejection as the core makes them; its cause says that it was injected, at which call, and with which seed.
 *
 * @internal
 */
export function injectedFailure(injected: InjectedFault, seed: number): RawFailure {
  const { fault } = injected;
  if (fault === "quota_exceeded") return failure("quota_exceeded", "not_committed", injected, seed);
  return failure("storage_unavailable", fault === "not_committed" ? fault : "unknown", injected, seed);
}

/** @internal How a call ends that hangs in a store that is closed. */
export function closedFailure(injected: InjectedFault, seed: number): RawFailure {
  return failure("closed", "unknown", injected, seed);
}

function failure(code: ErrorCode & keyof typeof MESSAGES, outcome: WriteOutcome, { on, call, fault }: InjectedFault, seed: number): RawFailure {
  const said = { code, retryable: code === "storage_unavailable", message: MESSAGES[code] };
  const written = WRITES.includes(on) ? { ...said, outcome } : said;
  const what = typeof fault === "string" ? fault : `slow by ${fault.slowBy} ms`;
  const cause = new Error(`injected by foldlog/testing: ${what} at call ${call} of ${on}, seed ${seed}`);
  return { foldlogError: JSON.stringify(written), cause };
}
