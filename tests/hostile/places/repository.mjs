// The repository: its options, and the arguments of load, loadVersion, save and execute.
import {
  FUNCTION,
  ID,
  LABEL,
  NOTHING,
  NUMBER,
  OPTIONS,
  POSITIVE,
  SOME_TEXT,
  WHOLE_NUMBER,
  WHOLE_TEXT,
  nullable,
  optional,
  without,
} from "../rules.mjs";
import { VALUES } from "../values.mjs";

const NOT_FOUND = { code: "aggregate_not_found" };
const NOTHING_DECIDED = () => [];
const ONE_EVENT = () => [{ eventType: "FundsDeposited", eventData: {} }];
const execute = (options) => (value, scene) => scene.wallets.execute(scene.fresh(), NOTHING_DECIDED, options(value));
const save = (options) => (value, scene) => scene.wallets.save(scene.raised(), options(value));
const executeOne = (options) => (value, scene) => scene.wallets.execute(scene.fresh(), ONE_EVENT, options(value));

/** Who and why: what is no text is refused as an option, a text that no event may carry as a field of the first event. */
function attribution(method, put) {
  return ["causedBy", "causationId", "correlationId"].map((field) => {
    const refusedText = { code: "invalid_event", field: `events[0].${field}` };
    return {
      name: `${method} ${field}`,
      put: put((value) => ({ [field]: value })),
      field,
      takes: nullable(LABEL),
      special: Object.fromEntries(without(WHOLE_TEXT, ...LABEL).map((name) => [name, refusedText])),
      writes: true,
    };
  });
}

/** What `decide` returned, where not the list but an event of it is wrong. */
const NO_EVENT = { code: "invalid_event", field: "events[0]" };

export const places = [
  {
    name: "AggregateRepository store",
    put: (value, { foldlog, Wallet }) => new foldlog.AggregateRepository(value, { aggregate: Wallet }),
    throws: true,
    field: "store",
    takes: NOTHING,
  },
  {
    name: "AggregateRepository options",
    put: (value, { foldlog, store }) => new foldlog.AggregateRepository(store, value),
    throws: true,
    field: ["options", "aggregate"],
    takes: NOTHING,
  },
  {
    name: "AggregateRepository aggregate",
    put: (aggregate, scene) => scene.repository({ aggregate }),
    throws: true,
    field: ["aggregate", "type"],
    takes: NOTHING,
  },
  {
    name: "AggregateRepository snapshotEvery",
    put: (snapshotEvery, scene) => scene.repository({ snapshotEvery }),
    throws: true,
    field: "snapshotEvery",
    takes: optional(POSITIVE),
  },
  {
    name: "AggregateRepository onWarning",
    put: (onWarning, scene) => scene.repository({ onWarning }),
    throws: true,
    field: "onWarning",
    takes: optional(FUNCTION),
    special: { "a proxy of a function that throws": undefined },
  },
  {
    name: "AggregateRepository snapshotCheckRate",
    put: (snapshotCheckRate, scene) => scene.repository({ snapshotCheckRate }),
    throws: true,
    field: "snapshotCheckRate",
    takes: optional(WHOLE_NUMBER),
  },

  { name: "load id", put: (value, { wallets }) => wallets.load(value), field: ["id", "aggregateId"], takes: ID },
  {
    name: "load options",
    put: (value, scene) => scene.wallets.load(scene.fresh(), value),
    field: "options",
    takes: optional(OPTIONS),
    // A function is a factory, and these return or throw what is no wallet.
    special: { "a function": { code: "invalid_argument", field: "factory" }, "a proxy of a function that throws": undefined },
  },
  {
    name: "load mustExist",
    put: (mustExist, scene) => scene.wallets.load(scene.fresh(), { mustExist }),
    field: "mustExist",
    takes: optional([]),
    special: { true: NOT_FOUND },
  },
  { name: "load, what the factory makes", put: (value, scene) => scene.wallets.load(scene.fresh(), () => value), field: "factory", takes: NOTHING },
  {
    name: "loadVersion id",
    put: async (value, scene) => {
      if (ID.some((name) => VALUES[name]() === value)) await scene.store.appendEvent(scene.event({ aggregateId: value }), { expectedVersion: "any" });
      return scene.wallets.loadVersion(value, 1);
    },
    field: ["id", "aggregateId"],
    takes: ID,
  },
  { name: "loadVersion version", put: (value, { wallets }) => wallets.loadVersion("w1", value), field: "version", takes: WHOLE_NUMBER },
  {
    name: "loadVersion factory",
    put: (value, scene) => scene.wallets.loadVersion(scene.fresh(), 0, value),
    field: "factory",
    takes: optional([]),
    special: { "a proxy of a function that throws": undefined },
  },

  { name: "save aggregate", put: (value, { wallets }) => wallets.save(value), field: "aggregate", takes: NOTHING, writes: true },
  { name: "save options", put: save((value) => value), field: "options", takes: optional(OPTIONS), writes: true },
  { name: "save signal", put: save((signal) => ({ signal })), field: "signal", takes: optional([]), writes: true },
  ...attribution("save", save),

  { name: "execute id", put: (value, { wallets }) => wallets.execute(value, NOTHING_DECIDED), field: ["id", "aggregateId"], takes: ID },
  {
    name: "execute decision",
    put: (value, scene) => scene.wallets.execute(scene.fresh(), value),
    field: "decision",
    takes: NOTHING,
    special: { "a proxy of a function that throws": undefined },
    writes: true,
  },
  {
    name: "execute, what was decided",
    put: (value, scene) => scene.wallets.execute(scene.fresh(), () => value),
    field: "decision",
    takes: ["an empty array"],
    special: { "an array of words": NO_EVENT, "an array with a hole": NO_EVENT },
    writes: true,
  },
  {
    name: "execute, an event decided",
    put: (value, scene) => scene.wallets.execute(scene.fresh(), () => [value]),
    field: "events[0]",
    refusal: "invalid_event",
    takes: NOTHING,
    writes: true,
  },
  { name: "execute options", put: execute((value) => value), field: "options", takes: optional(OPTIONS), writes: true },
  { name: "execute commandId", put: execute((commandId) => ({ commandId })), field: "commandId", takes: optional(SOME_TEXT), writes: true },
  { name: "execute retries", put: execute((retries) => ({ retries })), field: "retries", takes: optional(WHOLE_NUMBER), writes: true },
  { name: "execute deadline", put: execute((deadline) => ({ deadline })), field: "deadline", takes: optional([...NUMBER, "a Date"]), writes: true },
  { name: "execute signal", put: execute((signal) => ({ signal })), field: "signal", takes: optional([]), writes: true },
  ...attribution("execute", executeOne),
];
