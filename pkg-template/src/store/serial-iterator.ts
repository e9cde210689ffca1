/**
 * An iterator over what `step` yields until it yields undefined; `stop` runs once, at the end.
 *
 * Unlike a generator's, its `return()` does not wait for a `next()` that is waiting: a subscription may wait for ever.
 * Overlapping calls of `next()` are answered in order.
 *
 * @internal
 */
export function serialIterator<T>(step: () => Promise<T | undefined>, stop: () => void): AsyncIterableIterator<T> {
  let last: Promise<unknown> = Promise.resolve();
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    stop();
  };
  const advance = async (): Promise<IteratorResult<T>> => {
    if (ended) return { done: true, value: undefined };
    try {
      const value = await step();
      if (value !== undefined && !ended) return { done: false, value };
    } catch (error) {
      if (!ended) {
        end();
        throw error;
      }
    }
    end();
    return { done: true, value: undefined };
  };
  return {
    next() {
      const result = last.then(advance);
      last = result.catch(() => undefined);
      return result;
    },
    return() {
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
