// Opening a store. What is taken is opened elsewhere: Node has no IndexedDB.
import { BOOLEAN, NOTHING, OPTIONS, WHOLE_NUMBER, WHOLE_TEXT, optional } from "../rules.mjs";

const open = (options) => (value, { foldlog }) => foldlog.EventStore.open(foldlog.indexedDb("never-opened", options(value)));

const head = { epoch: "00000000-0000-4000-8000-000000000000", sequenceNumber: 1, link: "0".repeat(64) };

export const places = [
  { name: "EventStore.open(backend)", put: (value, { foldlog }) => foldlog.EventStore.open(value), field: "backend", takes: NOTHING },
  {
    name: "indexedDb(name)",
    put: (value, { foldlog }) => foldlog.EventStore.open(foldlog.indexedDb(value)),
    field: "name",
    takes: WHOLE_TEXT,
  },
  { name: "indexedDb options", put: open((value) => value), field: "options", takes: optional(OPTIONS) },
  { name: "indexedDb durability", put: open((durability) => ({ durability })), field: "durability", takes: optional([]) },
  { name: "indexedDb create", put: open((create) => ({ create })), field: "create", takes: optional(BOOLEAN) },
  { name: "indexedDb expectHead", put: open((expectHead) => ({ expectHead })), field: "expectHead", takes: optional([]) },
  { name: "indexedDb expectHead.epoch", put: open((epoch) => ({ expectHead: { ...head, epoch } })), field: "expectHead.epoch", takes: NOTHING },
  { name: "indexedDb expectHead.link", put: open((link) => ({ expectHead: { ...head, link } })), field: "expectHead.link", takes: NOTHING },
  {
    name: "indexedDb expectHead.sequenceNumber",
    put: open((sequenceNumber) => ({ expectHead: { ...head, sequenceNumber } })),
    field: "expectHead.sequenceNumber",
    takes: WHOLE_NUMBER,
  },
].map((place) => ({ ...place, special: untaken(place) }));

/** A value that is taken would open a database: that is for the tests of opening. */
function untaken({ takes }) {
  return Object.fromEntries(takes.map((name) => [name, undefined]));
}
