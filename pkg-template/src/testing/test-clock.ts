import { invalidArgument, kindOf } from "../errors/arguments.js";

/**
 * A clock that stands still until it is moved.
 *
 * It begins at 2026-01-01T00:00:00.000Z unless it is told otherwise. Throws `invalid_argument` for what is no time.
 *
 * @example
 * const clock = new TestClock("2026-03-29T00:59:59Z");
 * clock.advance(1000);
 */
export class TestClock {
  #millis: number;

  /** A clock that shows this time. */
  constructor(start: Date | string | number = "2026-01-01T00:00:00.000Z") {
    this.#millis = millisOf(start, "start");
  }

  /** The time that it shows. */
  now(): Date {
    return new Date(this.#millis);
  }

  /** Moves it by so many milliseconds, back if they are negative. */
  advance(millis: number): void {
    this.#millis = millisOf(this.#millis + millis, "millis");
  }

  /** Moves it to a time, forward or back. */
  set(time: Date | string | number): void {
    this.#millis = millisOf(time, "time");
  }
}

/** @internal Whole milliseconds since 1970. */
export function millisOf(time: Date | string | number, field: string): number {
  const millis = Math.floor(new Date(time).getTime());
  if (Number.isFinite(millis)) return millis;
  throw invalidArgument(field, `is ${kindOf(time)}, and no time; give a Date, an ISO 8601 text or milliseconds since 1970`);
}
