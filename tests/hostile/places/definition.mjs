// Aggregates: what defineAggregate takes, and what an aggregate raises. These throw, as they return no promise.
import {
  ANY_TEXT,
  FUNCTION,
  JSON_OBJECT,
  JSON_VALUE,
  LIST,
  NOTHING,
  OPTIONS,
  POSITIVE,
  WHOLE_TEXT,
  nullable,
  optional,
  without,
} from "../rules.mjs";

/** Functions are not called before there is something to apply. */
const CALLABLE = [...FUNCTION, "a proxy of a function that throws"];

const define = (more) => (value, scene) => scene.foldlog.defineAggregate(scene.definition(more(value)));
const STEP = { eventType: "FundsDeposited", schemaVersion: 1, upcast: (data) => data };
const step = (more) => define((value) => ({ upcasters: [{ ...STEP, ...more(value) }] }));
const raise = (event) => (value, scene) => new scene.Wallet(scene.fresh()).raise(...event(value));

function withEventTypes(eventTypes, { foldlog, store }) {
  class Payment extends foldlog.Aggregate {
    static type = "payment";
    static eventTypes = eventTypes;
    applyEvent() {}
  }
  return new foldlog.AggregateRepository(store, { aggregate: Payment });
}

export const places = [
  {
    name: "defineAggregate definition",
    put: (value, { foldlog }) => foldlog.defineAggregate(value),
    field: ["definition", "initial"],
    takes: NOTHING,
  },
  // Which names a type may have, the store says when the first event is appended.
  { name: "defineAggregate type", put: define((type) => ({ type })), field: "type", takes: WHOLE_TEXT },
  { name: "defineAggregate initial", put: define((initial) => ({ initial })), field: "initial", takes: CALLABLE },
  { name: "defineAggregate evolve", put: define((evolve) => ({ evolve })), field: "evolve", takes: CALLABLE },
  ...["decide", "toSnapshot", "fromSnapshot"].map((member) => ({
    name: `defineAggregate ${member}`,
    put: define((value) => ({ [member]: value })),
    field: member,
    takes: optional(CALLABLE),
  })),
  {
    name: "defineAggregate reducerVersion",
    put: define((reducerVersion) => ({ reducerVersion })),
    field: "reducerVersion",
    takes: optional(POSITIVE),
  },
  { name: "defineAggregate unknownEvents", put: define((unknownEvents) => ({ unknownEvents })), field: "unknownEvents", takes: optional([]) },
  { name: "defineAggregate upcasters", put: define((upcasters) => ({ upcasters })), field: "upcasters", takes: optional(["an empty array"]) },
  { name: "defineAggregate upcaster", put: define((value) => ({ upcasters: [value] })), field: "upcasters[0]", takes: NOTHING },
  { name: "upcaster eventType", put: step((eventType) => ({ eventType })), field: "upcasters[0].eventType", takes: WHOLE_TEXT },
  {
    name: "upcaster nextEventType",
    put: step((nextEventType) => ({ nextEventType })),
    field: "upcasters[0].nextEventType",
    takes: optional(WHOLE_TEXT),
  },
  { name: "upcaster schemaVersion", put: step((schemaVersion) => ({ schemaVersion })), field: "upcasters[0].schemaVersion", takes: POSITIVE },
  { name: "upcaster upcast", put: step((upcast) => ({ upcast })), field: "upcasters[0].upcast", takes: CALLABLE },
  {
    name: "static eventTypes",
    put: withEventTypes,
    field: "eventTypes",
    takes: LIST,
    special: { undefined: { code: "invalid_argument", field: "aggregate" } },
  },

  { name: "aggregate id", put: (value, { Wallet }) => new Wallet(value), field: "id", takes: WHOLE_TEXT },
  // Of the details the store checks more when they are appended; here they must be JSON.
  ...[
    ["eventType", (value) => [value, {}], ANY_TEXT],
    ["eventData", (value) => ["FundsDeposited", value], JSON_VALUE],
    ...["metadata", "tags", "schemaVersion", "causedBy", "causationId", "correlationId"].map((member) => [
      member,
      (value) => ["FundsDeposited", {}, { [member]: value }],
      optional(JSON_VALUE),
    ]),
    ["createdAt", (createdAt) => ["FundsDeposited", {}, { createdAt }], optional([...without(JSON_VALUE, ...JSON_OBJECT, ...LIST), "a Date"])],
  ].map(([member, event, takes]) => ({
    name: `raise ${member}`,
    put: raise(event),
    field: `event.${member}`,
    refusal: "invalid_event",
    takes,
    writes: true,
  })),
  {
    name: "raise details",
    put: raise((value) => ["FundsDeposited", {}, value]),
    field: "event",
    refusal: "invalid_event",
    takes: nullable(OPTIONS),
    writes: true,
  },
].map((place) => ({ ...place, throws: true }));
