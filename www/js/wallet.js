// @ts-check
// The wallet as plain functions: what it is, which events change it, which commands it accepts.
import { defineAggregate } from "../pkg/dist/index.js";
import { formatCents } from "./money.js";

/**
 * @typedef {{ aggregateType: "wallet", eventType: "WalletOpened", eventData: { owner: string } }
 *   | { aggregateType: "wallet", eventType: "Deposited", eventData: { cents: number } }
 *   | { aggregateType: "wallet", eventType: "Withdrawn", eventData: { cents: number } }
 *   | { aggregateType: "wallet", eventType: "TransferSent", eventData: { cents: number, to: string } }
 *   | { aggregateType: "wallet", eventType: "TransferReceived", eventData: { cents: number, from: string } }} WalletEvent
 *
 * @typedef {{ owner: string | null, cents: number }} WalletState
 *
 * @typedef {{ type: "open", owner: string }
 *   | { type: "deposit" | "withdraw", cents: number }
 *   | { type: "send", cents: number, to: string }
 *   | { type: "receive", cents: number, from: string }} WalletCommand
 *
 * @typedef {import("../pkg/dist/index.js").DefinedAggregate<WalletState, WalletEvent, WalletCommand> & { readonly reducerVersion: number }} WalletClass
 */

/** A command that the wallet refuses. Nothing was written. */
export class Refusal extends Error {
  /**
   * @param {"wallet_exists" | "no_such_wallet" | "insufficient_funds" | "balance_too_large" | "same_wallet" | "nothing_to_change"} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** @type {WalletClass} */
export const Wallet = defineAggregate({
  type: "wallet",
  reducerVersion: 1,
  initial: () => ({ owner: null, cents: 0 }),

  evolve(/** @type {WalletState} */ state, event) {
    switch (event.eventType) {
      case "WalletOpened":
        return { ...state, owner: event.eventData.owner };
      case "Deposited":
      case "TransferReceived":
        return { ...state, cents: state.cents + event.eventData.cents };
      case "Withdrawn":
      case "TransferSent":
        return { ...state, cents: state.cents - event.eventData.cents };
    }
  },

  decide(state, command) {
    if (command.type === "open") {
      if (state.owner !== null) throw new Refusal("wallet_exists", `There is already a wallet called ${state.owner}.`);
      return [{ eventType: "WalletOpened", eventData: { owner: command.owner } }];
    }
    if (state.owner === null) throw new Refusal("no_such_wallet", "There is no such wallet.");
    const { cents } = command;
    switch (command.type) {
      case "deposit":
        refuseTooMuch(state, cents);
        return [{ eventType: "Deposited", eventData: { cents } }];
      case "withdraw":
        refuseOverdraft(state, cents);
        return [{ eventType: "Withdrawn", eventData: { cents } }];
      case "send":
        refuseOverdraft(state, cents);
        return [{ eventType: "TransferSent", eventData: { cents, to: command.to } }];
      case "receive":
        refuseTooMuch(state, cents);
        return [{ eventType: "TransferReceived", eventData: { cents, from: command.from } }];
    }
  },
});

/**
 * @param {WalletState} state
 * @param {number} cents
 */
function refuseOverdraft(state, cents) {
  if (cents <= state.cents) return;
  throw new Refusal("insufficient_funds", `${state.owner} has ${formatCents(state.cents)}, which is less than ${formatCents(cents)}.`);
}

/**
 * @param {WalletState} state
 * @param {number} cents
 */
function refuseTooMuch(state, cents) {
  if (Number.isSafeInteger(state.cents + cents)) return;
  throw new Refusal("balance_too_large", `${state.owner} cannot hold more than ${formatCents(Number.MAX_SAFE_INTEGER)}.`);
}
