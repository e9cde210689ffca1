// Objects that answer differently each time they are asked, and those that say two things at once.
import { levels } from "./values.mjs";

const any = { expectedVersion: "any" };

/** An object whose `member` is the first answer at the first look and the second from then on. */
function changing(member, first, second, object = {}) {
  let looks = 0;
  return Object.defineProperty(object, member, { enumerable: true, get: () => (looks++ === 0 ? first : second) });
}

/** An object that inherits a `toJSON`, but not at the first look. */
function becoming(toJSON) {
  return Object.create(changing("toJSON", undefined, toJSON));
}

/** A list whose length is what `length` says each time. */
function listOf(length, element) {
  return new Proxy([], { get: (_target, key) => (key === "length" ? length() : element(key)) });
}

function growing() {
  let looks = 0;
  return () => (looks += 1);
}

class Pairs extends Map {
  #pairs;

  constructor(pairs) {
    super();
    this.#pairs = pairs;
  }

  [Symbol.iterator]() {
    return this.#pairs();
  }
}

const appendOf = (eventData) => (scene) => scene.store.appendEvent(scene.event({ eventData: eventData() }), any);

const expecting = (pairs) => (scene) => scene.store.appendEvent(scene.event(), { expectedVersions: new Pairs(pairs) });

/** What is stored is one of the answers, and reads as JSON. */
const stored = (...answers) => async (_receipt, { store }) => {
  const [{ eventData }] = await store.getEvents({ limit: 1, direction: "backward" });
  return answers.some((answer) => JSON.stringify(answer) === JSON.stringify(eventData)) ? undefined : `stored ${JSON.stringify(eventData)}`;
};

const oneEvent = (receipt) => (receipt.firstSequenceNumber === receipt.lastSequenceNumber ? undefined : `stored ${JSON.stringify(receipt)}`);

/** Name, call, code, and the field or what a success shows. */
const CASES = [
  ["a list of events that grows", (scene) => scene.store.appendEvents(listOf(growing(), () => scene.event()), any), "ok", oneEvent],
  [
    "a list of events that is shorter than it says",
    (scene) => scene.store.appendEvents(listOf(() => 2, (key) => (key === "0" ? scene.event() : undefined)), any),
    "invalid_event",
    "events[1]",
  ],
  [
    "a list of events without an end",
    (scene) => scene.store.appendEvents(listOf(() => 2 ** 53 - 1, () => scene.event()), any),
    "invalid_argument",
    "events",
  ],
  ["a list of events of no length", (scene) => scene.store.appendEvents(listOf(() => NaN, () => scene.event()), any), "invalid_argument", "events"],
  [
    "an id that becomes another id",
    (scene) => scene.store.appendEvent(changing("aggregateId", "w1", "w2", scene.event()), any),
    "ok",
    (receipt) => (Object.hasOwn(receipt.versions, "w1") ? undefined : "read twice"),
  ],

  ["a payload that becomes NaN", appendOf(() => changing("a", 1, NaN)), "ok", stored({ a: 1 }, { a: null })],
  ["a payload that becomes a bigint", appendOf(() => changing("a", 1, 1n)), "invalid_event", "events[0]"],
  ["a payload that becomes a million levels", appendOf(() => changing("a", 1, levels(1_000_000))), "invalid_event", "events[0]"],
  ["a payload that becomes 128 levels more", appendOf(() => changing("a", 1, levels(128))), "invalid_event", "events[0].eventData"],
  ["a payload that gets a toJSON of nothing", appendOf(() => becoming(() => undefined)), "invalid_event", "events[0]"],
  ["a payload that gets a toJSON of a list", appendOf(() => becoming(() => [1])), "ok", stored([1])],
  [
    "a payload whose length grows",
    appendOf(() => listOf(growing(), (key) => (key === "toJSON" ? undefined : Number(key)))),
    "ok",
    stored([0], [0, 1], [0, 1, 2]),
  ],
  [
    "a snapshot that gets a toJSON of nothing",
    ({ store }) => store.createSnapshot("w1", "wallet", 1, becoming(() => undefined)),
    "invalid_argument",
    "data",
  ],

  ["expectations that cannot be gone through", expecting(() => { throw new Error("no"); }), "invalid_argument", "expectedVersions"],
  ["expectations that are no pairs", expecting(() => ["w1"].values()), "invalid_argument", "expectedVersions"],
  ["expectations of three parts", expecting(() => [["w1", "any", "any"]].values()), "invalid_argument", "expectedVersions"],
  ["expectations that name an aggregate twice", expecting(() => [["w1", "any"], ["w1", 1]].values()), "invalid_argument", "expectedVersions"],
  [
    "two expectations that differ",
    (scene) => scene.store.appendEvent(scene.event(), { expectedVersion: 1, expectedVersions: { w1: 2 } }),
    "invalid_argument",
    "expectedVersion",
  ],
  [
    "an expectation that is not that of the event",
    (scene) => scene.store.appendEvent(scene.freshEvent({ aggregateVersion: 2 }), any),
    "invalid_argument",
    "events[0].aggregateVersion",
  ],
  [
    "one expectation for two aggregates",
    (scene) => scene.store.appendEvents([scene.event(), scene.freshEvent()], any),
    "invalid_argument",
    "expectedVersion",
  ],
  [
    "versions with a hole",
    (scene) => scene.store.appendEvents([1, 3].map((aggregateVersion) => scene.event({ aggregateId: "holes", aggregateVersion }))),
    "invalid_event",
    "events[1].aggregateVersion",
  ],
  [
    "an id for one event of two",
    (scene) => scene.store.appendEvents([scene.event({ id: crypto.randomUUID() }), scene.event()], any),
    "invalid_event",
    "events[1].id",
  ],
  [
    "one id for two events",
    (scene) => scene.store.appendEvents(Array(2).fill(scene.event({ id: crypto.randomUUID() })), any),
    "invalid_event",
    "events[1].id",
  ],
  [
    "two types for one aggregate",
    (scene) => scene.store.appendEvents([scene.event(), scene.event({ aggregateType: "card" })], any),
    "invalid_event",
    "events[1].aggregateType",
  ],
  [
    "a field that no event has",
    (scene) => scene.store.appendEvent(scene.event({ sequenceNumber: 1 }), any),
    "invalid_event",
    "events[0].sequenceNumber",
  ],
  [
    "an option that no append has",
    (scene) => scene.store.appendEvent(scene.event(), { ...any, expectVersion: 1 }),
    "invalid_argument",
    "options.expectVersion",
  ],
  [
    "both forms of a filter's ids",
    ({ store }) => store.getEvents({ aggregateId: "w1", aggregateIds: ["w1"] }),
    "invalid_argument",
    "filter.aggregateIds",
  ],
  [
    "what only looks like a signal",
    (scene) => scene.store.appendEvent(scene.event(), { ...any, signal: { aborted: false } }),
    "invalid_argument",
    "signal",
  ],
];

export const LIES = [
  {
    name: "objects that lie",
    rows: CASES.map(([name, call, code, more]) => {
      const expected = code === "ok" ? { shows: more } : { field: more };
      return { name, call, code, writes: !name.includes("filter"), ...expected };
    }),
  },
];
