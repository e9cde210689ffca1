import assert from "node:assert/strict";
import { test } from "node:test";

import { EventStore, memory, remote } from "../../pkg/dist/index.node.js";
import { problem, serve } from "./remote-server.mjs";
import { deposit, rejection } from "./support.mjs";

const ID = "01932f5a-0001-7abc-8def-0123456789ab";

/** A server and a store on it, both let go at the end of the test. */
async function open(context, { answer, ...options } = {}) {
  const server = await serve(answer);
  const store = await EventStore.open(remote(`${server.url}/`, { log: "a log", token: "good", ...options }));
  context.after(async () => {
    await store.close();
    await server.stop();
  });
  return { server, store };
}

/** Answers the first requests to a path in the server's place. */
function first(path, answers) {
  return (asked) => (asked.path === path && asked.method !== "PUT" ? answers.shift() : undefined);
}

test("a log on a server is used like any other", async (context) => {
  const { server, store } = await open(context);
  const receipt = await store.appendEvents([deposit(5), deposit(7, { aggregateId: "é/.." })], {
    expectedVersions: { w1: 0, "é/..": "any" },
  });
  assert.equal(receipt.durability, "remote");
  assert.deepEqual({ ...receipt.versions }, { w1: 1, "é/..": 1 });
  assert.equal(await store.getAggregateVersion("é/.."), 1);
  const events = await store.getEvents();
  assert.deepEqual(events.map((event) => event.eventData.cents), [5, 7]);
  assert.deepEqual(await store.getEventsByAggregate("é/.."), [events[1]]);
  assert.deepEqual(await store.head(), receipt.head);
  assert.deepEqual(await store.verify(), await server.store.verify());
  await store.saveCheckpoint("mailer", { to: `${receipt.head.epoch}:2:${receipt.head.link}` });
  assert.equal(await store.getCheckpoint("mailer"), `${receipt.head.epoch}:2:${receipt.head.link}`);
  const { headers } = server.requests.at(-1);
  assert.equal(headers.authorization, "Bearer good");
  assert.ok(server.requests.every(({ query }) => !JSON.stringify(query).includes("good")));
  const health = await store.health();
  assert.deepEqual([health.backend, health.durability, health.handle, health.hints], ["remote", "remote", "open", []]);
});

test("errors of the server have their fields", async (context) => {
  const { store } = await open(context);
  await store.appendEvent(deposit(5, { id: ID }), { expectedVersion: 0 });
  const conflict = await rejection(store.appendEvent(deposit(5), { expectedVersion: 0 }), "concurrency_conflict", {
    outcome: "not_committed",
    retryable: false,
  });
  assert.deepEqual(conflict.conflicts, [{ aggregateId: "w1", expected: 0, actual: 1 }]);
  await rejection(store.appendEvent(deposit(6, { id: ID }), { expectedVersion: 1 }), "duplicate_event", { eventId: ID, sequenceNumber: 1 });
  const mismatch = store.appendEvent(deposit(6, { aggregateType: "purse" }), { expectedVersion: 1 });
  await rejection(mismatch, "aggregate_type_mismatch", { aggregateId: "w1", actual: "wallet", given: "purse" });
  await rejection(store.saveCheckpoint("c", { from: `${ID}:1:${"a".repeat(64)}`, to: `${ID}:1:${"a".repeat(64)}` }), "checkpoint_conflict");
});

test("the token callback is asked once, and again when the server refuses what it gave", async (context) => {
  const given = ["old", "good"];
  let asked = 0;
  const { store } = await open(context, {
    token: async () => given[Math.min(asked++, 1)],
  });
  await store.head();
  await store.appendEvent(deposit(1), { expectedVersion: 0 });
  assert.equal(asked, 2);
});

test("a token that is not good, or none, is told", async (context) => {
  const server = await serve();
  context.after(() => server.stop());
  let asked = 0;
  const opened = (token) => EventStore.open(remote(server.url, { log: "a log", token }));
  await rejection(opened("bad"), "unauthenticated", { retryable: false });
  const callback = () => {
    asked += 1;
    return "bad";
  };
  await rejection(opened(callback), "unauthenticated");
  assert.equal(asked, 2);
  const count = server.requests.length;
  const thrown = new Error("logged out");
  const error = await rejection(
    opened(() => {
      throw thrown;
    }),
    "unauthenticated",
  );
  assert.equal(error.cause.cause, thrown);
  await rejection(opened(() => 7), "unauthenticated");
  assert.equal(server.requests.length, count, "nothing was sent without a token");
});

test("a token callback that never answers holds nothing up", async (context) => {
  const given = ["good", new Promise(() => {}), "good"];
  const { store } = await open(context, {
    timeout: 200,
    token: () => given.shift(),
    answer: first("/append", [[401, problem("unauthenticated")]]),
  });
  await rejection(store.appendEvent(deposit(1), { expectedVersion: 0 }), "unauthenticated", { outcome: "not_committed" });
  assert.equal((await store.appendEvent(deposit(1), { expectedVersion: 0 })).firstSequenceNumber, 1);
  assert.equal(given.length, 0, "it was asked again");
});

test("an append is sent again with the same ids until it is answered, and Retry-After is kept", async (context) => {
  const answers = [
    [429, problem("rate_limited"), { "retry-after": "1" }],
    [502, "<html>"],
    [503, problem("closed")],
  ];
  const { server, store } = await open(context, { answer: first("/append", answers) });
  const begun = Date.now();
  const receipt = await store.appendEvent(deposit(1), { expectedVersion: 0 });
  assert.ok(Date.now() - begun >= 1_000);
  assert.deepEqual([receipt.firstSequenceNumber, receipt.replayed], [1, false]);
  const sent = server.requests.filter(({ path }) => path === "/append").map(({ body }) => body);
  assert.equal(sent.length, 4);
  assert.equal(new Set(sent).size, 1);
});

test("a connection that breaks, an answer that is cut and one that does not come are lost answers", async (context) => {
  const answer = (asked, count, response) => {
    if (asked.path !== "/head") return undefined;
    const broken = [
      () => response.destroy(),
      () => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"epoch":');
        setTimeout(() => response.destroy(), 20);
      },
      () => undefined,
    ].at(count - 2);
    broken?.();
    return broken ? "done" : undefined;
  };
  const { server, store } = await open(context, { answer, timeout: 300 });
  assert.equal((await store.head()).sequenceNumber, 0);
  assert.equal(server.requests.filter(({ path }) => path === "/head").length, 4);
});

test("what stays unanswered until the deadline is told with its outcome", async (context) => {
  const { server, store } = await open(context, { deadline: 400, timeout: 200 });
  const told = [];
  for await (const health of store.healthChanges()) {
    told.push([health.handle, health.lastError]);
    if (told.length === 1) {
      await server.stop();
      await rejection(store.appendEvent(deposit(1), { expectedVersion: 0 }), "network", { outcome: "unknown", retryable: true });
    } else break;
  }
  assert.deepEqual(told, [["open", null], ["lost", "network"]]);
});

test("an answer that is none of the protocol's is told", async (context) => {
  const { store } = await open(context, { answer: first("/head", [[200, "<html>"], [404, "<html>"], [302, "", { location: "http://127.0.0.1:1/" }]]) });
  await rejection(store.head(), "protocol", { retryable: false });
  await rejection(store.head(), "protocol");
});

test("a redirect is not followed: the token is for this server", async (context) => {
  const { server, store } = await open(context, {
    deadline: 100,
    answer: (asked) => (asked.path === "/head" ? [307, "", { location: "/v1/logs/a%20log/elsewhere" }] : undefined),
  });
  await rejection(store.head(), "network");
  assert.ok(server.requests.every(({ path }) => path !== "/elsewhere"));
});

test("a subscription hears of what others append, over one stream", async (context) => {
  const { server, store } = await open(context);
  const seen = [];
  const both = [1, 2].map(async () => {
    for await (const event of store.subscribe()) {
      seen.push(event.eventData.cents);
      if (event.eventData.cents === 3) return;
    }
  });
  await server.store.appendEvent(deposit(1), { expectedVersion: 0 });
  const other = await EventStore.open(remote(server.url, { log: "a log", token: "good" }));
  await other.appendEvent(deposit(2), { expectedVersion: 1 });
  await other.appendEvent(deposit(3), { expectedVersion: 2 });
  await Promise.all(both);
  assert.deepEqual(seen.toSorted(), [1, 1, 2, 2, 3, 3]);
  assert.equal(server.requests.filter(({ path }) => path === "/stream").length, 1);
  await other.close();
});

test("lines of a stream that are none of the protocol's are passed over", async (context) => {
  let stream;
  const answer = (asked, _, response) => {
    if (asked.path !== "/stream") return undefined;
    stream ??= response;
    response.writeHead(200).write("\nnonsense\n{}\n");
    return "done";
  };
  const { server, store } = await open(context, { answer });
  const waiting = store.subscribe().pages();
  await waiting.next();
  const next = waiting.next();
  while (!stream) await new Promise((resolve) => setTimeout(resolve, 5));
  const { head } = await server.store.appendEvent(deposit(1), { expectedVersion: 0 });
  stream.write(`{"cursor":"${head.epoch}:1:${head.link}"}\n`);
  assert.equal((await next).value.length, 1);
  assert.equal(server.requests.filter(({ path }) => path === "/stream").length, 1);
});

test("closing ends the stream and the subscriptions", async (context) => {
  const { server, store } = await open(context);
  const waiting = store.subscribe().pages();
  await waiting.next();
  const next = waiting.next();
  while (server.streams.size === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await store.close();
  assert.equal((await next).done, true);
  while (server.streams.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  await rejection(store.head(), "closed");
});

test("a local log is pushed to a server, and then what it has more", async (context) => {
  const { server, store } = await open(context);
  const local = await EventStore.open(memory());
  await local.appendEvent(deposit(1), { expectedVersion: 0 });
  await local.appendEvent(deposit(2), { expectedVersion: 1 });
  const pushed = await store.importEvents(local.exportEvents(), { asMirror: true });
  assert.deepEqual([pushed.imported, pushed.head], [2, await local.head()]);
  await local.appendEvent(deposit(3), { expectedVersion: 2 });
  const { sequenceNumber } = await store.head();
  const more = await store.importEvents(local.exportEvents({ after: sequenceNumber }), { asMirror: true });
  assert.deepEqual([more.imported, more.skipped, more.head], [1, 0, await local.head()]);
  assert.deepEqual(await server.store.head(), await local.head());
  const steps = server.requests.filter(({ path, method }) => path === "/appends" && method === "POST");
  assert.deepEqual(steps.map(({ body }) => body.split("\n")[0]), ['{"step":"begin"}', '{"step":"continue"}']);
  assert.ok(steps.every(({ headers }) => headers["content-type"] === "application/x-ndjson"));
});

test("a head that was kept is checked when the log is opened", async (context) => {
  const { server, store } = await open(context);
  const { head } = await store.appendEvent(deposit(1), { expectedVersion: 0 });
  const opened = (expectHead) => EventStore.open(remote(server.url, { log: "a log", token: "good", create: true, expectHead }));
  await (await opened(head)).close();
  await rejection(opened({ ...head, sequenceNumber: 9 }), "log_rewound");
  await rejection(opened({ ...head, link: "0".repeat(63) + "1" }), "log_diverged");
});

test("a log that is not there is made only if that was asked for", async (context) => {
  const answer = (asked) => (asked.path === "" && asked.method === "GET" ? [404, problem("log_not_found")] : undefined);
  const server = await serve(answer);
  context.after(() => server.stop());
  await rejection(EventStore.open(remote(server.url, { log: "a log", token: "good" })), "log_not_found");
  const made = await EventStore.open(remote(server.url, { log: "a log", token: "good", create: true }));
  await made.close();
  assert.deepEqual(server.requests.map(({ method }) => method), ["GET", "GET", "PUT"]);
});

test("arguments that are no server's are refused when the log is opened", async () => {
  for (const [url, options, field] of [
    ["ftp://x", { log: "a" }, "url"],
    ["nonsense", { log: "a" }, "url"],
    ["http://u:p@x", { log: "a" }, "url"],
    ["http://x?token=1", { log: "a" }, "url"],
    ["http://x", {}, "log"],
    ["http://x", { log: 7 }, "log"],
    ["http://x", { log: "a", token: 7 }, "token"],
    ["http://x", { log: "a", timeout: 0 }, "timeout"],
    ["http://x", { log: "a", tokens: "x" }, "options.tokens"],
    ["http://x", undefined, "log"],
    ["http://x", { log: "a", create: "yes" }, "create"],
  ]) {
    await rejection(EventStore.open(remote(url, options)), "invalid_argument", { field });
  }
});
