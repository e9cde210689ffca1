import { callable, invalidArgument, kindOf, reading, text, wholeNumber } from "../errors/arguments.js";
import { FoldlogError } from "../errors/foldlog-error.js";

/**
 * One step that brings a stored event to the next version of its payload.
 *
 * What is stored does not change. The step must be pure and synchronous.
 *
 * @example
 * { eventType: "FundsDeposited", schemaVersion: 1, upcast: (data: { amount: string }) => ({ ...data, currency: "EUR" }) }
 */
export interface Upcaster {
  /** The event type that it takes. */
  readonly eventType: string;
  /** The schema version that it takes; what it returns has the next one. */
  readonly schemaVersion: number;
  /** The event type of what it returns, if the event was renamed. */
  readonly nextEventType?: string;
  /** The next payload. */
  upcast(eventData: unknown): unknown;
}

/** @internal The fields of a stored event that upcasters touch. */
export interface UpcastableEvent {
  readonly sequenceNumber: number;
  readonly eventType: string;
  readonly schemaVersion: number;
  readonly eventData: unknown;
}

/**
 * The steps of one kind of aggregate, and the schema versions that they lead to.
 *
 * @internal
 */
export class Upcasters {
  readonly #steps = new Map<string, Upcaster>();
  readonly #current = new Map<string, number>();

  constructor(upcasters: readonly Upcaster[]) {
    const steps = reading("upcasters", () => (Array.isArray(upcasters) ? Array.from(upcasters as readonly Upcaster[]) : undefined));
    if (!steps) throw invalidArgument("upcasters", `is ${kindOf(upcasters)}; give an array`);
    steps.forEach((step, index) => {
      const where = `upcasters[${index}]`;
      reading(where, () => this.#add(step, where));
    });
  }

  /** The schema version in which a new event of this type is written. */
  currentVersion(eventType: string): number {
    return this.#current.get(eventType) ?? 1;
  }

  #add(step: Upcaster, where: string): void {
    const { eventType, schemaVersion, nextEventType = eventType } = step;
    text(eventType, `${where}.eventType`);
    text(nextEventType, `${where}.nextEventType`);
    wholeNumber(schemaVersion, `${where}.schemaVersion`, 1);
    callable(step.upcast, `${where}.upcast`);
    const key = stepKey(eventType, schemaVersion);
    if (this.#steps.has(key)) throw invalidArgument(where, `is the second step from ${eventType} version ${schemaVersion}`);
    this.#steps.set(key, step);
    this.#current.set(nextEventType, Math.max(schemaVersion + 1, this.#current.get(nextEventType) ?? 1));
  }

  /** Each event type with its current version, in a fixed order: a part of the reducer's identity. */
  versions(): readonly (readonly [string, number])[] {
    return [...this.#current].sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** The event at the current version of its type; throws `upcast_failed` if a step fails or is missing. */
  apply<T extends UpcastableEvent>(event: T): T {
    let { eventType, schemaVersion, eventData } = event;
    let step = this.#steps.get(stepKey(eventType, schemaVersion));
    while (step) {
      eventData = runStep(step, eventData, event);
      schemaVersion += 1;
      eventType = step.nextEventType ?? eventType;
      step = this.#steps.get(stepKey(eventType, schemaVersion));
    }
    const current = this.#current.get(eventType);
    if (current !== undefined && current !== schemaVersion) {
      throw upcastFailed(event, `no upcaster takes ${eventType} from schema version ${schemaVersion}; the current one is ${current}`);
    }
    return schemaVersion === event.schemaVersion ? event : { ...event, eventType, schemaVersion, eventData };
  }
}

function stepKey(eventType: string, schemaVersion: number): string {
  return `${schemaVersion}:${eventType}`;
}

function runStep(step: Upcaster, eventData: unknown, event: UpcastableEvent): unknown {
  let next: unknown;
  try {
    next = step.upcast(eventData);
  } catch (cause) {
    throw upcastFailed(event, `the upcaster of ${step.eventType} version ${step.schemaVersion} threw`, cause);
  }
  if (next === undefined || next instanceof Promise) {
    throw upcastFailed(event, `the upcaster of ${step.eventType} version ${step.schemaVersion} returned no payload`);
  }
  return next;
}

function upcastFailed(event: UpcastableEvent, reason: string, cause?: unknown): FoldlogError {
  const { eventType, schemaVersion, sequenceNumber } = event;
  return new FoldlogError("upcast_failed", `event ${sequenceNumber} (${eventType} version ${schemaVersion}): ${reason}`, {
    fields: { eventType, schemaVersion, sequenceNumber },
    cause,
  });
}
