// @ts-check
// Which file a log is being restored from. Until the end has come the log is a mirror; `health()` says that, but not of which file.
import { noted } from "./place.js";

/** @param {string} log */
const key = (log) => `wallet-demo-restore:${noted(log)}`;

/**
 * @param {string} log
 * @returns {string | undefined} the name of the file
 */
export function unfinishedRestore(log) {
  return localStorage.getItem(key(log)) ?? undefined;
}

/**
 * @param {string} log
 * @param {string} file
 */
export function noteRestore(log, file) {
  localStorage.setItem(key(log), file);
}

/** @param {string} log */
export function forgetRestore(log) {
  localStorage.removeItem(key(log));
}
