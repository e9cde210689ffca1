import assert from "node:assert/strict";

import { check, countByRule } from "../checker.mjs";

/** The log as the checker takes it. */
export function toLog(rows) {
  return rows.map(([sequenceNumber, id, aggregateId, aggregateVersion, recordedAt, origin]) => ({
    sequenceNumber,
    id,
    aggregateId,
    aggregateVersion,
    recordedAt,
    origin,
  }));
}

/** Fails with the first violations, if there are any. */
export function assertNone(violations) {
  if (violations.length === 0) return;
  const first = violations.slice(0, 10).map(({ rule, message }) => `  ${rule}: ${message}`);
  assert.fail(`${violations.length} violations ${JSON.stringify(countByRule(violations))}\n${first.join("\n")}`);
}

/** Fails unless calls and log fit, every call was answered as it should be, and the log verifies from its beginning. */
export async function assertGood(client, calls, log, { store } = {}) {
  assertNone(check({ calls, log }));
  const failed = calls.find(({ answer }) => answer?.error);
  assert.equal(failed, undefined, `an append failed: ${JSON.stringify(failed)}`);
  const report = await client.call("verify", { store });
  assert.deepEqual({ ok: report.ok, events: report.events }, { ok: true, events: log.length }, JSON.stringify(report));
}

/** How many calls of each kind there are, in words. */
export function describe(calls) {
  const count = (of) => calls.filter(({ answer }) => of(answer ?? {})).length;
  const parts = [`${count(({ receipt }) => receipt)} appends`, `${count(({ conflicts }) => conflicts)} conflicts`];
  const errors = count(({ error }) => error);
  const unanswered = count(({ receipt, conflicts, error }) => !receipt && !conflicts && !error);
  if (errors > 0) parts.push(`${errors} errors`);
  if (unanswered > 0) parts.push(`${unanswered} unanswered`);
  return parts.join(", ");
}
