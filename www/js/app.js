// @ts-check
// What the views share: one open log, what was seen of it, and which wallet is chosen.
import { Bank } from "./bank.js";
import { Book } from "./book.js";
import { Signal } from "./signal.js";

/**
 * @typedef {import("./bank.js").Receipt} Receipt
 * @typedef {import("../pkg/dist/index.js").SubscriptionPage<import("./book.js").Recorded>} Page
 */

export class App {
  book = new Book();
  /** Whether new events still arrive. */
  live = true;
  /** After the book or the chosen wallet changed. */
  changed = /** @type {Signal<void>} */ (new Signal());
  /** A page of events, after the book has taken it. */
  arrived = /** @type {Signal<Page>} */ (new Signal());
  /** A receipt of this tab. */
  acknowledged = /** @type {Signal<Receipt>} */ (new Signal());
  /** After the log was verified, restored or examined. */
  examined = /** @type {Signal<void>} */ (new Signal());
  /** @type {string | undefined} */
  #chosen;

  /**
   * @param {string} log the name of the log
   * @param {import("./bank.js").Store} store
   * @param {import("./view/messages.js").Messages} messages
   */
  constructor(log, store, messages) {
    this.log = log;
    this.store = store;
    this.messages = messages;
    this.bank = new Bank(store);
  }

  /** The wallet that the commands are about; undefined as long as there is none. */
  get chosen() {
    return this.#chosen ?? this.book.rows[0]?.id;
  }

  /** @param {string} id */
  choose(id) {
    this.#chosen = id;
    this.changed.emit();
  }

  /** Every event from the first on, of this and of other tabs, until the store is closed. */
  async follow() {
    try {
      for await (const page of this.store.subscribe().pages()) {
        this.book.apply(page);
        this.arrived.emit(page);
        this.changed.emit();
      }
    } finally {
      this.live = false;
      this.changed.emit();
    }
  }
}
