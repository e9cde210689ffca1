// The sizes of DESIGN §2, at each limit and just over it.
import { levels } from "./values.mjs";

const MIB = 1 << 20;
const any = { expectedVersion: "any" };

/** What an event has beside its payload: the bytes of "w1", "wallet" and "FundsDeposited". */
const NAMES = 2 + 6 + 14;

/** A text whose JSON has so many bytes. */
function ofBytes(bytes, character = "x") {
  return character.repeat((bytes - 2) / new TextEncoder().encode(character).length);
}

const append = (...events) => (scene) => scene.store.appendEvents(events.map((more) => scene.event(more)), any);

const many = (count, eventData) => (scene) => scene.store.appendEvents(Array.from({ length: count }, () => scene.event({ eventData })), any);

const tags = (count) => Array.from({ length: count }, (_, index) => `tag ${index}`);

const filtered = (count) => ({ store }) => store.getEvents({ aggregateIds: Array.from({ length: count }, (_, index) => `id ${index}`) });

/** A list inside a list, so many levels in all. */
function lists(depth) {
  return JSON.parse("[".repeat(depth) + "]".repeat(depth));
}

/** What is refused has the code and the field of its error; where the limit is kept there is nothing more. */
const WRITES = [
  ["a payload of 1 MiB", append({ eventData: ofBytes(MIB - NAMES) })],
  ["a payload of 1 MiB in characters of two bytes", append({ eventData: ofBytes(MIB - NAMES, "é") })],
  ["a payload of 1 MiB and a byte", append({ eventData: ofBytes(MIB - NAMES + 1) }), "invalid_event", "events[0]"],
  ["a payload over 1 MiB in bytes, not in characters", append({ eventData: ofBytes(MIB, "é") }), "invalid_event", "events[0]"],
  ["metadata of 8 bytes that make it 1 MiB", append({ eventData: ofBytes(MIB - NAMES - 8), metadata: { a: 10 } })],
  [
    "metadata of 8 bytes that make it 1 MiB and a byte",
    append({ eventData: ofBytes(MIB - NAMES - 7), metadata: { a: 10 } }),
    "invalid_event",
    "events[0]",
  ],
  ["16 tags", append({ tags: tags(16) })],
  ["17 tags", append({ tags: tags(17) }), "invalid_event", "events[0].tags"],
  ["schema version 65,535", append({ schemaVersion: 65_535 })],
  ["schema version 65,536", append({ schemaVersion: 65_536 }), "invalid_event", "events[0].schemaVersion"],
  ["a payload of 128 lists", append({ eventData: lists(128) })],
  ["a payload of 129 lists", append({ eventData: lists(129) }), "invalid_event", "events[0].eventData"],
  ["a payload of 128 objects", append({ eventData: levels(128) })],
  ["a payload of 129 objects", append({ eventData: levels(129) }), "invalid_event", "events[0].eventData"],
  ["metadata of 128 objects", append({ metadata: levels(128) })],
  ["metadata of 129 objects", append({ metadata: levels(129) }), "invalid_event", "events[0].metadata"],
  ["the last millisecond of year 9999", append({ createdAt: new Date(253_402_300_799_999) })],
  ["the first millisecond of year 10,000", append({ createdAt: new Date(253_402_300_800_000) }), "invalid_event", "events[0].createdAt"],
  ["the last moment of a Date", append({ createdAt: new Date(8.64e15) }), "invalid_event", "events[0].createdAt"],
  ["a day that does not exist", append({ createdAt: "2026-02-29T00:00:00Z" }), "invalid_event", "events[0].createdAt"],
  ["no event", append(), "invalid_argument", "events"],
  ["10,000 events", many(10_000, 0)],
  ["10,001 events", many(10_001, 0), "invalid_argument", "events"],
  ["16 MiB", many(16, ofBytes(MIB - NAMES))],
  ["16 MiB and a small event", append(...Array(16).fill({ eventData: ofBytes(MIB - NAMES) }), {}), "invalid_argument", "events"],
  // Together longer than a text of the engine can be.
  ["600 events of 1 MiB", many(600, ofBytes(MIB - NAMES)), "invalid_argument", "events"],
  ["version 2^53 - 1 expected", (scene) => scene.store.appendEvent(scene.event(), { expectedVersion: 2 ** 53 - 1 }), "concurrency_conflict"],
];

const READS = [
  ["a filter of year 10,000", ({ store }) => store.getEvents({ toRecordedAt: new Date(253_402_300_800_000) }), "invalid_argument", "filter.toRecordedAt"],
  ["a filter of 10,000 ids", filtered(10_000)],
  ["a filter of 10,001 ids", filtered(10_001), "invalid_argument", "filter.aggregateIds"],
  ["a version of 2^53 - 1 loaded", ({ wallets }) => wallets.loadVersion("w1", 2 ** 53 - 1), "invalid_argument", "version"],
  ["a page of 2^32 events", subscribed(2 ** 32)],
  ["a page of 2^32 + 1 events", subscribed(2 ** 32 + 1)],
  ["a page of 2^53 - 1 events", subscribed(2 ** 53 - 1)],
];

/** A page must then hold all that is there, so more than one event. */
function subscribed(pageSize) {
  return async ({ store }) => {
    const pages = store.subscribe({}, { pageSize }).pages();
    const { value } = await pages.next();
    await pages.return();
    if (value.length < 2) throw new Error(`a page of at most ${pageSize} events has ${value.length}`);
  };
}

const rows = (cases, writes) => cases.map(([name, call, code = "ok", field]) => ({ name, call, code, field, writes }));

export const LIMITS = [
  { name: "limits of what is written", rows: rows(WRITES, true) },
  { name: "limits of what is read", rows: rows(READS, false) },
];
