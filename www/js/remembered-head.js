// @ts-check
// The last verified head, kept outside the log. Against it a later visit notices a log that was cut short or rewritten.
import { noted } from "./place.js";

/** @typedef {import("../pkg/dist/index.js").Head} Head */

/** @param {string} log */
const key = (log) => `wallet-demo-head:${noted(log)}`;

/**
 * @param {string} log
 * @returns {Head | undefined}
 */
export function rememberedHead(log) {
  const text = localStorage.getItem(key(log));
  return text === null ? undefined : JSON.parse(text);
}

/**
 * @param {string} log
 * @param {Head} head
 */
export function rememberHead(log, head) {
  localStorage.setItem(key(log), JSON.stringify(head));
}

/** @param {string} log */
export function forgetHead(log) {
  localStorage.removeItem(key(log));
}
