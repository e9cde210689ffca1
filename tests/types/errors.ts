import { FoldlogError, type ErrorCode, type ExportFault, type ImportProgress, type VersionConflict, type WriteOutcome } from "foldlog";

import { holds, type Same } from "./expect.js";

declare const error: unknown;

if (FoldlogError.is(error, "concurrency_conflict")) {
  holds<Same<typeof error.conflicts, readonly VersionConflict[]>>();
  holds<Same<typeof error.code, "concurrency_conflict">>();
  // @ts-expect-error a field of another code
  error.eventId;
}
if (FoldlogError.is(error, "invalid_event")) holds<Same<typeof error.field, string>>();
if (FoldlogError.is(error, "invalid_argument")) holds<Same<typeof error.exportFault, ExportFault | undefined>>();
if (FoldlogError.is(error)) {
  holds<Same<typeof error.progress, ImportProgress | undefined>>();
  // @ts-expect-error only a malformed argument has it
  error.exportFault;
  holds<Same<typeof error.retryable, boolean>>();
  holds<Same<typeof error.outcome, WriteOutcome | undefined>>();
  switch (error.code) {
    case "duplicate_event":
      holds<Same<typeof error.eventId, string>>();
      break;
    case "upcast_failed":
      holds<Same<typeof error.sequenceNumber, number>>();
      break;
    default:
      // @ts-expect-error not every code has it
      error.eventId;
  }
  const isError: Error = error;
  isError.message;
}
// @ts-expect-error no such code
FoldlogError.is(error, "conflict");
// @ts-expect-error no such code
const code: ErrorCode = "not_found";
code;
