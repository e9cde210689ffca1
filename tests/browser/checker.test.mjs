import assert from "node:assert/strict";
import { test } from "node:test";

import { check, checkSubscription, countByRule } from "./checker.mjs";

const epoch = "e";

/** A good history: three appends by two clients, one conflict between the second and the third. */
function history() {
  const log = [
    stored(1, "a", 1, ["tab1", 1, 0, 2]),
    stored(2, "b", 1, ["tab1", 1, 1, 2]),
    stored(3, "a", 2, ["tab2", 1, 0, 1]),
    stored(4, "a", 3, ["tab1", 2, 0, 1]),
  ];
  const calls = [
    call("tab1", 1, ["id1", "id2"], ["a", "b"], [["a", 0], ["b", 0]], 0, receipt(1, 2, { a: 1, b: 1 })),
    call("tab2", 1, ["id3"], ["a"], [["a", 1]], 2, receipt(3, 3, { a: 2 })),
    call("tab2", 2, ["id9"], ["a"], [["a", 1]], 3, { conflicts: [{ aggregateId: "a", expected: 1, actual: 2 }], knownAfter: 4 }),
    call("tab1", 2, ["id4"], ["a"], [["a", 2]], 2, receipt(4, 4, { a: 3 })),
  ];
  return { calls, log };
}

function stored(sequenceNumber, aggregateId, aggregateVersion, origin) {
  return { sequenceNumber, id: `id${sequenceNumber}`, aggregateId, aggregateVersion, recordedAt: `2026-01-01T00:00:0${sequenceNumber}.000Z`, origin };
}

function call(client, number, ids, aggregates, expected, knownBefore, answer) {
  return { client, call: number, ids, aggregates, expected, knownBefore, answer };
}

function receipt(first, last, versions) {
  const head = { epoch, sequenceNumber: last, link: `link${last}` };
  return { receipt: { firstSequenceNumber: first, lastSequenceNumber: last, versions, head, replayed: false } };
}

/** Changes the good history and expects exactly these rules to be violated. */
function finds(name, rules, change) {
  test(name, () => {
    const bad = history();
    change(bad);
    assert.deepEqual(Object.keys(countByRule(check(bad))).sort(), [...rules].sort(), JSON.stringify(check(bad)));
  });
}

finds("a good history is good", [], () => {});
finds("an unanswered append may be there or not", [], ({ calls }) => {
  delete calls[3].answer;
  calls.push(call("tab2", 3, ["id10"], ["b"], [["b", 1]], 4, undefined));
});
finds("an unreported append may be there", [], ({ calls }) => calls.pop());
finds("an acknowledged append is missing at the end", ["lost"], ({ log }) => log.pop());
finds("an acknowledged append was overwritten by another one", ["lost"], ({ log }) => {
  log[2] = { ...log[2], id: "id8", origin: ["tab3", 1, 0, 1] };
});
finds("half of an acknowledged append is missing", ["lost", "partial", "versions", "sequence", "receipt", "expectation"], ({ log }) => log.shift());
finds("an unreported append is there in part", ["partial"], ({ log }) => log.push(stored(5, "b", 2, ["tab3", 1, 0, 3])));
finds("an append is torn apart", ["partial"], ({ log, calls }) => {
  calls.length = 0;
  [log[1], log[2]] = [stored(2, "a", 2, ["tab2", 1, 0, 1]), stored(3, "b", 1, ["tab1", 1, 1, 2])];
});
finds("a gap in the sequence numbers", ["sequence"], ({ log, calls }) => {
  calls.pop();
  log[3] = { ...log[3], sequenceNumber: 5 };
});
finds("a gap in the versions", ["versions"], ({ log }) => (log[3] = { ...log[3], aggregateVersion: 4 }));
finds("an event that is stored twice", ["doubled"], ({ log, calls }) => {
  calls.pop();
  log.push({ ...stored(5, "a", 4, ["tab3", 1, 0, 1]), id: "id4" });
});
finds("a clock that goes back", ["recorded-at"], ({ log }) => (log[3] = { ...log[3], recordedAt: "2025-12-31T00:00:00.000Z" }));
finds("a conflict although it was stored", ["rejected"], ({ calls }) => {
  calls[2].ids = ["id3"];
});
finds("not committed, but stored", ["rejected"], ({ calls }) => (calls[3].answer = { error: "quota_exceeded", outcome: "not_committed" }));
finds("an unknown outcome may be either", [], ({ calls }) => (calls[3].answer = { error: "storage_unavailable", outcome: "unknown" }));
finds("a conflict with a version that the aggregate never had then", ["conflict"], ({ calls }) => (calls[2].answer.conflicts[0].actual = 7));
finds("a conflict with a version of before the call", ["conflict"], ({ calls }) => {
  calls[2].expected = [["a", 2]];
  calls[2].answer.conflicts = [{ aggregateId: "a", expected: 2, actual: 1 }];
});
finds("a conflict with a version of after the answer", ["conflict"], ({ calls }) => {
  calls[2].answer.conflicts[0].actual = 3;
  calls[2].answer.knownAfter = 3;
});
finds("a conflict with what was expected", ["conflict"], ({ calls }) => {
  calls[2].expected = [["a", 2]];
  calls[2].answer.conflicts = [{ aggregateId: "a", expected: 2, actual: 2 }];
});
finds("a conflict that leaves out another one", ["conflict"], ({ calls }) => calls[2].expected.push(["b", 0]));
finds("two conflicts that were never true together", ["conflict"], ({ calls, log }) => {
  log.push(stored(5, "b", 2, ["tab3", 1, 0, 1]));
  calls[2].expected.push(["b", 0]);
  calls[2].answer.conflicts.push({ aggregateId: "b", expected: 0, actual: 2 });
  calls[2].answer.knownAfter = 5;
});
finds("an expectation that was not checked", ["expectation"], ({ calls }) => (calls[3].expected = [["a", 1]]));
finds("a receipt with the wrong place", ["receipt"], ({ calls }) => {
  calls[1].answer = receipt(3, 4, { a: 3 });
  calls.pop();
});
finds("a receipt with the wrong version", ["receipt"], ({ calls }) => (calls[1].answer.receipt.versions.a = 3));
finds("an append before what was known", ["order"], ({ calls }) => (calls[3].knownBefore = 4));
finds("appends of one client out of order", ["order"], ({ calls }) => ([calls[0].call, calls[3].call] = [2, 1]));
finds("a replay that was none", ["receipt"], ({ calls }) => (calls[3].answer.receipt.replayed = true));
finds("a replay of what was not committed", ["receipt"], ({ calls }) => {
  calls[3].attempts = 2;
  calls[3].answer.receipt.replayed = true;
});
finds("a replay after an unknown outcome is one", [], ({ calls }) => {
  Object.assign(calls[3], { attempts: 2, mayBeReplay: true });
  calls[3].answer.receipt.replayed = true;
});
finds("two histories with the same numbers", ["fork", "lost"], ({ calls }) => {
  const answer = receipt(4, 4, { a: 3 });
  answer.receipt.head.link = "other";
  calls.push(call("tab2", 3, ["id11"], ["a"], [["a", 2]], 3, answer));
});
finds("two appends with numbers in common", ["overlap", "lost"], ({ calls }) => {
  calls.push(call("tab3", 1, ["id11", "id12", "id13"], ["a"], [["a", 1]], 2, receipt(3, 5, { a: 4 })));
});

test("a subscription gives the log once and in order", () => {
  const { log } = history();
  const seen = log.map((event) => [event.sequenceNumber, event.id]);
  assert.deepEqual(checkSubscription("tab", seen, log), []);
  const bad = [
    ["one is missing at the end", seen.slice(0, -1)],
    ["one is missing in the middle", seen.toSpliced(1, 1)],
    ["one comes twice", seen.toSpliced(1, 0, seen[0])],
    ["two are swapped", [seen[1], seen[0], ...seen.slice(2)]],
    ["one is another event", seen.with(2, [3, "other"])],
    ["one is too many", [...seen, [5, "id5"]]],
  ];
  for (const [name, deliveries] of bad) assert.equal(checkSubscription("tab", deliveries, log).length, 1, name);
});
