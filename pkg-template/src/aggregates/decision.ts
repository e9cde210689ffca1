import { invalidArgument, reading, refused } from "../errors/arguments.js";
import type { AggregateClass, AnyAggregate } from "./aggregate-class.js";
import { access } from "./aggregate.js";
import { StatefulAggregate, type AggregateDefinition } from "./define-aggregate.js";

/**
 * Runs a decision on a loaded aggregate, which raises what was decided: an event that the aggregate could not apply is refused here,
 * before it is stored.
 *
 * @internal
 */
export function decideOn(kind: AggregateClass, aggregate: AnyAggregate, decision: unknown): void {
  if (!(aggregate instanceof StatefulAggregate)) {
    if (typeof decision !== "function") throw invalidArgument("decision", "is not a function");
    if (decision(aggregate) instanceof Promise) throw invalidArgument("decision", "returned a promise; it must be synchronous");
    return;
  }
  const { decide } = (kind as AggregateClass & { readonly definition: AggregateDefinition<unknown, never, unknown> }).definition;
  if (typeof decision !== "function" && !decide) throw invalidArgument("decision", "is not a function, and the definition has no decide");
  const events: unknown = typeof decision === "function" ? decision(aggregate.state) : decide?.(aggregate.state, decision);
  const list: unknown[] | undefined = reading("decision", () => (Array.isArray(events) ? Array.from(events) : undefined));
  if (!list) throw invalidArgument("decision", "did not return an array of events");
  list.forEach((event, index) => {
    const where = `events[${index}]`;
    if (typeof event !== "object" || event === null) throw refused("invalid_event", where, "is not an object");
    const { eventType, eventData, ...details }: DecidedFields = reading(where, () => ({ ...event }), "invalid_event");
    access.raise(aggregate, where, eventType, eventData, details);
  });
}

interface DecidedFields {
  readonly eventType?: unknown;
  readonly eventData?: unknown;
}
