// Says whether what clients were told agrees with the log as it was read back. Pure functions.
//
// A call, as a client reports it:
//   { client, call,                number `call` of the calls of that client, in the order in which they were made
//     ids, aggregates,             of the events, in order
//     expected,                    [[aggregateId, version], …]: the exact versions that were expected
//     knownBefore,                 a sequence number that the client knew to be in the log before it called
//     attempts,                    how often it was sent, always with the same ids; 1 if absent
//     mayBeReplay,                 whether an earlier attempt ended with an unknown outcome
//     answer }                     one of
//       { receipt: { firstSequenceNumber, lastSequenceNumber, versions, head, replayed } }
//       { conflicts: [{ aggregateId, expected, actual }], knownAfter }    knownAfter: the head, read after the answer
//       { error, outcome }         any other error: its code and its outcome
//       nothing: the client was gone before it came
//
// An event of the log: { sequenceNumber, id, aggregateId, aggregateVersion, recordedAt, origin: [client, call, index, count] },
// where the origin is what the writer put into the payload, so that an append is known as a whole even if nobody reported it.

/** Every way in which the log and the reports do not fit: `{ rule, message }`; none if all is well. */
export function check({ calls, log }) {
  const violations = [];
  const report = (rule, message) => violations.push({ rule, message });
  const index = indexOf(log);
  checkLog(log, report);
  checkWhole(log, report);
  for (const call of calls) checkCall(call, index, report);
  checkOrder(calls, report);
  checkHeads(calls, report);
  return violations;
}

/** Every way in which what a subscription gave, `[sequenceNumber, id]` in order, is not the log from its beginning on. */
export function checkSubscription(name, seen, log) {
  const violations = [];
  const report = (message) => violations.push({ rule: "subscription", message: `${name}: ${message}` });
  for (let at = 0; at < Math.max(seen.length, log.length); at += 1) {
    const [sequenceNumber, id] = seen[at] ?? [];
    const event = log[at];
    if (event && sequenceNumber === event.sequenceNumber && id === event.id) continue;
    report(`delivery ${at + 1} is ${sequenceNumber ?? "missing"} (${id}), the log has ${event?.sequenceNumber ?? "nothing"} (${event?.id})`);
    break;
  }
  return violations;
}

/** How often each rule was violated. */
export function countByRule(violations) {
  const counts = {};
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

function indexOf(log) {
  const byId = new Map();
  const sequencesByAggregate = new Map();
  const ends = [];
  log.forEach((event, at) => {
    byId.set(event.id, event);
    const sequences = sequencesByAggregate.get(event.aggregateId) ?? [];
    sequences.push(event.sequenceNumber);
    sequencesByAggregate.set(event.aggregateId, sequences);
    if (!isSameAppend(event, log[at + 1])) ends.push(event.sequenceNumber);
  });
  /** The version that the aggregate had when the log ended at `sequenceNumber`. */
  const versionAt = (aggregateId, sequenceNumber) => {
    const sequences = sequencesByAggregate.get(aggregateId) ?? [];
    return firstAbove(sequences, sequenceNumber);
  };
  return { byId, ends, versionAt, last: log.at(-1)?.sequenceNumber ?? 0 };
}

/** How many of the ascending numbers are at or below the limit. */
function firstAbove(numbers, limit) {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSameAppend(event, next) {
  return next !== undefined && event.origin[0] === next.origin[0] && event.origin[1] === next.origin[1];
}

function checkLog(log, report) {
  const ids = new Set();
  const versions = new Map();
  let recordedAt = "";
  log.forEach((event, at) => {
    const where = `sequence number ${event.sequenceNumber}`;
    if (event.sequenceNumber !== at + 1) report("sequence", `event ${at + 1} of the log has ${where}`);
    if (ids.has(event.id)) report("doubled", `${where}: the id ${event.id} is stored a second time`);
    ids.add(event.id);
    const version = (versions.get(event.aggregateId) ?? 0) + 1;
    if (event.aggregateVersion !== version) {
      report("versions", `${where}: ${event.aggregateId} has version ${event.aggregateVersion} after ${version - 1}`);
    }
    versions.set(event.aggregateId, event.aggregateVersion);
    if (event.recordedAt < recordedAt) report("recorded-at", `${where}: ${event.recordedAt} after ${recordedAt}`);
    recordedAt = event.recordedAt;
  });
}

/** Appends are in the log whole, each in one piece and once. */
function checkWhole(log, report) {
  const complete = new Set();
  let at = 0;
  while (at < log.length) {
    const [client, call, , count] = log[at].origin;
    const name = `append ${client}/${call}`;
    const begin = at;
    while (at < log.length && log[at].origin[0] === client && log[at].origin[1] === call) at += 1;
    const found = log.slice(begin, at).map((event) => event.origin[2]);
    if (found.length !== count || found.some((index, position) => index !== position)) {
      report("partial", `${name} at ${log[begin].sequenceNumber} holds its events ${found.join(",")} of ${count}`);
    }
    if (complete.has(name)) report("partial", `${name} stands in the log in more than one place, again at ${log[begin].sequenceNumber}`);
    complete.add(name);
  }
}

function checkCall(call, index, report) {
  const { answer } = call;
  if (!answer) return;
  const name = `${call.client}/${call.call}`;
  if (answer.receipt) checkReceipt(name, call, answer.receipt, index, report);
  else if (answer.conflicts) checkConflicts(name, call, answer, index, report);
  else if (answer.outcome === "committed") checkStored(name, call, index, report);
  const isRejected = answer.conflicts !== undefined || answer.outcome === "not_committed";
  const stored = call.ids.find((id) => index.byId.has(id));
  if (isRejected && stored !== undefined) {
    const place = index.byId.get(stored).sequenceNumber;
    report("rejected", `${name} was rejected (${answer.error ?? "conflict"}), but its event ${stored} stands at ${place}`);
  }
}

function checkStored(name, call, index, report) {
  const lost = call.ids.filter((id) => !index.byId.has(id));
  if (lost.length > 0) report("lost", `${name} was acknowledged, but ${lost.length} of its ${call.ids.length} events are not in the log`);
  return lost.length === 0;
}

function checkReceipt(name, call, receipt, index, report) {
  if (!checkStored(name, call, index, report)) return;
  const { firstSequenceNumber: first, lastSequenceNumber: last } = receipt;
  const stored = call.ids.map((id) => index.byId.get(id));
  const isInPlace = stored.every((event, at) => event.sequenceNumber === first + at) && last === first + stored.length - 1;
  if (!isInPlace) {
    report("receipt", `${name} says ${first}..${last}, its events stand at ${stored.map((event) => event.sequenceNumber).join(",")}`);
  }
  if (stored.some((event, at) => event.aggregateId !== call.aggregates[at])) report("receipt", `${name} was stored in other aggregates`);
  if (receipt.head.sequenceNumber !== last) report("receipt", `${name} ends at ${last}, its head says ${receipt.head.sequenceNumber}`);
  for (const [aggregateId, version] of Object.entries(receipt.versions)) {
    const actual = index.versionAt(aggregateId, last);
    if (version !== actual) report("receipt", `${name} says that ${aggregateId} has version ${version}, at ${last} it has ${actual}`);
  }
  for (const [aggregateId, version] of call.expected) {
    const actual = index.versionAt(aggregateId, first - 1);
    if (version !== actual) report("expectation", `${name} expected ${aggregateId} at ${version} and was accepted at ${actual}`);
  }
  if (first <= call.knownBefore) report("order", `${name} stands at ${first}, but ${call.knownBefore} was known before the call`);
  if (receipt.replayed && !call.mayBeReplay) report("receipt", `${name} is called a replay, but was not stored before by all that was said`);
}

/** A conflict is true if one place of the log, between the call and its answer, explains all of it. */
function checkConflicts(name, call, { conflicts, knownAfter }, index, report) {
  const actual = new Map(conflicts.map((conflict) => [conflict.aggregateId, conflict.actual]));
  const expected = new Map(call.expected);
  if (conflicts.length === 0 || actual.size !== conflicts.length) report("conflict", `${name} lists no conflict, or one of them twice`);
  for (const conflict of conflicts) {
    const { aggregateId } = conflict;
    if (conflict.expected !== expected.get(aggregateId)) report("conflict", `${name}: ${aggregateId} was not expected at ${conflict.expected}`);
    if (conflict.expected === conflict.actual) report("conflict", `${name}: ${aggregateId} is expected and actually at ${conflict.actual}`);
  }
  const explains = (place) =>
    call.expected.every(([aggregateId, version]) => index.versionAt(aggregateId, place) === (actual.get(aggregateId) ?? version));
  const end = knownAfter ?? index.last;
  const places = index.ends.slice(firstAbove(index.ends, call.knownBefore), firstAbove(index.ends, end));
  if (![call.knownBefore, ...places].some(explains)) {
    const told = conflicts.map((conflict) => `${conflict.aggregateId} at ${conflict.actual} instead of ${conflict.expected}`).join(", ");
    report("conflict", `${name}: no place between ${call.knownBefore} and ${end} has ${told}`);
  }
}

/** What one client appended stands in the order of its calls. */
function checkOrder(calls, report) {
  const latest = new Map();
  const accepted = calls.filter((call) => call.answer?.receipt && (call.attempts ?? 1) === 1);
  accepted.sort((left, right) => left.call - right.call);
  for (const { client, call, answer } of accepted) {
    const before = latest.get(client);
    const first = answer.receipt.firstSequenceNumber;
    if (before && before.first >= first) report("order", `${client}/${call} stands at ${first}, before ${client}/${before.call} at ${before.first}`);
    latest.set(client, { call, first });
  }
}

/** No two receipts give one sequence number different links, and none of two appends has a number of the other. */
function checkHeads(calls, report) {
  const receipts = [];
  const links = new Map();
  for (const { client, call, answer } of calls) {
    const { firstSequenceNumber: first, lastSequenceNumber: last, head } = answer?.receipt ?? {};
    if (!head) continue;
    const name = `${client}/${call}`;
    const known = links.get(head.sequenceNumber);
    if (known && (known.link !== head.link || known.epoch !== head.epoch)) {
      report("fork", `${name} has another link at ${head.sequenceNumber} than ${known.name}`);
    }
    links.set(head.sequenceNumber, { ...head, name });
    receipts.push({ first, last, name });
  }
  receipts.sort((left, right) => left.first - right.first || left.last - right.last);
  receipts.reduce((before, next) => {
    const isSame = next.first === before.first && next.last === before.last;
    if (next.first <= before.last && !isSame) {
      report("overlap", `${next.name} has ${next.first} to ${next.last}, ${before.name} has ${before.first} to ${before.last}`);
    }
    return next.last > before.last ? next : before;
  }, { first: 0, last: 0, name: "" });
}
