import { invalidArgument, kindOf, knownKeys, refused, text } from "../errors/arguments.js";
import type { JsonCompatible } from "../json/json-types.js";
import { encodeEvent } from "../store/encode-events.js";
import type { AppliedEvent, EventDetails, EventShape, EventsOf, JsonEvent, NewEvent, RecordedEvent } from "../store/events.js";
import { PAGE, type Source } from "../store/surroundings.js";
import type { AggregateClass, AnyAggregate } from "./aggregate-class.js";
import { AggregateKind } from "./aggregate-kind.js";
import { mintEventId } from "./event-id.js";
import { UnsavedEvents, type Attribution } from "./unsaved-events.js";

declare const EVENTS: unique symbol;

/** @internal What the repository may do with an aggregate and nobody else. */
export interface AggregateAccess {
  is(value: unknown): value is AnyAggregate;
  unsaved(aggregate: AnyAggregate): UnsavedEvents;
  moveTo(aggregate: AnyAggregate, version: number): void;
  /** Takes the times and ids of what it raises from there, in place of the page. */
  dependOn(aggregate: AnyAggregate, source: Source): void;
  replay(aggregate: AnyAggregate, event: RecordedEvent): void;
  /** `where` names the event in errors. */
  raise(aggregate: AnyAggregate, where: string, eventType: unknown, eventData: unknown, details: object | undefined): void;
}

/** @internal */
export let access: AggregateAccess;

/**
 * The base of an aggregate in the style of classes: state that its events change, and methods that raise events.
 *
 * A subclass names its type and its events in static members (see {@link AggregateClass}), changes its state in `applyEvent` only,
 * and raises events in its own methods. For the style of plain functions see `defineAggregate`.
 *
 * @example
 * class Wallet extends Aggregate<WalletEvent> {
 *   static readonly type = "wallet";
 *   static readonly eventTypes = ["FundsDeposited"];
 *   cents = 0;
 *   deposit(cents: number) {
 *     this.raise("FundsDeposited", { cents });
 *   }
 *   override applyEvent(event: AppliedEvent<WalletEvent>) {
 *     this.cents += event.eventData.cents;
 *   }
 * }
 */
export abstract class Aggregate<E extends EventShape = JsonEvent> {
  declare readonly [EVENTS]?: E;
  readonly #id: string;
  readonly #unsaved = new UnsavedEvents();
  #version = 0;
  #source = PAGE;

  /** Makes an aggregate without events. Throws `invalid_argument` for an id that is not a string. */
  constructor(id: string) {
    this.#id = text(id, "id");
  }

  static {
    access = {
      is: (value): value is AnyAggregate => typeof value === "object" && value !== null && #unsaved in value,
      unsaved: (aggregate) => own(aggregate).#unsaved,
      moveTo: (aggregate, version) => void (own(aggregate).#version = version),
      dependOn: (aggregate, source) => void (own(aggregate).#source = source),
      replay: (aggregate, event) => {
        own(aggregate).#apply(event);
        own(aggregate).#version = event.aggregateVersion;
      },
      raise: (aggregate, ...event) => own(aggregate).#raise(...event),
    };
  }

  /** The aggregate's id. */
  get id(): string {
    return this.#id;
  }

  /** The version of the last stored event that it has applied; events not saved yet do not count. */
  get version(): number {
    return this.#version;
  }

  /** The events that were raised and are not saved yet, in order: copies, with their ids. */
  get uncommittedEvents(): readonly NewEvent<E>[] {
    return this.#unsaved.copies() as NewEvent<E>[];
  }

  /** Changes the state as the event says. Synchronous, and by nothing but the event: it runs again at every load. */
  abstract applyEvent(event: AppliedEvent<E>): void;

  /**
   * Applies a new event and keeps it for the next save. Its data is read now, its id is minted now.
   *
   * Throws `invalid_event` for data that is not JSON, `unknown_event_type`, and what `applyEvent` throws; then nothing is kept.
   */
  protected raise<T extends E["eventType"]>(
    eventType: T,
    eventData: JsonCompatible<EventsOf<E, string, T>["eventData"]>,
    ...details: DetailsArgument<EventsOf<E, string, T>>
  ): void {
    this.#raise("event", eventType, eventData, details[0]);
  }

  #raise(where: string, eventType: unknown, eventData: unknown, details: object | undefined): void {
    const { type, upcasters } = AggregateKind.of(this.constructor as unknown as AggregateClass);
    if (typeof eventType !== "string") throw refused("invalid_event", `${where}.eventType`, `is ${kindOf(eventType)}; give a string`);
    const read = knownKeys(details ?? undefined, DETAILS, where, "invalid_event");
    const given = { schemaVersion: upcasters.currentVersion(eventType), createdAt: new Date(this.#source.now()), ...read };
    const encoded = encodeEvent({ ...given, aggregateId: this.#id, aggregateType: type, eventType, eventData }, where);
    const id = mintEventId(this.#source);
    const aggregateVersion = this.#version + this.#unsaved.count + 1;
    // The state sees a copy: neither it nor the caller can change what will be saved.
    const applied = { id, aggregateVersion, tags: [], metadata: null, ...(JSON.parse(encoded) as Attribution) };
    const { causedBy, causationId, correlationId } = applied;
    this.#apply(applied as unknown as AppliedEvent<E>);
    this.#unsaved.add({ id, text: encoded, own: definedOnly({ causedBy, causationId, correlationId }) });
  }

  #apply(event: AppliedEvent<E>): void {
    const kind = AggregateKind.of(this.constructor as unknown as AggregateClass);
    if (!kind.knows(event.eventType)) return kind.meetUnknown(event);
    const result: unknown = this.applyEvent(event);
    if (result instanceof Promise) throw invalidArgument("applyEvent", "returned a promise; it must be synchronous");
  }
}

/** The last argument of `raise`: needed only if the event declares metadata that is not optional. */
export type DetailsArgument<E extends EventShape> = Partial<EventDetails<E>> extends EventDetails<E>
  ? [details?: EventDetails<E>]
  : [details: EventDetails<E>];

function own(aggregate: AnyAggregate): Aggregate {
  if (access.is(aggregate)) return aggregate as Aggregate;
  throw invalidArgument("aggregate", "is none; extend Aggregate or use defineAggregate");
}

const DETAILS = ["schemaVersion", "metadata", "tags", "createdAt", "causedBy", "causationId", "correlationId"];

function definedOnly(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
