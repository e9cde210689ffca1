// JSON text reaches the core only from the facade; should anything else send it, the core must hold by itself.
import assert from "node:assert/strict";
import { before, test } from "node:test";

import { EventStore, memory } from "../../../pkg/dist/index.node.js";
import { Surroundings } from "../../../pkg/dist/store/surroundings.js";
import { RawStore } from "../../../pkg/wasm/foldlog_wasm.js";

const EVENT = '"aggregateId":"w1","aggregateType":"wallet","eventType":"FundsDeposited"';
const ANY = '{"expectedVersion":"any"}';
const MILLION = 1_000_000;

let raw;
before(async () => {
  // Loads the core.
  await (await EventStore.open(memory())).close();
  raw = RawStore.memory(new Surroundings());
});

/** Texts of an append with the code and the field of the refusal. */
const APPENDS = {
  "no text": ["", ANY, "invalid_event", "events"],
  "two lists": ["[][]", ANY, "invalid_event", "events"],
  "a list that does not end": [`[{${EVENT},"eventData":1}`, ANY, "invalid_event", "events"],
  "a payload given twice": [`[{${EVENT},"eventData":1,"eventData":2}]`, ANY, "invalid_event", "events[0].eventData"],
  "an id given twice, once in escapes": [`[{${EVENT},"eventData":1,"aggregate\\u0049d":"w2"}]`, ANY, "invalid_event", "events[0].aggregateId"],
  "a payload that closes its event": [`[{${EVENT},"eventData":1},"tags":[]}]`, ANY, "invalid_event", "events[1]"],
  "a payload in single quotes": [`[{${EVENT},"eventData":'1'}]`, ANY, "invalid_event", "events[0].eventData"],
  "a payload with a byte order mark": [`[{${EVENT},"eventData":\ufeff1}]`, ANY, "invalid_event", "events[0].eventData"],
  "a payload with a raw line end": [`[{${EVENT},"eventData":"a\nb"}]`, ANY, "invalid_event", "events[0].eventData"],
  "a million lists": [`[{${EVENT},"eventData":${"[".repeat(MILLION)}${"]".repeat(MILLION)}}]`, ANY, "invalid_event", "events[0].eventData"],
  "a million objects that do not end": [`[{${EVENT},"eventData":${'{"a":'.repeat(MILLION)}`, ANY, "invalid_event", "events[0].eventData"],
  "a million lists instead of an id": [`[{"aggregateId":${"[".repeat(MILLION)}`, ANY, "invalid_event", "events[0].aggregateId"],
  "a version as 1.0": [`[{${EVENT},"eventData":1,"aggregateVersion":1.0}]`, "{}", "invalid_event", "events[0].aggregateVersion"],
  "a version as 1e0": [`[{${EVENT},"eventData":1,"aggregateVersion":1e0}]`, "{}", "invalid_event", "events[0].aggregateVersion"],
  "no options": [`[{${EVENT},"eventData":1}]`, "", "invalid_argument", "options"],
  "options given twice": [`[{${EVENT},"eventData":1}]`, '{"expectedVersion":0,"expectedVersion":"any"}', "invalid_argument", "expectedVersion"],
  "options of a million lists": [`[{${EVENT},"eventData":1}]`, `{"expectedVersions":${"[".repeat(MILLION)}`, "invalid_argument", "expectedVersions"],
};

for (const [name, [events, options, code, field]] of Object.entries(APPENDS)) {
  test(`G12: the core refuses ${name}`, async () => {
    const error = await refusal(raw.run("append", [events, options]));
    assert.deepEqual([error.code, error.field, error.outcome], [code, field, "not_committed"]);
    assert.equal(JSON.parse(await raw.run("head", [])).sequenceNumber, 0);
  });
}

test("G12: the core refuses other texts that are not what they must be", async () => {
  assert.equal((await refusal(raw.run("readEvents", ['{"tags":[],"tags":[]}', 0, 1, false]))).field, "filter.tags");
  assert.equal((await refusal(raw.run("readEvents", ["[".repeat(MILLION), 0, 1, false]))).field, "filter");
  assert.equal((await refusal(raw.run("readEvents", ["{}", NaN, 1, false]))).field, "from");
  assert.equal((await refusal(raw.run("subscribe", ["{}", '"end" 1']))).field, "after");
  assert.equal((await refusal(raw.run("verify", ['{"epoch":1}']))).field, "since.epoch");
  assert.equal((await refusal(raw.run("createSnapshot", ["w1", "wallet", 1, "r", "{} {}"]))).field, "data");
  assert.equal((await refusal(raw.run("saveCheckpoint", ["c", undefined, "::"]))).outcome, "not_committed");
});

/** A rejection of the core, read. */
async function refusal(promise) {
  const rejection = await promise.then(() => assert.fail("it was taken"), (reason) => reason);
  return JSON.parse(rejection.foldlogError);
}
