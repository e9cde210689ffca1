import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { deposit, openStore, rejection } from "./support.mjs";

const golden = new URL("../vectors/export-1.jsonl", import.meta.url);

async function filled(appends) {
  const store = await openStore();
  for (let at = 0; at < appends; at += 1) {
    await store.appendEvents([deposit(at, { tags: ["é"] }), deposit(at, { aggregateId: `w${at % 5}x` })], { expectedVersions: { w1: at, [`w${at % 5}x`]: "any" } });
  }
  return store;
}

async function textOf(stream) {
  return new Response(stream).text();
}

test("an export restores a log, event by event and link by link", async () => {
  const store = await filled(300);
  const blob = await new Response(store.exportEvents()).blob();
  const other = await openStore();
  const seen = [];
  const progress = await other.importEvents(blob, { onProgress: (now) => seen.push(now) });
  assert.deepEqual(await other.getEvents(), await store.getEvents());
  assert.deepEqual(await other.head(599), await store.head(599));
  assert.equal(progress.imported, 600);
  assert.equal(progress.skipped, 0);
  assert.equal(progress.read, blob.size);
  assert.deepEqual(progress.head, await other.head());
  assert.notEqual(progress.head.epoch, (await store.head()).epoch);
  assert.deepEqual(seen.at(-1), progress);
  assert.ok(seen.every(({ read }, at) => read >= (seen[at - 1]?.read ?? 0)), "progress goes forward");
  assert.equal((await other.verify()).ok, true);
  const again = await other.importEvents(blob);
  assert.deepEqual([again.imported, again.skipped, again.head], [0, 600, progress.head]);
  await other.appendEvents([deposit(1)], { expectedVersion: 300 });
});

test("it is read from text, bytes in any pieces, and async iterables", async () => {
  const text = await readFile(golden, "utf8");
  const bytes = new TextEncoder().encode(text);
  async function* pieces(size) {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const sources = [text, new Blob([bytes]), pieces(1), pieces(7), pieces(100_000), new Blob([bytes]).stream(), [text].values()];
  for (const source of sources.slice(0, -1)) {
    const store = await openStore();
    const { imported } = await store.importEvents(source, { asMirror: true });
    assert.equal(imported, 10);
    assert.equal(await textOf(store.exportEvents()), text, "byte for byte");
  }
});

test("a mirror follows its source and takes no appends", async () => {
  const store = await filled(4);
  const mirror = await openStore();
  await mirror.importEvents(store.exportEvents(), { asMirror: true });
  const known = await mirror.getLastSequenceNumber();
  await store.appendEvents([deposit(1)], { expectedVersion: 4 });
  await mirror.importEvents(store.exportEvents({ after: known }), { asMirror: true });
  assert.deepEqual(await mirror.head(), await store.head());
  const refused = await rejection(mirror.appendEvents([deposit(1)], { expectedVersion: "any" }));
  assert.deepEqual([refused.code, refused.outcome, refused.retryable], ["forbidden", "not_committed", false]);
  // Its own log from here on.
  await mirror.importEvents(store.exportEvents({ after: await mirror.getLastSequenceNumber() }));
  await mirror.appendEvents([deposit(1)], { expectedVersion: 5 });
});

test("a part is exported between appends", async () => {
  const store = await filled(5);
  const lines = (await textOf(store.exportEvents({ after: 3, to: 7 }))).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.map(({ firstSequenceNumber }) => firstSequenceNumber), [undefined, 3, 5, undefined]);
  assert.deepEqual(lines[0].after, await store.head(2));
  assert.deepEqual(lines.at(-1).end, await store.head(6));
  assert.equal((await rejection(textOf(store.exportEvents({ after: 11 })))).code, "log_rewound");
});

test("another history is refused with the place where it begins", async () => {
  const [store, other] = [await filled(3), await filled(2)];
  const refused = await rejection(other.importEvents(store.exportEvents()));
  assert.deepEqual([refused.code, refused.sequenceNumber], ["log_diverged", 1]);
  assert.equal(await other.getLastSequenceNumber(), 4);
});

test("what is altered, cut off or no export is refused and names the line", async () => {
  const text = await readFile(golden, "utf8");
  const lines = text.split("\n");
  const bytes = new TextEncoder().encode(text);
  // In the middle of a character of two bytes.
  const cut = bytes.findIndex((byte, at) => byte > 0x7f && at > 200) + 1;
  for (const [source, field, exportFault] of [
    [text.replace("10.00", "90.00"), "line 3.link", "altered"],
    [lines.slice(0, 4).join("\n"), "line 5", "incomplete"],
    [`${lines.slice(0, 4).join("\n")}\n`, "line 5", "incomplete"],
    [lines.slice(0, 4).join("\n").slice(0, -9), "line 4", "incomplete"],
    [`${lines.slice(0, 4).join("\n").slice(0, -9)}\n`, "line 4", "altered"],
    ["", "line 1", "incomplete"],
    ["{}", "line 1", "not_an_export"],
    ["a letter", "line 1", "not_an_export"],
    [new Blob([new Uint8Array([0x7b, 0xff, 0xfe])]), "source", "altered"],
    [new Blob([new Uint8Array([0x1f, 0x8b, 0x08])]), "source", "not_an_export"],
    [new Blob([bytes.slice(0, cut)]), "source", "incomplete"],
  ]) {
    const store = await openStore();
    const refused = await rejection(store.importEvents(source));
    assert.equal(refused.code, "invalid_argument", refused.message);
    assert.ok(refused.field.startsWith(field), `${refused.field} is not ${field}`);
    assert.equal(refused.exportFault, exportFault, refused.message);
    assert.equal(await store.getLastSequenceNumber(), 0);
    const { imported, skipped, head } = refused.progress;
    assert.deepEqual([imported, skipped, head], [0, 0, await store.head()]);
  }
  const later = await rejection((await openStore()).importEvents(text.replace('"foldlogExport":1', '"foldlogExport":2')));
  assert.equal(later.code, "unsupported_format");
});

test("bad arguments are refused", async () => {
  const store = await openStore();
  for (const source of [undefined, null, 5, {}, [], new Uint8Array(3)]) {
    assert.equal((await rejection(store.importEvents(source))).code, "invalid_argument");
  }
  async function* numbers() {
    yield 5;
  }
  assert.equal((await rejection(store.importEvents(numbers()))).field, "source");
  assert.equal((await rejection(store.importEvents("", { progress: 1 }))).field, "options.progress");
  for (const after of [-1, 1.5, "1", Number.NaN]) {
    assert.equal((await rejection(textOf(store.exportEvents({ after })))).field, "after");
  }
  assert.equal((await rejection(textOf(store.exportEvents({ until: 1 })))).field, "options.until");
});

test("an import ends with its signal, also while its source hangs, and goes on later", async () => {
  const source = await filled(2_000);
  const text = await textOf(source.exportEvents());
  const store = await openStore();
  const stop = new AbortController();
  let cancelled = false;
  const hanging = new ReadableStream({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text.slice(0, text.length / 2))),
    cancel: () => {
      cancelled = true;
    },
  });
  const importing = store.importEvents(hanging, { signal: stop.signal, onProgress: () => setTimeout(() => stop.abort(new Error("enough")), 20) });
  const refused = await rejection(importing);
  assert.equal(refused.code, "aborted");
  assert.equal(refused.cause.message, "enough");
  assert.ok(cancelled, "the source is let go");
  assert.ok((await store.getLastSequenceNumber()) > 0, "something was stored");
  const { progress } = refused;
  assert.deepEqual([progress.imported, progress.skipped, progress.head], [await store.getLastSequenceNumber(), 0, await store.head()]);
  assert.ok(progress.read > 0);
  const early = await rejection(store.importEvents(text, { signal: AbortSignal.abort() }), "aborted");
  assert.equal(early.progress, undefined);
  const { imported, skipped } = await store.importEvents(text);
  assert.equal(imported + skipped, 4_000);
  assert.ok(skipped > 0);
  assert.deepEqual(await store.getEvents(), await source.getEvents());
});

test("a source that comes at once is taken piece by piece", async () => {
  const source = await filled(2_000);
  const text = await textOf(source.exportEvents());
  const store = await openStore();
  const seen = [];
  await store.importEvents(text, { onProgress: ({ imported }) => seen.push(imported) });
  assert.equal(seen.at(-1), 4_000);
  assert.ok(seen.length > 3, `${seen.length} reports of ${text.length} characters`);
  const stop = new AbortController();
  const other = await openStore();
  const refused = await rejection(other.importEvents(text, { signal: stop.signal, onProgress: () => stop.abort() }));
  assert.equal(refused.code, "aborted");
  assert.ok((await other.getLastSequenceNumber()) < 2_000, "it went on after it was aborted");
});

test("an import that fails says how far it came; a log that takes imports only says so", async () => {
  const source = await filled(2_000);
  const lines = (await textOf(source.exportEvents())).split("\n");
  lines[1_800] = lines[1_800].replace('"eventData"', '"eventdata"');
  const store = await openStore();
  assert.equal((await store.health()).isMirror, false);
  const changes = store.healthChanges();
  await changes.next();
  const failed = await rejection(store.importEvents(lines.join("\n")), "invalid_argument", { exportFault: "altered" });
  assert.ok(failed.progress.imported > 1_000, JSON.stringify(failed.progress));
  assert.deepEqual(failed.progress.head, await store.head());
  assert.equal((await changes.next()).value.isMirror, true);
  const again = await rejection(store.importEvents(lines.join("\n")), "invalid_argument");
  assert.deepEqual([again.progress.imported, again.progress.skipped], [0, failed.progress.imported]);
  await store.importEvents(source.exportEvents());
  assert.equal((await changes.next()).value.isMirror, false);
  await changes.return();
  const diverged = await rejection((await filled(2)).importEvents(source.exportEvents()), "log_diverged");
  assert.deepEqual([diverged.progress.imported, diverged.progress.skipped], [0, 0]);
});

test("imports at once all succeed", async () => {
  const source = await filled(2_000);
  const text = await textOf(source.exportEvents());
  const store = await openStore();
  async function* slowly(piece) {
    for (let at = 0; at < text.length; at += piece) {
      yield text.slice(at, at + piece);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }
  const ended = await Promise.all([90_000, 130_000, 200_000].map((piece) => store.importEvents(slowly(piece))));
  for (const { imported, skipped, head } of ended) assert.deepEqual([imported + skipped, head], [4_000, await store.head()]);
  assert.equal(ended.reduce((sum, { imported }) => sum + imported, 0), 4_000);
  assert.deepEqual(await store.getEvents(), await source.getEvents());
  await store.appendEvent(deposit(1), { expectedVersion: "any" });
});

test("what onProgress throws passes through", async () => {
  const store = await openStore();
  const own = new Error("mine");
  const text = await readFile(golden, "utf8");
  const thrown = await store.importEvents(text, { onProgress: () => { throw own; } }).catch((error) => error);
  assert.equal(thrown, own);
});
