import type { RawStore, RawSurroundings } from "../../wasm/foldlog_wasm.js";

/** @internal What the facade uses of an open log of the core; a test may stand in between. */
export type RawLog = Pick<RawStore, "run">;

/** @internal Where times and ids come from. */
export type Source = Pick<RawSurroundings, "now" | "getRandomValues">;

/** @internal The clock and the randomness of the page. */
export const PAGE: Source = {
  now: () => Date.now(),
  getRandomValues: (buffer) => void crypto.getRandomValues(buffer as Uint8Array<ArrayBuffer>),
};

/**
 * What an open log has of the world: times and ids, and who is told that its health may have changed.
 *
 * @internal
 */
export class Surroundings implements RawSurroundings {
  readonly #listeners = new Set<() => void>();
  /** A test may put its own in its place before the log is opened, for this log alone. */
  source: Source = PAGE;

  now(): number {
    return this.source.now();
  }

  getRandomValues(buffer: Uint8Array): void {
    this.source.getRandomValues(buffer);
  }

  /** The core calls it in the middle of its work: a listener must not call the core before it returns. */
  healthChanged(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Returns what ends the listening. */
  watch(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}
