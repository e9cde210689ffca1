/**
 * Numbers that follow from a seed: mulberry32. For tests, never for secrets.
 *
 * @internal
 */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0 and below 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  fill(buffer: Uint8Array): void {
    for (let index = 0; index < buffer.length; index += 1) buffer[index] = Math.floor(this.next() * 256);
  }
}

/** @internal A seed that nobody chose; whoever takes it must tell it. */
export function anySeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
