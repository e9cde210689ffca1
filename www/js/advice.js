// @ts-check
// What a user can do about an error, by its code.

/** @type {Readonly<Record<string, string>>} */
const ADVICE = {
  insufficient_funds: "Withdraw or send less, or deposit first.",
  wallet_exists: "Choose another name, or use the wallet that is there.",
  no_such_wallet: "Open one, then try again.",
  same_wallet: "Choose two different wallets.",
  balance_too_large: "Deposit less.",
  not_an_amount: "Correct the amount and try again.",
  concurrency_conflict: "Somebody else was faster. Look at the new balance, then try again.",
  duplicate_event: "This was stored before. Look at the event log.",
  log_not_found: "The browser has removed the log, or its data were cleared. Reload the page.",
  log_rewound: "Events that were here are gone. Open it only if you know why, for instance after restoring a backup.",
  log_diverged: "The log has another history than before. Open it only if you know why.",
  epoch_changed: "The log was restored or imported. Open it if you did that.",
  unsupported_format: "Reload to get the newest version of this page.",
  superseded: "A newer version of this page took over. Reload.",
  quota_exceeded: "The browser gives this site no more space. Free some disk space, then try again.",
  storage_unavailable: "Try again. A private window or a strict setting may forbid this site to store data.",
  storage_corrupted: "Stored data is damaged. Nothing was deleted; do not clear the site data, it may still be exported.",
  unauthenticated: "The server does not know this page: its token has run out. Start the demo again.",
  rate_limited: "Too much was asked of the server at once. Wait a moment, then try again.",
  network: "The server was not reached. Look at the connection, then try again.",
  timeout: "The server did not answer in time. Try again.",
  protocol: "The server answered something that this page does not understand. Reload to get its newest version.",
  blocked: "Close the other tabs of this site, then try again.",
  closed: "Reload the page.",
  forbidden: "Choose the file that it is restored from once more, under Restore; or open another log.",
  nothing_to_change: "Open a wallet and deposit something first.",
  invalid_argument: "Correct the input and try again.",
};

/**
 * @typedef {{ code: string, message: string, advice: string }} Explanation
 *
 * @param {unknown} error
 * @returns {Explanation}
 */
export function explain(error) {
  const { code, message, retryable, outcome } = /** @type {{ code?: unknown, message?: unknown, retryable?: boolean, outcome?: string }} */ (
    typeof error === "object" && error !== null ? error : { message: error }
  );
  const known = typeof code === "string" ? code : "unexpected";
  let advice = ADVICE[known] ?? (retryable ? "Try again." : "Reload the page. If it happens again, report it with this message.");
  if (outcome === "unknown") advice += " It is not known whether this was stored: look at the event log before you repeat it.";
  return { code: known, message: sentence(String(message)), advice };
}

/** @param {string} text */
function sentence(text) {
  const ended = /[.!?]$/.test(text) ? text : `${text}.`;
  return ended.charAt(0).toUpperCase() + ended.slice(1);
}
