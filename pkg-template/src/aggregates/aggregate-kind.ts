import { invalidArgument, kindOf, reading, text, wholeNumber } from "../errors/arguments.js";
import { FoldlogError } from "../errors/foldlog-error.js";
import type { AggregateClass } from "./aggregate-class.js";
import { Upcasters } from "./upcasters.js";

/**
 * The checked static members of a class of aggregates.
 *
 * @internal
 */
export class AggregateKind {
  readonly type: string;
  readonly upcasters: Upcasters;
  readonly #eventTypes: ReadonlySet<string> | undefined;
  readonly #ignoresUnknown: boolean;
  readonly #reducerVersion: number | undefined;

  /** The kind of a class; the same one for every call. */
  static of(aggregate: AggregateClass): AggregateKind {
    let kind = kinds.get(aggregate);
    if (!kind) {
      kind = new AggregateKind(aggregate);
      kinds.set(aggregate, kind);
    }
    return kind;
  }

  private constructor(aggregate: AggregateClass) {
    const { type, eventTypes, unknownEvents, reducerVersion, upcasters } = aggregate;
    this.type = text(type, "type");
    if (unknownEvents !== undefined && unknownEvents !== "ignore") throw invalidArgument("unknownEvents", 'is not "ignore"');
    this.#ignoresUnknown = unknownEvents === "ignore";
    this.#eventTypes = eventTypes === undefined ? undefined : namesIn(eventTypes);
    this.#reducerVersion = reducerVersion === undefined ? undefined : wholeNumber(reducerVersion, "reducerVersion", 1);
    this.upcasters = new Upcasters(upcasters === undefined ? [] : upcasters);
  }

  /** Whether it says which event types it knows. */
  get namesItsEvents(): boolean {
    return this.#eventTypes !== undefined || this.#ignoresUnknown;
  }

  /** `type/reducerVersion`, and a fingerprint of the upcasters' versions if there are any: the core takes at most 255 bytes. */
  get reducer(): string | undefined {
    if (this.#reducerVersion === undefined) return undefined;
    const versions = this.upcasters.versions();
    const suffix = versions.length === 0 ? "" : `/${fingerprint(JSON.stringify(versions))}`;
    return `${this.type}/${this.#reducerVersion}${suffix}`;
  }

  knows(eventType: string): boolean {
    return this.#eventTypes?.has(eventType) ?? true;
  }

  /** Throws `unknown_event_type`, unless such events are ignored. */
  meetUnknown(event: UnknownEvent): void {
    if (this.#ignoresUnknown) return;
    const { aggregateId, eventType, sequenceNumber } = event;
    const place = sequenceNumber === undefined ? "" : ` at sequence number ${sequenceNumber}`;
    throw new FoldlogError(
      "unknown_event_type",
      `a ${this.type} does not know the event type ${eventType}${place}: handle it, or declare unknownEvents: "ignore"`,
      {
        outcome: "not_committed",
        fields: { aggregateId, eventType, ...(sequenceNumber === undefined ? {} : { sequenceNumber }) },
      },
    );
  }
}

function namesIn(eventTypes: unknown): ReadonlySet<string> {
  return reading("eventTypes", () => {
    if (!Array.isArray(eventTypes)) throw invalidArgument("eventTypes", `is ${kindOf(eventTypes)}; give an array of names`);
    return new Set(Array.from(eventTypes, (name, index) => text(name, `eventTypes[${index}]`)));
  });
}

/** FNV-1a, 64 bits. */
function fingerprint(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
}

const kinds = new WeakMap<AggregateClass, AggregateKind>();

interface UnknownEvent {
  readonly aggregateId: string;
  readonly eventType: string;
  readonly sequenceNumber?: number;
}
