// @ts-check

/**
 * Tells whoever listens, in the order in which they began to.
 *
 * @template T
 */
export class Signal {
  /** @type {((value: T) => void)[]} */
  #listeners = [];

  /** @param {(value: T) => void} listener */
  on(listener) {
    this.#listeners.push(listener);
  }

  /** @param {T} value */
  emit(value) {
    for (const listener of this.#listeners) listener(value);
  }
}
