// Edits the database of a log behind the store's back, then uses the store: `learn` a log, then `damaged` once for each edit.
import { foldlog, methods, storeOf, stores } from "./client.mjs";
import { askAll, judge, one } from "./probe.mjs";
import { changed, differences, readRows, writeRows } from "./rows.mjs";

let subject;
const states = new Map();

/** Keeps the rows of a log under a name; tells what there is, with lengths in place of contents. */
methods.keepRows = async ({ log, name }) => {
  const rows = await readRows(log);
  states.set(name, rows);
  return rows.map(({ store, key, value }) => ({ store, key, ...shapeOf(value) }));
};

methods.editRows = async ({ log, name, changes }) => writeRows(log, changed(states.get(name), changes));

function shapeOf(value) {
  if (typeof value === "string") return { text: value };
  if (value instanceof Uint8Array) return { bytes: value.length };
  if (value?.x instanceof Uint8Array) return { first: value.f, directory: value.x.length, content: value.t };
  return { value };
}

/** Opens a log whose head may be what is damaged. */
methods.openDamaged = async ({ log, options = { create: false } }) => {
  stores.set("main", await foldlog.EventStore.open(foldlog.indexedDb(log, options)));
};

methods.learn = async ({ log, model }) => {
  subject = { log, model };
};

methods.createSnapshot = async ({ store, id, type, version, data }) => storeOf({ store }).createSnapshot(id, type, version, data);
methods.saveCheckpoint = async ({ store, name, from, to }) => storeOf({ store }).saveCheckpoint(name, { from, to });

/**
 * Makes the kept `rows` with some changes the database, opens the log and uses it: first by appends (`appendFirst`) or by everything
 * that reads, then `verify`, then an append. The model counts up to `length`.
 */
methods.damaged = async ({ rows, changes, length, appendFirst, options }) => {
  const { log, model } = subject;
  const edited = changed(states.get(rows), changes);
  await writeRows(log, edited);
  const { EventStore, FoldlogError, indexedDb } = foldlog;
  const result = { answers: {} };
  let store;
  const opening = EventStore.open(indexedDb(log, { create: false, ...options })).then((opened) => void (store = opened));
  result.opening = await judge(FoldlogError, [undefined], one(opening));
  if (store) {
    result.health = await store.health();
    if (appendFirst) Object.assign(result, await tryToAppend(store, FoldlogError, model, length));
    else result.answers = await askAll(store, FoldlogError, model, length);
    result.verify = await verified(store, FoldlogError, options?.expectHead);
    result.lateAppend = await judge(FoldlogError, [], one(appendTo(store, freshAggregate())));
    result.healthAfter = await store.health();
    await store.close();
  }
  result.differences = differences(edited, await readRows(log));
  return result;
};

async function verified(store, FoldlogError) {
  try {
    return await store.verify();
  } catch (error) {
    if (!FoldlogError.is(error)) throw error;
    return { ok: false, code: error.code, sequenceNumber: error.sequenceNumber, reason: error.message };
  }
}

/** An append that fits, and one with an id that is stored already. */
async function tryToAppend(store, FoldlogError, model, length) {
  const events = model.events.slice(0, length);
  const { aggregateId, aggregateType, id } = events[0];
  const version = events.filter((event) => event.aggregateId === aggregateId).length;
  const appended = appendTo(store, { aggregateId, aggregateType }, { expectedVersion: version });
  const answered = appended.then(({ firstSequenceNumber, versions }) => [firstSequenceNumber, versions[aggregateId]]);
  const append = await judge(FoldlogError, [[length + 1, version + 1]], one(answered));
  const again = appendTo(store, { ...freshAggregate(), id });
  const duplicate = await judge(FoldlogError, [], one(again));
  return { append, duplicate };
}

function freshAggregate() {
  return { aggregateId: crypto.randomUUID(), aggregateType: "account" };
}

function appendTo(store, event, options = { expectedVersion: "no_aggregate" }) {
  return store.appendEvents([{ eventType: "Deposited", eventData: { amount: "later" }, ...event }], options);
}
