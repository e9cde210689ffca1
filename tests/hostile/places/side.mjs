// Snapshots and checkpoints.
import { ID, JSON_VALUE, LABEL, NOTHING, OPTIONS, POSITIVE, TYPE_NAME, optional } from "../rules.mjs";
import { same } from "../check.mjs";

/** Rows for what is taken are left out: the aggregate of that name has no such version. */
function refusals(names) {
  return Object.fromEntries(names.map((name) => [name, undefined]));
}

function mismatches(names) {
  return Object.fromEntries(names.map((name) => [name, { code: "aggregate_type_mismatch" }]));
}

export const places = [
  {
    name: "createSnapshot aggregateId",
    put: (value, { store }) => store.createSnapshot(value, "wallet", 1, {}),
    field: "aggregateId",
    takes: NOTHING,
    special: refusals(ID),
    writes: true,
  },
  {
    name: "createSnapshot aggregateType",
    put: (value, { store }) => store.createSnapshot("w1", value, 1, {}),
    field: "aggregateType",
    takes: NOTHING,
    special: mismatches(TYPE_NAME),
    writes: true,
  },
  {
    name: "createSnapshot version",
    put: (value, { store }) => store.createSnapshot("w1", "wallet", value, {}),
    field: "version",
    takes: POSITIVE,
    writes: true,
  },
  {
    name: "createSnapshot data",
    put: (value, { store }) => store.createSnapshot("w1", "wallet", 1, value, { reducer: "data" }),
    field: "data",
    takes: JSON_VALUE,
    writes: true,
    shows: async (_nothing, value, { store }) => {
      const { data } = await store.getSnapshot("w1", { reducer: "data" });
      return same(data, value) ? undefined : `the snapshot holds ${JSON.stringify(data)}`;
    },
  },
  {
    name: "createSnapshot options",
    put: (value, { store }) => store.createSnapshot("w1", "wallet", 1, {}, value),
    field: "options",
    takes: optional(OPTIONS),
    writes: true,
  },
  {
    name: "createSnapshot reducer",
    put: (reducer, { store }) => store.createSnapshot("w1", "wallet", 1, {}, { reducer }),
    field: "reducer",
    takes: optional(LABEL),
    writes: true,
  },
  { name: "getSnapshot aggregateId", put: (value, { store }) => store.getSnapshot(value), field: "aggregateId", takes: ID },
  { name: "getSnapshot options", put: (value, { store }) => store.getSnapshot("w1", value), field: "options", takes: optional(OPTIONS) },
  { name: "getSnapshot reducer", put: (reducer, { store }) => store.getSnapshot("w1", { reducer }), field: "reducer", takes: optional(LABEL) },

  { name: "getCheckpoint name", put: (value, { store }) => store.getCheckpoint(value), field: "name", takes: ID },
  {
    name: "saveCheckpoint name",
    put: (value, { store, cursor }) => store.saveCheckpoint(value, { from: undefined, to: cursor }),
    field: "name",
    takes: ID,
    writes: true,
  },
  {
    name: "saveCheckpoint move",
    put: (value, { store }) => store.saveCheckpoint("mover", value),
    field: ["move", "to"],
    takes: NOTHING,
    writes: true,
  },
  {
    name: "saveCheckpoint from",
    put: (from, scene) => scene.store.saveCheckpoint(scene.fresh(), { from, to: scene.cursor }),
    field: "from",
    takes: optional([]),
    writes: true,
  },
  {
    name: "saveCheckpoint to",
    put: (to, scene) => scene.store.saveCheckpoint(scene.fresh(), { from: undefined, to }),
    field: "to",
    takes: NOTHING,
    writes: true,
  },
];
