// @ts-check
// The commands of the demo, on top of one store.
import { AggregateRepository, FoldlogError } from "../pkg/dist/index.js";
import { Refusal, Wallet } from "./wallet.js";

/**
 * @typedef {import("./wallet.js").WalletEvent | import("./burst.js").BurstEvent} LogEvent
 * @typedef {import("../pkg/dist/index.js").EventStore<LogEvent>} Store
 * @typedef {import("../pkg/dist/index.js").Receipt} Receipt
 * @typedef {AggregateRepository<import("./wallet.js").WalletClass, LogEvent>} Wallets
 */

const TRANSFER_ATTEMPTS = 5;

export class Bank {
  /** Who: this tab, under a name of its own, so that events of another tab can be told apart. */
  tab = `tab-${crypto.randomUUID()}`;

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {Wallets} */
    this.wallets = new AggregateRepository(store, { aggregate: Wallet, snapshotEvery: 20 });
  }

  /**
   * The id follows from the name: two tabs that open the same name at the same time cannot both succeed.
   *
   * @param {string} owner
   * @returns {Promise<{ id: string, receipt: Receipt }>}
   */
  async openWallet(owner) {
    const name = owner.trim().normalize("NFC");
    const id = `wallet-${name.toLowerCase()}`;
    return { id, receipt: await this.#execute(id, { type: "open", owner: name }) };
  }

  /**
   * @param {string} id
   * @param {number} cents
   */
  deposit(id, cents) {
    return this.#execute(id, { type: "deposit", cents });
  }

  /**
   * @param {string} id
   * @param {number} cents
   */
  withdraw(id, cents) {
    return this.#execute(id, { type: "withdraw", cents });
  }

  /**
   * Both sides in one append, each with the version it was decided on: both are stored or neither.
   *
   * @param {string} from
   * @param {string} to
   * @param {number} cents
   * @returns {Promise<Receipt>}
   */
  async transfer(from, to, cents) {
    if (from === to) throw new Refusal("same_wallet", "Choose another wallet to send to.");
    const correlationId = crypto.randomUUID();
    for (let attempt = 1; ; attempt += 1) {
      const [sender, receiver] = await Promise.all([this.wallets.load(from), this.wallets.load(to)]);
      const expectedVersions = new Map([[from, sender.version], [to, receiver.version]]);
      const events = [
        ...decide(sender, { type: "send", cents, to }),
        ...decide(receiver, { type: "receive", cents, from }),
      ].map((event) => ({ ...event, correlationId, causedBy: this.tab }));
      try {
        return await this.store.appendEvents(events, { expectedVersions });
      } catch (error) {
        // Somebody was faster: decide again on what is stored now.
        if (!FoldlogError.is(error, "concurrency_conflict") || attempt === TRANSFER_ATTEMPTS) throw error;
      }
    }
  }

  /**
   * @param {string} id
   * @param {import("./wallet.js").WalletCommand} command
   * @returns {Promise<Receipt>}
   */
  async #execute(id, command) {
    const receipt = await this.wallets.execute(id, command, { commandId: crypto.randomUUID(), causedBy: this.tab });
    if (!receipt) throw new Error("the wallet decided nothing");
    return receipt;
  }
}

/**
 * @param {{ id: string, state: import("./wallet.js").WalletState }} wallet
 * @param {import("./wallet.js").WalletCommand} command
 */
function decide({ id, state }, command) {
  const decided = Wallet.definition.decide?.(state, command) ?? [];
  return decided.map((event) => ({ ...event, aggregateId: id, aggregateType: Wallet.type }));
}
