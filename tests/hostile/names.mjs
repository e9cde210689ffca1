// Names that JavaScript or Unicode could confuse with something else.

/** The names of every object, and pairs of one look: composed and decomposed, compatible, full width, case, and what is not seen. */
const INHERITED = Object.getOwnPropertyNames(Object.prototype);
const TWINS = [
  ["\u00e9", "e\u0301"],
  ["\u212b", "\u00c5"],
  ["\u1e9b\u0323", "\u1e69"],
  ["\uff41", "a"],
  ["w", "W"],
  ["x", "x\u200d"],
  ["y", "y "],
];

async function ordinary(name, { store, wallets }) {
  const event = { aggregateId: name, aggregateType: "wallet", eventType: name, eventData: { [name]: name }, tags: [name], causedBy: name };
  const before = await store.getAggregateVersion(name);
  const receipt = await store.appendEvent(event, { expectedVersions: new Map([[name, before]]) });
  const conflict = await store.appendEvent(event, { expectedVersions: JSON.parse(`{${JSON.stringify(name)}:${before}}`) }).catch((error) => error);
  await store.createSnapshot(name, "wallet", 1, { [name]: 1 }, { reducer: name });
  const cursor = `${receipt.head.epoch}:${receipt.head.sequenceNumber}:${receipt.head.link}`;
  await store.saveCheckpoint(name, { from: await store.getCheckpoint(name), to: cursor });
  const found = await store.getEvents({ aggregateId: name, eventTypes: [name], tags: [name], causedBy: name });
  const command = () => wallets.execute(name, () => [{ eventType: name, eventData: {} }], { commandId: name });
  const [first, again] = [await command(), await command()];
  return [
    [receipt.versions[name], before + 1],
    [Object.keys(receipt.versions), [name]],
    [conflict.conflicts, [{ aggregateId: name, expected: before, actual: before + 1 }]],
    [(await store.getSnapshot(name, { reducer: name })).aggregateId, name],
    [await store.getCheckpoint(name), cursor],
    [found.map(({ eventType }) => eventType), [name]],
    [Object.entries(found[0].eventData), [[name, name]]],
    [[first.versions[name], again.versions[name], again.replayed], [before + 2, before + 2, true]],
    [(await wallets.load(name)).version, before + 2],
  ];
}

async function apart([left, right], { store }) {
  const event = (aggregateId) => ({ aggregateId, aggregateType: "wallet", eventType: aggregateId, eventData: {}, tags: [aggregateId] });
  await store.appendEvents([event(left), event(right), event(right)], { expectedVersions: new Map([[left, "any"], [right, "any"]]) });
  const versions = await Promise.all([left, right].map((id) => store.getAggregateVersion(id)));
  const filters = [{ tags: [left] }, { tags: [right] }, { eventTypes: [left] }, { aggregateId: right }];
  const counts = await Promise.all(filters.map(async (filter) => (await store.getEvents(filter)).length));
  return [[versions, [1, 2]], [counts, [1, 2, 1, 2]]];
}

/** What is not as it must be, of pairs of what is and what must be. */
function firstDifference(pairs) {
  const found = pairs.find(([actual, expected]) => JSON.stringify(actual) !== JSON.stringify(expected));
  return found && `${JSON.stringify(found[0])} is not ${JSON.stringify(found[1])}`;
}

export const NAMES = [
  {
    name: "names of every object are ordinary names",
    rows: INHERITED.map((name) => ({ name, call: (scene) => ordinary(name, scene), code: "ok", shows: firstDifference, writes: true })),
  },
  {
    name: "names that look alike are different names",
    rows: TWINS.map((twins) => ({ name: JSON.stringify(twins), call: (scene) => apart(twins, scene), code: "ok", shows: firstDifference, writes: true })),
  },
];
