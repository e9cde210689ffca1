// The arguments of an append: the list, the event, each of its fields, and the options.
import { same } from "../check.mjs";
import {
  ID,
  JSON_OBJECT,
  JSON_VALUE,
  LABEL,
  LIST,
  NOTHING,
  OPTIONS,
  POSITIVE,
  TIME,
  TYPE_NAME,
  WHOLE_NUMBER,
  nullable,
  optional,
} from "../rules.mjs";

const any = { expectedVersion: "any" };

/** Of an aggregate without events. */
const CONFLICT = { code: "concurrency_conflict" };

const NO_EVENT = { code: "invalid_event", field: "events[0]" };

const NO_EXPECTATION = { code: "invalid_argument", field: "expectedVersions" };

/** A field of an event. What a reader finds in it is the value as JSON; `absent` if it was left out or null. */
function eventField(name, takes, absent, stored = (value) => value) {
  return {
    name: `event ${name}`,
    put: (value, scene) => scene.store.appendEvents([scene.freshEvent({ [name]: value })], any),
    field: `events[0].${name}`,
    refusal: "invalid_event",
    takes,
    writes: true,
    shows: (_receipt, value, scene) => shows(scene, name, value == null && name !== "eventData" ? absent : stored(value)),
  };
}

async function shows({ store }, name, expected) {
  const [event] = await store.getEvents({ limit: 1, direction: "backward" });
  return same(event[name], expected) ? undefined : `${name} is ${JSON.stringify(event[name])}`;
}

const iso = (value) => (typeof value === "string" ? value : "1970-01-02T00:00:00.000Z");

export const places = [
  {
    name: "appendEvents events",
    put: (value, { store }) => store.appendEvents(value, any),
    field: "events",
    takes: NOTHING,
    special: { "an array of words": NO_EVENT, "an array with a hole": NO_EVENT },
    writes: true,
  },
  {
    name: "appendEvents element",
    put: (value, { store }) => store.appendEvents([value], any),
    field: "events[0]",
    refusal: "invalid_event",
    takes: NOTHING,
    writes: true,
  },
  {
    name: "appendEvent event",
    put: (value, { store }) => store.appendEvent(value, any),
    field: "events[0]",
    refusal: "invalid_event",
    takes: NOTHING,
    writes: true,
  },

  { ...eventField("id", nullable([])), shows: undefined },
  eventField("aggregateId", ID),
  eventField("aggregateType", TYPE_NAME),
  eventField("eventType", TYPE_NAME),
  eventField("schemaVersion", nullable(POSITIVE), 1),
  eventField("eventData", JSON_VALUE),
  eventField("metadata", nullable(JSON_OBJECT), null),
  eventField("tags", nullable(LIST), []),
  { ...eventField("createdAt", nullable(TIME), undefined, iso), special: { undefined: { code: "ok" }, null: { code: "ok" } } },
  eventField("causedBy", nullable(LABEL), null),
  eventField("causationId", nullable(LABEL), null),
  eventField("correlationId", nullable(LABEL), null),
  {
    ...eventField("aggregateVersion", POSITIVE),
    put: (aggregateVersion, scene) => scene.store.appendEvent(scene.freshEvent({ aggregateVersion })),
    special: { undefined: NO_EXPECTATION, null: NO_EXPECTATION },
  },
  {
    name: "event tag",
    put: (value, scene) => scene.store.appendEvent(scene.freshEvent({ tags: ["word", value] }), any),
    field: "events[0].tags",
    refusal: "invalid_event",
    takes: LABEL,
    writes: true,
  },

  {
    name: "append options",
    put: (value, scene) => scene.store.appendEvent(scene.freshEvent({ aggregateVersion: 1 }), value),
    field: "options",
    takes: optional(OPTIONS),
    writes: true,
  },
  {
    name: "append expectedVersion",
    put: (expectedVersion, scene) => scene.store.appendEvent(scene.freshEvent(), { expectedVersion }),
    field: "expectedVersion",
    takes: WHOLE_NUMBER,
    special: { undefined: NO_EXPECTATION, 1: CONFLICT },
    writes: true,
  },
  {
    name: "append expectedVersions",
    put: (expectedVersions, scene) => scene.store.appendEvent(scene.freshEvent({ aggregateVersion: 1 }), { expectedVersions }),
    field: "expectedVersions",
    takes: optional(OPTIONS),
    // Two of the values expect version 7 of an aggregate that has not got so far.
    special: { "a Map": CONFLICT, "an object with its own __proto__": CONFLICT },
    writes: true,
  },
  {
    name: "append expectedVersions, a version in an object",
    put: (version, scene) => {
      const event = scene.freshEvent();
      return scene.store.appendEvent(event, { expectedVersions: { [event.aggregateId]: version } });
    },
    field: "expectedVersions",
    takes: WHOLE_NUMBER,
    special: { 1: CONFLICT },
    writes: true,
  },
  {
    name: "append expectedVersions, a version in a Map",
    put: (version, scene) => {
      const event = scene.freshEvent();
      return scene.store.appendEvent(event, { expectedVersions: new Map([[event.aggregateId, version]]) });
    },
    field: "expectedVersions",
    takes: WHOLE_NUMBER,
    special: { 1: CONFLICT },
    writes: true,
  },
  {
    name: "append expectedVersions, an id in a Map",
    put: (id, scene) => scene.store.appendEvent(scene.freshEvent({ aggregateVersion: 1 }), { expectedVersions: new Map([[id, "any"]]) }),
    field: "expectedVersions",
    takes: ID,
    writes: true,
  },
  {
    name: "append signal",
    put: (signal, scene) => scene.store.appendEvent(scene.freshEvent(), { ...any, signal }),
    field: "signal",
    takes: optional([]),
    writes: true,
  },
];
