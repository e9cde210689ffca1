// G6: what a caller does to its objects right after a call, and to what it got back, is seen by nobody.

const ID = "changed";

/** Makes a call, then changes what was given, in the same tick. */
function thenChange(call, change) {
  const pending = call();
  change();
  return pending;
}

function differs(actual, expected) {
  const [left, right] = [JSON.stringify(actual), JSON.stringify(expected)];
  return left === right ? undefined : `${left} is not ${right}`;
}

/** Reads twice, changes all of the first result, and compares the second one, and a third, with what was there. */
function eachItsOwn(read) {
  return async (scene) => {
    const [first, second] = [await read(scene), await read(scene)];
    const expected = JSON.stringify(second);
    spoil(first);
    const complaint = [JSON.stringify(second), JSON.stringify(await read(scene))].find((text) => text !== expected);
    if (complaint !== undefined) throw new Error(`${complaint} is not ${expected}`);
  };
}

/** Changes everything that can be changed in what a caller got. */
function spoil(value) {
  if (typeof value !== "object" || value === null) return;
  for (const member of Object.values(value)) spoil(member);
  for (const key of Object.keys(value)) {
    // What is frozen may stay as it is.
    Reflect.set(value, key, "spoiled");
  }
  if (Array.isArray(value)) value.length = 0;
}

async function lastEvent({ store }) {
  const [event] = await store.getEvents({ limit: 1, direction: "backward" });
  return event;
}

const ARGUMENTS = [
  {
    name: "the list, the event and all that is in it",
    call: (scene) => {
      const event = scene.freshEvent({ eventData: { list: [{ cents: 1 }] }, metadata: { note: "a" }, tags: ["a"], createdAt: new Date(86_400_000) });
      const events = [event];
      return thenChange(
        () => scene.store.appendEvents(events, { expectedVersion: 0 }),
        () => {
          event.createdAt.setTime(0);
          spoil(event);
          events.push(scene.event());
        },
      );
    },
    shows: async (receipt, scene) => {
      const { eventData, metadata, tags, createdAt, eventType } = await lastEvent(scene);
      const expected = [receipt.lastSequenceNumber, { list: [{ cents: 1 }] }, { note: "a" }, ["a"], "1970-01-02T00:00:00.000Z", "FundsDeposited"];
      return differs([receipt.firstSequenceNumber, eventData, metadata, tags, createdAt, eventType], expected);
    },
  },
  {
    name: "an event appended alone",
    call: (scene) => {
      const event = scene.freshEvent();
      return thenChange(() => scene.store.appendEvent(event, { expectedVersion: 0 }), () => spoil(event));
    },
    shows: async (_receipt, scene) => differs((await lastEvent(scene)).eventData, { cents: 1 }),
  },
  {
    name: "the expectation",
    call: (scene) => {
      const options = { expectedVersion: 0 };
      return thenChange(() => scene.store.appendEvent(scene.freshEvent(), options), () => (options.expectedVersion = 7));
    },
  },
  {
    name: "the Map of expectations",
    call: (scene) => {
      const event = scene.freshEvent();
      const expectedVersions = new Map([[event.aggregateId, 0]]);
      return thenChange(() => scene.store.appendEvent(event, { expectedVersions }), () => expectedVersions.set(event.aggregateId, 7).set("w1", 0));
    },
  },
  {
    name: "the object of expectations",
    call: (scene) => {
      const event = scene.freshEvent();
      const expectedVersions = { [event.aggregateId]: 0 };
      return thenChange(
        () => scene.store.appendEvent(event, { expectedVersions }),
        () => Object.assign(expectedVersions, { [event.aggregateId]: 7, w1: 0 }),
      );
    },
  },
  {
    name: "the signal of an append whose write is issued",
    call: (scene) => {
      const controller = new AbortController();
      return thenChange(
        () => scene.store.appendEvent(scene.freshEvent(), { expectedVersion: 0, signal: controller.signal }),
        () => controller.abort(),
      );
    },
  },
  ...["getEvents", "events", "subscribe"].map((method) => ({
    name: `the filter of ${method}`,
    call: async (scene) => {
      const filter = { aggregateIds: ["w1"], eventTypes: ["FundsDeposited"], fromSequence: 1 };
      const change = () => {
        filter.aggregateIds.push(ID);
        filter.aggregateIds.shift();
        filter.eventTypes.length = 0;
        filter.fromSequence = 2 ** 52;
      };
      const read = {
        getEvents: () => scene.store.getEvents(filter),
        events: () => scene.store.events(filter),
        subscribe: () => scene.store.subscribe(filter),
      }[method];
      for await (const event of await thenChange(read, change)) return event.sequenceNumber;
      return undefined;
    },
    shows: (first) => differs(first, 1),
  })),
  {
    name: "the options of a subscription",
    call: async (scene) => {
      const options = { after: 1, pageSize: 1 };
      const subscription = thenChange(() => scene.store.subscribe({}, options), () => Object.assign(options, { after: 3, pageSize: 100 }));
      for await (const page of subscription.pages()) return page.map(({ sequenceNumber }) => sequenceNumber);
      return undefined;
    },
    shows: (page) => differs(page, [2]),
  },
  {
    name: "a checkpoint's move",
    call: (scene) => {
      const move = { from: undefined, to: scene.cursor };
      scene.moved = scene.fresh();
      return thenChange(() => scene.store.saveCheckpoint(scene.moved, move), () => Object.assign(move, { from: "x", to: "y" }));
    },
    shows: async (_nothing, scene) => differs(await scene.store.getCheckpoint(scene.moved), scene.cursor),
  },
  {
    name: "a snapshot's data and options",
    call: ({ store }) => {
      const [data, options] = [{ list: [1] }, { reducer: "kept" }];
      return thenChange(
        () => store.createSnapshot("w1", "wallet", 1, data, options),
        () => {
          spoil(data);
          options.reducer = "other";
        },
      );
    },
    shows: async (_nothing, { store }) => {
      const [kept, other] = [await store.getSnapshot("w1", { reducer: "kept" }), await store.getSnapshot("w1", { reducer: "other" })];
      return differs([kept.data, other], [{ list: [1] }, undefined]);
    },
  },
  {
    name: "the head that verify goes from",
    call: ({ store, head }) => {
      const options = { since: { ...head } };
      return thenChange(() => store.verify(options), () => spoil(options));
    },
    shows: (report) => differs(report.ok, true),
  },
  {
    name: "the options of a repository",
    call: async (scene) => {
      const options = { aggregate: scene.Wallet, snapshotEvery: 1, snapshotCheckRate: 1 };
      const repository = new scene.foldlog.AggregateRepository(scene.store, options);
      spoil(options);
      const id = scene.fresh();
      await repository.execute(id, () => [{ eventType: "FundsDeposited", eventData: {} }]);
      return (await repository.load(id)).state;
    },
    shows: (state) => differs(state, { events: 1 }),
  },
  {
    name: "the options of a save, and what is raised after it",
    call: (scene) => {
      const wallet = scene.raised();
      scene.saved = wallet;
      const options = { causedBy: "a" };
      return thenChange(
        () => scene.wallets.save(wallet, options),
        () => {
          options.causedBy = "b";
          wallet.raise("FundsWithdrawn", {});
        },
      );
    },
    shows: async (receipt, scene) => {
      const { causedBy, eventType } = await lastEvent(scene);
      const left = scene.saved.uncommittedEvents.map((event) => event.eventType);
      return differs([causedBy, eventType, receipt.versions[scene.saved.id], left], ["a", "FundsDeposited", 1, ["FundsWithdrawn"]]);
    },
  },
  {
    name: "the options of a command",
    call: (scene) => {
      const options = { causedBy: "a", commandId: scene.fresh() };
      return thenChange(
        () => scene.wallets.execute(scene.fresh(), () => [{ eventType: "FundsDeposited", eventData: {} }], options),
        () => spoil(options),
      );
    },
    shows: async (_receipt, scene) => differs((await lastEvent(scene)).causedBy, "a"),
  },
  {
    name: "the events that were decided",
    call: async (scene) => {
      const decided = [{ eventType: "FundsDeposited", eventData: { list: [1] }, tags: ["a"] }];
      const pending = scene.wallets.execute(scene.fresh(), () => {
        queueMicrotask(() => spoil(decided));
        return decided;
      });
      return pending;
    },
    shows: async (_receipt, scene) => {
      const { eventData, tags } = await lastEvent(scene);
      return differs([eventData, tags], [{ list: [1] }, ["a"]]);
    },
  },
];

const RESULTS = {
  events: ({ store }) => store.getEvents({ toSequence: 3 }),
  "events of an aggregate": ({ store }) => store.getEventsByAggregate("w1", 1),
  "an event of events()": async ({ store }) => (await store.events()[Symbol.asyncIterator]().next()).value,
  "a head": ({ store }) => store.head(),
  "a receipt": async ({ store }) => {
    const [{ id }] = await store.getEvents({ limit: 1 });
    return store.findAppend(id);
  },
  "a report": ({ store }) => store.verify(),
  "a snapshot": ({ store }) => store.getSnapshot("w1"),
  health: ({ store }) => store.health(),
  "a loaded state": async ({ wallets }) => (await wallets.load("w1")).state,
  "a page": async ({ store }) => {
    for await (const page of store.subscribe({}, { pageSize: 2 }).pages()) return page;
    return undefined;
  },
};

/** Two that read at the same time share a look at the log: their pages are their own all the same. */
async function twoSubscriptions({ store }) {
  const [left, right] = [store.subscribe().pages(), store.subscribe().pages()];
  const [first, second] = await Promise.all([left.next(), right.next()]);
  const expected = JSON.stringify(second.value);
  spoil(first.value);
  await Promise.all([left.return(), right.return()]);
  if (JSON.stringify(second.value) !== expected) throw new Error("a subscription sees what another's consumer did");
}

export const CHANGES = [
  { name: "arguments that change after the call", rows: ARGUMENTS.map((row) => ({ ...row, code: "ok", writes: true })) },
  {
    name: "results that are changed",
    rows: [
      ...Object.entries(RESULTS).map(([name, read]) => ({ name, call: eachItsOwn(read), code: "ok" })),
      { name: "pages of two subscriptions", call: twoSubscriptions, code: "ok" },
    ],
  },
];
