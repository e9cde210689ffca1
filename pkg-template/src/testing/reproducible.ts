import { callable, knownKeys, wholeNumber } from "../errors/arguments.js";
import { makeBackend, openBackend, type Backend } from "../store/backend.js";
import type { Source } from "../store/surroundings.js";
import { Random } from "./random.js";
import { millisOf, TestClock } from "./test-clock.js";

/** Where a store under test takes times and ids from. */
export interface ReproducibleOptions {
  /** The ids follow from it; 1 by default. Two stores with one seed mint the same ids: give another one to another store. */
  readonly seed?: number;
  /** The time; by default a {@link TestClock} that stands at 2026-01-01T00:00:00.000Z. */
  readonly clock?: { now(): Date | number };
}

/**
 * The same backend with times and ids that are the same in each run: for assertions on whole events, and for snapshot tests.
 *
 * Of the stores that are opened with it, `recordedAt`, `createdAt` where none is given, epochs and minted event ids come from `clock`
 * and `seed`; those of other stores do not. An aggregate gets them from the repository that loaded it, not from `new`. The wait between
 * the attempts of `execute` stays random. Throws `invalid_argument` for a seed that is no whole number and a clock without `now`.
 *
 * @example
 * const clock = new TestClock();
 * const store = await EventStore.open(reproducible(memory(), { seed: 7, clock }));
 */
export function reproducible(backend: Backend, options?: ReproducibleOptions): Backend {
  const { seed = 1, clock = new TestClock() } = knownKeys(options, ["seed", "clock"], "options");
  const random = new Random(wholeNumber(seed, "options.seed"));
  callable(clock.now, "options.clock.now");
  const source: Source = {
    now: () => millisOf(clock.now(), "clock.now()"),
    getRandomValues: (buffer) => random.fill(buffer),
  };
  return makeBackend((surroundings) => {
    surroundings.source = source;
    return openBackend(backend, surroundings);
  });
}
