import * as dexie from "./dexie.js";
import { batches, BIG, expectation, filling, singles } from "./events.js";
import * as foldlog from "./foldlog.js";
import * as raw from "./raw.js";

const SYSTEMS = { foldlog, dexie, raw };

globalThis.bench = { write, fill, read };

/** W1 or W2 into a new database; the milliseconds, and the bytes of JSON of an event as it is read back. */
async function write({ system, durability, workload, name }) {
  const appends = workload === "W1" ? singles() : batches();
  const store = await SYSTEMS[system].open(name, durability);
  const { milliseconds, cpu } = await timed(async () => {
    for (const append of appends) await store.append(append);
  });
  await checkStored(store, appends);
  await checkConflict(store, appends);
  const events = await store.all();
  await store.close();
  return { milliseconds, cpu, bytes: JSON.stringify(events).length / events.length };
}

/** The 100,000 events that `read` reads. */
async function fill({ system, name }) {
  const appends = filling();
  const store = await SYSTEMS[system].open(name, "relaxed");
  const start = performance.now();
  await store.fill(appends);
  const milliseconds = performance.now() - start;
  await checkStored(store, appends);
  await store.close();
  return { milliseconds, expected: expectation(appends) };
}

/** W4 or W6: the first call in this page, and the one after it. */
async function read({ system, workload, name, expected }) {
  const openStart = performance.now();
  const store = await SYSTEMS[system].open(name, "relaxed");
  const open = performance.now() - openStart;
  const times = [];
  for (let call = 0; call < 3; call += 1) {
    let found;
    const time = await timed(async () => (found = workload === "W4" ? await store.fold(BIG) : await store.all()));
    times.push(time);
    if (workload === "W4") check("fold", found, { cents: expected.big.cents, count: expected.big.count, version: expected.big.count });
    else check("read", summary(found), { count: expected.count, cents: expected.cents, outOfOrder: 0 });
  }
  await store.close();
  const [first, ...others] = times;
  return { open, first, warm: others.reduce((best, time) => (time.milliseconds < best.milliseconds ? time : best)) };
}

async function checkStored(store, appends) {
  const { count, cents } = expectation(appends);
  const events = await store.all();
  check("stored", summary(events), { count, cents, outOfOrder: 0 });
  const versions = new Map();
  for (const { aggregateId, aggregateVersion } of events) {
    check(`the version of ${aggregateId}`, aggregateVersion, (versions.get(aggregateId) ?? 0) + 1);
    versions.set(aggregateId, aggregateVersion);
  }
}

/** An append at a version that has passed, and one at a version that is not reached yet, must both fail. */
async function checkConflict(store, appends) {
  const last = appends.at(-1);
  for (const expected of [last.expected, last.expected + 10_000]) {
    const outcome = await store.append({ ...last, expected }).then(
      () => "stored",
      (error) => (store.isConflict(error) ? "conflict" : String(error)),
    );
    check(`an append that expects version ${expected}`, outcome, "conflict");
  }
}

function summary(events) {
  let [cents, outOfOrder] = [0, 0];
  events.forEach((event, index) => {
    cents += event.eventData.cents;
    if (event.sequenceNumber !== index + 1) outOfOrder += 1;
  });
  return { count: events.length, cents, outOfOrder };
}

function check(what, actual, expected) {
  const [found, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (found !== wanted) throw new Error(`${what}: ${found}, expected ${wanted}`);
}

/** The milliseconds that `work` took, and those of processor time that all processes of the browser spent meanwhile. */
async function timed(work) {
  // Lets what was done before come to rest.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = await globalThis.processorTime();
  const start = performance.now();
  await work();
  const milliseconds = performance.now() - start;
  return { milliseconds, cpu: (await globalThis.processorTime()) - before };
}
