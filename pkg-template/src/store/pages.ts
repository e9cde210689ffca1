import type { EncodedQuery } from "./filter.js";
import type { Log } from "./log.js";

/** @internal Events a page: enough that crossing the boundary does not count, few enough that memory does not. */
export const PAGE_SIZE = 1000;

/**
 * Every match of a query, a page at a time; nothing is read before it is asked for.
 *
 * @internal
 */
export async function* pagesOf<T>(log: Log, query: EncodedQuery): AsyncGenerator<readonly T[], void, undefined> {
  let position = 0;
  let remaining = query.limit;
  while (remaining > 0) {
    const page = await log.readEvents<T>(query.filter, position, Math.min(PAGE_SIZE, remaining), query.backward);
    if (page.events.length > 0) yield page.events;
    if (page.done) return;
    position = page.position;
    remaining -= page.events.length;
  }
}

/**
 * The events of one aggregate with `from <= version <= to` (0: no upper bound), a page at a time.
 *
 * @internal
 */
export async function* aggregatePages<T>(
  log: Log,
  aggregateId: string,
  from: number,
  to = 0,
): AsyncGenerator<readonly T[], void, undefined> {
  let next = from;
  for (;;) {
    const page = await log.readAggregate<T>(aggregateId, next, to, PAGE_SIZE);
    if (page.events.length > 0) yield page.events;
    if (page.done) return;
    next = page.position + 1;
  }
}

/** @internal All events of the pages in one array, which belongs to the caller. */
export async function collect<T>(pages: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const page of pages) {
    for (const event of page) all.push(event);
  }
  return all;
}
