// @ts-check
// Money is a whole number of cents. No floating point number ever holds an amount.

/** What a user typed that is no amount. */
export class AmountError extends Error {
  code = "not_an_amount";
}

/**
 * The cents of "12", "12.5" or "12,50".
 *
 * @param {string} text
 * @returns {number}
 */
export function parseCents(text) {
  const match = /^(\d{1,9})(?:[.,](\d{1,2}))?$/.exec(text.trim());
  if (!match) throw new AmountError("Give an amount such as 12 or 12.50, at most 999999999.99.");
  const [, whole = "", fraction = ""] = match;
  const cents = Number(whole + fraction.padEnd(2, "0"));
  if (cents === 0) throw new AmountError("Give an amount above zero.");
  return cents;
}

/**
 * @param {number} cents
 * @returns {string} for instance "€1,234.50"
 */
export function formatCents(cents) {
  const digits = String(Math.abs(cents)).padStart(3, "0");
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${cents < 0 ? "\u2212" : ""}€${whole}.${digits.slice(-2)}`;
}
