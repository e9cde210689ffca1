/**
 * How long to wait before attempt `attempt` (1, 2, …): exponential, with full jitter, at most a second.
 *
 * @internal
 */
export function fullJitter(attempt: number): number {
  return Math.random() * Math.min(1000, 5 * 2 ** Math.min(attempt, 10));
}

/** @internal Waits so many milliseconds, or until the signal is aborted. */
export function pause(millis: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, millis);
    signal?.addEventListener("abort", done, { once: true });
  });
}
