// G5: the same append again, at any later time and from anywhere.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { deposit, fill, rejects, timeOrderedId, verifies } from "../support/events.mjs";

const LOG = "replay";
const IDS = { "random ids": randomUUID, "time-ordered ids": timeOrderedId };

export const tests = [{ name: "replay", run }];

async function run(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  await tab.call("open", { log: LOG });
  const originals = [];
  for (const [kind, makeId] of Object.entries(IDS)) originals.push(await appendOriginal(tab, kind, makeId));
  let replays = 0;
  const tryAll = async (where, client) => {
    for (const original of originals) replays += await tryReplays(`${original.kind}, ${where}`, client, original);
  };
  await tryAll("in the same tab", tab);
  // By now the aggregates have moved on: the expectation of the repeated append fits no more.
  await fill(tab, "alice", 5);
  await tryAll("after later appends", tab);
  const fromElsewhere = async (when) => {
    await tab.reload();
    await tab.call("open", { log: LOG, options: { create: false } });
    await tryAll(`${when}, after a reload`, tab);
    const tomorrow = await browser.tab({ prepare: aDayLater });
    await tomorrow.call("open", { log: LOG, options: { durability: "relaxed" } });
    await tryAll(`${when}, a day later`, tomorrow);
    const worker = await tomorrow.worker();
    await worker.call("open", { log: LOG });
    await tryAll(`${when}, from a worker`, worker);
    await tomorrow.close();
  };
  await fromElsewhere("unsealed");
  await fill(tab, "bob", 1200);
  await tab.call("sealed", { count: 1 });
  assert.ok((await tab.call("sealedTo", { log: LOG })) > originals.at(-1).receipt.lastSequenceNumber);
  await tryAll("sealed", tab);
  await fromElsewhere("sealed");
  await verifies(tab);
  t.note(`${replays} replays gave the original receipt; as many times all five variations were refused`);
}

async function appendOriginal(tab, kind, makeId) {
  const [one, other] = [`alice of ${kind}`, `bob of ${kind}`];
  const events = [deposit(one, 1), deposit(other, 2), deposit(one, 3), deposit(other, "1.10", { metadata: { why: "gift" }, tags: ["x"] })];
  const append = { events: events.map((event) => ({ id: makeId(), ...event })), options: { expectedVersions: { [one]: 0, [other]: 0 } } };
  const receipt = await tab.call("append", append);
  assert.equal(receipt.replayed, false);
  return { kind, makeId, append, receipt };
}

async function tryReplays(where, client, { makeId, append: { events, options }, receipt }) {
  const before = await client.call("head", {});
  const replayed = { ...receipt, replayed: true };
  assert.deepEqual(await client.call("append", { events, options }), replayed, where);
  assert.deepEqual(await client.call("append", { events, options: { expectedVersions: anything(events) } }), replayed, where);
  assert.deepEqual(await client.call("findAppend", { id: events[2].id }), replayed, where);
  const changed = events.with(3, { ...events[3], eventData: { amount: "1.1" } });
  const variations = {
    "the first half": events.slice(0, 2),
    "the second half": events.slice(2),
    "half of the ids": events.map((event, index) => (index < 2 ? event : { ...event, id: makeId() })),
    "another order": [events[1], events[0], ...events.slice(2)],
    "other content": changed,
  };
  for (const [name, variation] of Object.entries(variations)) {
    const call = client.call("append", { events: variation, options: { expectedVersions: anything(variation) } });
    const error = await rejects(call, "duplicate_event", { outcome: "not_committed" });
    assert.ok(events.some(({ id }) => id === error.eventId), `${where}, ${name}: ${error.eventId} is not one of the ids`);
  }
  assert.deepEqual(await client.call("head", {}), before, `${where}: something was written`);
  return 1;
}

function anything(events) {
  return Object.fromEntries(events.map(({ aggregateId }) => [aggregateId, "any"]));
}

/** Runs in the page before everything else. */
function aDayLater() {
  const now = Date.now.bind(Date);
  Date.now = () => now() + 86_400_000;
}
