// The arguments of reading: each method, and each field of a filter in each method that takes one.
import { ID, LIST, NOTHING, OPTIONS, TIME, TYPE_NAME, LABEL, WHOLE_NUMBER, optional } from "../rules.mjs";

const FIELDS = {
  aggregateId: ID,
  aggregateIds: LIST,
  aggregateType: TYPE_NAME,
  eventTypes: LIST,
  tags: LIST,
  fromSequence: WHOLE_NUMBER,
  toSequence: WHOLE_NUMBER,
  fromVersion: WHOLE_NUMBER,
  toVersion: WHOLE_NUMBER,
  fromRecordedAt: TIME,
  toRecordedAt: TIME,
  causedBy: LABEL,
  correlationId: LABEL,
};

const QUERY_FIELDS = { ...FIELDS, limit: WHOLE_NUMBER, direction: NOTHING };

/** Each reads one page at the most. */
const READERS = {
  getEvents: ({ store }, query) => store.getEvents(query),
  events: ({ store }, query) => store.events(query)[Symbol.asyncIterator]().next(),
  getEventsByAggregateType: ({ store }, query) => store.getEventsByAggregateType("wallet", query),
  subscribe: async ({ store }, filter) => {
    const pages = store.subscribe(filter).pages();
    await pages.next();
    await pages.return();
  },
};

function fieldsOf(reader) {
  const fields = Object.entries(reader === "subscribe" ? FIELDS : QUERY_FIELDS);
  return fields.filter(([field]) => reader !== "getEventsByAggregateType" || field !== "aggregateType");
}

const filters = Object.entries(READERS).flatMap(([reader, read]) => [
  { name: `${reader} filter`, put: (value, scene) => read(scene, value), field: "filter", takes: optional(OPTIONS) },
  ...fieldsOf(reader).map(([field, takes]) => ({
    name: `${reader} filter.${field}`,
    put: (value, scene) => read(scene, { [field]: value }),
    field: `filter.${field}`,
    takes: optional(takes),
  })),
]);

const HEAD = { epoch: "00000000-0000-4000-8000-000000000000", sequenceNumber: 0, link: "0".repeat(64) };

export const places = [
  ...filters,
  {
    name: "getEventsByAggregateType type",
    put: (value, { store }) => store.getEventsByAggregateType(value),
    field: ["aggregateType", "filter.aggregateType"],
    takes: TYPE_NAME,
  },
  {
    name: "getEventsByAggregateType filter.aggregateType",
    put: (aggregateType, { store }) => store.getEventsByAggregateType("wallet", { aggregateType }),
    field: "filter.aggregateType",
    takes: NOTHING,
  },
  { name: "getEventsByAggregate aggregateId", put: (value, { store }) => store.getEventsByAggregate(value), field: "aggregateId", takes: ID },
  {
    name: "getEventsByAggregate fromVersion",
    put: (value, { store }) => store.getEventsByAggregate("w1", value),
    field: "fromVersion",
    takes: optional(WHOLE_NUMBER),
  },
  { name: "getAggregateVersion aggregateId", put: (value, { store }) => store.getAggregateVersion(value), field: "aggregateId", takes: ID },
  { name: "head at", put: (value, { store }) => store.head(value), field: "at", takes: optional(WHOLE_NUMBER) },
  { name: "findAppend eventId", put: (value, { store }) => store.findAppend(value), field: "eventId", takes: NOTHING },
  { name: "verify options", put: (value, { store }) => store.verify(value), field: "options", takes: optional(OPTIONS) },
  { name: "verify since", put: (since, { store }) => store.verify({ since }), field: "since", takes: optional([]) },
  ...["epoch", "link"].map((member) => ({
    name: `verify since.${member}`,
    put: (value, { store }) => store.verify({ since: { ...HEAD, [member]: value } }),
    field: `since.${member}`,
    takes: NOTHING,
  })),
  {
    name: "verify since.sequenceNumber",
    put: (sequenceNumber, { store, head }) => store.verify({ since: { ...head, sequenceNumber } }),
    field: "since.sequenceNumber",
    takes: NOTHING,
    // Places that are not in the log: what verify says of them is a report, or an error of its own.
    special: { 0: undefined, "-0": undefined, 1: undefined },
  },
  { name: "subscribe options", put: (value, scene) => subscribeWith(scene, value), field: "options", takes: optional(OPTIONS) },
  { name: "subscribe after", put: (after, scene) => subscribeWith(scene, { after }), field: "after", takes: optional(WHOLE_NUMBER) },
  { name: "subscribe pageSize", put: (pageSize, scene) => subscribeWith(scene, { pageSize }), field: "pageSize", takes: optional(["1"]) },
  { name: "subscribe signal", put: (signal, scene) => subscribeWith(scene, { signal }), field: "signal", takes: optional([]) },
];

function subscribeWith({ store }, options) {
  const pages = store.subscribe({}, options).pages();
  return pages.next().finally(() => pages.return());
}
