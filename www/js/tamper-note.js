// @ts-check
// What the demo has done to a log behind Foldlog's back, kept over the reload.
import { noted } from "./place.js";

/** @param {string} log */
const key = (log) => `wallet-demo-tampered:${noted(log)}`;

/**
 * @param {string} log
 * @returns {string | undefined} what was done, in words
 */
export function tampering(log) {
  return localStorage.getItem(key(log)) ?? undefined;
}

/**
 * @param {string} log
 * @param {string} what
 */
export function noteTampering(log, what) {
  localStorage.setItem(key(log), what);
}

/** @param {string} log */
export function forgetTampering(log) {
  localStorage.removeItem(key(log));
}
