import { knownKeys, signalOf, text } from "../errors/arguments.js";
import type { ExecuteOptions, SaveOptions } from "./repository-options.js";

/** @internal The options of a save, read once. */
export function readSaveOptions(options: SaveOptions | undefined): SaveOptions {
  return checked(knownKeys(options, SAVE_OPTIONS, "options"));
}

/** @internal The options of a command, read once; what only `executeCommand` knows it checks. */
export function readExecuteOptions(options: ExecuteOptions | undefined): ExecuteOptions {
  return checked(knownKeys(options, EXECUTE_OPTIONS, "options"));
}

const ATTRIBUTION = ["causedBy", "causationId", "correlationId"] as const;
const SAVE_OPTIONS = [...ATTRIBUTION, "signal"];
const EXECUTE_OPTIONS = [...SAVE_OPTIONS, "commandId", "retries", "deadline"];

function checked<T extends SaveOptions>(given: T): T {
  signalOf(given.signal);
  for (const field of ATTRIBUTION) {
    if (given[field] !== undefined && given[field] !== null) text(given[field], field);
  }
  return given;
}
