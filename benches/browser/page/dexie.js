// An event store on Dexie as an application would write it: a record an event, a unique index on stream and version.
import { Dexie } from "./dexie/dexie.mjs";

class Conflict extends Error {}

export async function open(name, durability) {
  const database = new Dexie(name, { chromeTransactionDurability: durability });
  database.version(1).stores({ events: "++sequenceNumber, &[aggregateId+aggregateVersion], eventType" });
  await database.open();
  const { events } = database;
  return {
    append: (append) =>
      database.transaction("rw", events, async () => {
        const { aggregateId, expected } = append;
        if (expected > 0) {
          const current = await events.where("[aggregateId+aggregateVersion]").equals([aggregateId, expected]).count();
          if (current !== 1) throw new Conflict();
        }
        await events.bulkAdd(records(append)).catch(Dexie.BulkError, (error) => {
          throw new Conflict(error.message);
        });
      }),
    isConflict: (error) => error instanceof Conflict,
    async fill(appends) {
      for (let at = 0; at < appends.length; at += 500) await events.bulkAdd(appends.slice(at, at + 500).flatMap(records));
    },
    async fold(aggregateId) {
      const range = [[aggregateId, Dexie.minKey], [aggregateId, Dexie.maxKey]];
      const stored = await events.where("[aggregateId+aggregateVersion]").between(...range).toArray();
      return foldOf(stored);
    },
    all: () => events.orderBy("sequenceNumber").toArray(),
    close: async () => database.close(),
  };
}

/** The records of an append, with what a store adds. */
export function records({ expected, events }) {
  const createdAt = new Date().toISOString();
  return events.map((event, index) => ({
    ...event,
    id: crypto.randomUUID(),
    aggregateVersion: expected + index + 1,
    schemaVersion: 1,
    causationId: null,
    tags: [],
    createdAt,
    recordedAt: createdAt,
  }));
}

export function foldOf(stored) {
  let state = { cents: 0, count: 0 };
  for (const event of stored) state = { cents: state.cents + event.eventData.cents, count: state.count + 1 };
  return { ...state, version: stored.at(-1)?.aggregateVersion ?? 0 };
}
