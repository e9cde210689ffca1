// Checks format-1.json with the independent reader of format.mjs.
//
//     node tests/vectors/check.mjs        prints a count; exits with 1 on any difference
//     node --test tests/vectors/          the same as tests

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import test, { after } from "node:test";

import * as format from "./format.mjs";

const vectors = JSON.parse(await readFile(new URL("format-1.json", import.meta.url), "utf8"));
const counts = new Map();

function check(what, vector, body) {
  test(`${what}: ${vector.name ?? vector.cursor ?? vector.id}`, async () => {
    await body(vector);
    counts.set(what, (counts.get(what) ?? 0) + 1);
  });
}

async function checkEvent(event) {
  const preimage = format.digestPreimage(event.content);
  assert.equal(format.hex(preimage), event.preimage, "preimage of the digest");
  assert.equal(format.hex(await format.sha256(preimage)), event.digest, "digest");
  assert.equal(format.eventText(event), event.text, "text");
  const { metadata, eventData, ...content } = event.content;
  const parsed = JSON.parse(event.text);
  const { sequenceNumber, recordedAt, aggregateVersion } = event;
  const payloads = { metadata: JSON.parse(metadata ?? "null"), eventData: JSON.parse(eventData) };
  assert.deepEqual(parsed, { sequenceNumber, recordedAt, aggregateVersion, ...content, ...payloads }, "text as JSON");
}

async function checkRecord(record) {
  const directory = await format.readDirectory(format.fromHex(record.directory));
  assert.deepEqual(directory.before, record.before, "the place before");
  assert.deepEqual(directory.after, record.after, "the place after");
  assert.equal(directory.unknownCritical, false);
  assert.equal(directory.appends.length, record.appends.length, "number of appends");
  const texts = format.cutText(record.text, directory.appends.flatMap((append) => append.events));
  let sequenceNumber = record.before.sequenceNumber;
  for (const [index, append] of directory.appends.entries()) {
    const expected = record.appends[index];
    for (const key of ["kind", "epoch", "recordedAt", "durability", "link"]) assert.equal(append[key], expected[key], key);
    const preimage = format.linkPreimage(append, append.previous, append.events);
    assert.equal(format.hex(preimage), expected.preimage, "preimage of the link");
    assert.equal(format.hex(await format.sha256(preimage)), append.link, "link");
    assert.equal(append.events.length, expected.events.length, "number of events");
    for (const [at, event] of append.events.entries()) {
      sequenceNumber += 1;
      const of = expected.events[at];
      await checkEvent(of);
      assert.equal(of.sequenceNumber, sequenceNumber);
      assert.equal(of.recordedAt, append.recordedAt);
      for (const key of ["aggregateVersion", "digest"]) assert.equal(event[key], of[key], key);
      for (const key of ["id", "aggregateId", "aggregateType", "eventType", "createdAt"]) assert.equal(event[key], of.content[key], key);
      const text = texts.shift();
      assert.equal(text.fromBytes, of.text, "text, cut by bytes");
      assert.equal(text.fromUnits, of.text, "text, cut by UTF-16 units");
    }
  }
  assert.deepEqual(texts, []);
  assert.equal(JSON.parse(`[${record.text}]`).length, sequenceNumber - record.before.sequenceNumber, "one JSON.parse of the text");
}

async function read({ directory, text }) {
  const read = await format.readDirectory(format.fromHex(directory));
  format.cutText(text, read.appends.flatMap((append) => append.events));
  return read;
}

for (const event of vectors.events) check("event", event, checkEvent);
for (const record of vectors.records) check("record", record, checkRecord);
for (const excerpt of vectors.excerpts) {
  check("excerpt", excerpt, async () => {
    const record = vectors.records.find((record) => record.name === excerpt.of);
    const events = record.appends.flatMap((append) => append.events);
    const entries = await format.readExcerpt(format.fromHex(excerpt.directory));
    const texts = format.cutText(excerpt.text, entries);
    assert.deepEqual(entries.map((entry) => entry.sequenceNumber), excerpt.sequenceNumbers);
    for (const [index, entry] of entries.entries()) {
      const event = events.find((event) => event.sequenceNumber === entry.sequenceNumber);
      assert.equal(entry.aggregateVersion, event.aggregateVersion);
      assert.deepEqual(texts[index], { fromBytes: event.text, fromUnits: event.text });
    }
  });
}
for (const record of vectors.extended) {
  check("extended", record, async () => assert.equal((await read(record)).unknownCritical, record.unknownCritical));
}
for (const record of vectors.refused) {
  check("refused", record, () =>
    assert.rejects(read(record), (error) => error instanceof format.Refused && error.unsupported === record.unsupported));
}
for (const vector of vectors.cursors) {
  check("cursor", vector, () => {
    assert.equal(format.cursorText(vector.head), vector.cursor);
    assert.equal(format.headText(vector.head), vector.json);
    assert.deepEqual(JSON.parse(vector.json), vector.head);
  });
}
for (const vector of vectors.snapshots) {
  check("snapshot", vector, () => {
    assert.equal(format.snapshotText(vector.snapshot), vector.text);
    assert.deepEqual(JSON.parse(vector.text), { ...vector.snapshot, data: JSON.parse(vector.snapshot.data) });
  });
}
for (const vector of vectors.checked) {
  check("checked", vector, () => assert.equal(format.checkedText(vector.key, vector.text), vector.value));
}
for (const vector of vectors.idRows) {
  check("row of ids", vector, () => {
    assert.equal(vector.ids.join("").replaceAll("-", ""), vector.value);
    assert.equal(format.idRowKey(vector.ids, vector.lastSequenceNumber, format.fromHex(vector.value)), vector.key);
  });
}
for (const vector of vectors.commands) {
  check("command", vector, async () => assert.equal(await format.commandEventId(vector.commandId, vector.index), vector.id));
}

test("the records before the joined one are a chain from nothing", () => {
  const joined = vectors.records.find((record) => record.joins);
  let head = { ...vectors.records[0].before, link: format.NO_LINK, sequenceNumber: 0 };
  for (const name of joined.joins) {
    const record = vectors.records.find((record) => record.name === name);
    assert.deepEqual(record.before, head);
    head = record.after;
  }
  assert.deepEqual(joined.after, head);
});

test("no two different events have one digest", () => {
  const digests = new Map(vectors.events.map((event) => [event.digest, JSON.stringify(event.content)]));
  assert.equal(digests.size, new Set(vectors.events.map((event) => JSON.stringify(event.content))).size);
});

after(() => {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  console.log(`checked ${total} vectors: ${[...counts].map(([what, count]) => `${count} ${what}`).join(", ")}`);
});
