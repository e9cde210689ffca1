// @ts-check
// What the live subscription has seen: every wallet as it is now, folded with the wallet's own `evolve`.
import { Wallet } from "./wallet.js";

/**
 * @typedef {import("../pkg/dist/index.js").RecordedEvent<import("./bank.js").LogEvent>} Recorded
 * @typedef {{ id: string, owner: string, cents: number, version: number }} WalletRow
 */

export class Book {
  /** @type {Map<string, { state: import("./wallet.js").WalletState, version: number }>} */
  #wallets = new Map();
  /** The sequence number up to which the log was seen. */
  position = 0;
  caughtUp = false;

  /** @param {import("../pkg/dist/index.js").SubscriptionPage<Recorded>} page */
  apply(page) {
    for (const event of page) {
      if (event.aggregateType !== "wallet") continue;
      const before = this.#wallets.get(event.aggregateId)?.state ?? Wallet.definition.initial();
      const state = Wallet.definition.evolve(before, event);
      this.#wallets.set(event.aggregateId, { state, version: event.aggregateVersion });
    }
    this.position = page.position;
    this.caughtUp = page.caughtUp;
  }

  /** @returns {WalletRow[]} in the order in which they were opened */
  get rows() {
    return [...this.#wallets].map(([id, { state, version }]) => ({ id, owner: state.owner ?? id, cents: state.cents, version }));
  }

  /** @param {string} id */
  ownerOf(id) {
    return this.#wallets.get(id)?.state.owner ?? id;
  }

  /** @param {string} id */
  versionOf(id) {
    return this.#wallets.get(id)?.version ?? 0;
  }
}
