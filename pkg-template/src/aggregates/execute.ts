import { refuseIfAborted } from "../errors/aborted.js";
import { invalidArgument, kindOf, text, timeText, wholeNumber } from "../errors/arguments.js";
import { FoldlogError, type AnyFoldlogError } from "../errors/foldlog-error.js";
import type { Receipt } from "../store/append.js";
import type { Log } from "../store/log.js";
import { loadedCore } from "../wasm.js";
import { fullJitter, pause } from "./backoff.js";
import type { ExecuteOptions } from "./repository-options.js";
import { appendBatch } from "./save.js";
import { isAnswer, type Batch } from "./unsaved-events.js";

/** @internal A command on its way into the log. */
export interface Command {
  readonly aggregateId: string;
  readonly options: ExecuteOptions;
  /** Loads, decides, and makes the append of what was decided; undefined if nothing was. */
  decide(eventId: ((index: number) => string) | undefined): Promise<Batch | undefined>;
}

/**
 * Decides and appends until the command is in the log, has nothing to say, or has failed for good.
 *
 * Only an answered conflict leads to a new decision. As long as the outcome of an append is unknown the same bytes are sent again.
 *
 * @internal
 */
export async function executeCommand(log: Log, command: Command): Promise<Receipt | undefined> {
  const { commandId, retries, deadline, signal } = command.options;
  const eventId = commandId === undefined ? undefined : commandIds(commandId);
  const allowed = retries === undefined ? 10 : wholeNumber(retries, "retries");
  const end = momentOf(deadline);
  for (let attempt = 0; ; attempt += 1) {
    refuseIfAborted(signal);
    const earlier = await earlierReceipt(log, command, eventId);
    if (earlier) return earlier;
    const batch = await command.decide(eventId);
    if (!batch) return undefined;
    refuseIfAborted(signal);
    try {
      return await appendUntilKnown(log, batch, end);
    } catch (error) {
      if (eventId && FoldlogError.is(error, "duplicate_event")) {
        // The same command, decided elsewhere from other state, was faster.
        const faster = await earlierReceipt(log, command, eventId);
        if (faster) return faster;
      }
      if (!FoldlogError.is(error, "concurrency_conflict") || attempt >= allowed || Date.now() >= end) throw error;
    }
    await pause(Math.min(fullJitter(attempt + 1), Math.max(end - Date.now(), 0)), signal);
  }
}

async function appendUntilKnown(log: Log, batch: Batch, end: number): Promise<Receipt> {
  let doubt: AnyFoldlogError | undefined;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await appendBatch(log, batch);
    } catch (error) {
      if (!FoldlogError.is(error) || isAnswer(error)) throw error;
      if (error.outcome !== "not_committed") doubt = error;
      if (!doubt) throw error;
      // Once in doubt, a failure that is no answer says nothing about the append that went before.
      if (Date.now() >= end || error.code === "closed") throw doubt;
    }
    await pause(Math.min(fullJitter(attempt), Math.max(end - Date.now(), 0)));
  }
}

async function earlierReceipt(
  log: Log,
  { aggregateId, options }: Command,
  eventId: ((index: number) => string) | undefined,
): Promise<Receipt | undefined> {
  const receipt = eventId && (await log.findAppend(eventId(0)));
  if (receipt && !(aggregateId in receipt.versions)) {
    throw invalidArgument(
      "commandId",
      `${JSON.stringify(options.commandId)} was used for another aggregate than ${JSON.stringify(aggregateId)}; use a new one`,
    );
  }
  return receipt;
}

function commandIds(commandId: string): (index: number) => string {
  const core = loadedCore();
  // All commands without a name of their own would be one command.
  if (text(commandId, "commandId") === "" || !core) throw invalidArgument("commandId", "is empty; give each command an id of its own");
  return (index) => core.commandEventId(commandId, index);
}

function momentOf(deadline: Date | number = 30_000): number {
  if (typeof deadline === "number" && !Number.isNaN(deadline)) return Date.now() + deadline;
  const moment = typeof deadline === "object" ? timeText(deadline, "deadline", "invalid_argument") : undefined;
  if (typeof moment === "string") return Date.parse(moment);
  throw invalidArgument("deadline", `is ${kindOf(deadline)}; give a valid Date or a number of milliseconds`);
}
