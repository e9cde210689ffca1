// Uses all that a store offers on a log that may be damaged, and holds each answer against a model of what was appended.
//
// model: { events, places: the head at each sequence number from 0 on, receipts: [[eventId, receipt]], snapshots: [[aggregateId, state, its sequence number]],
//          checkpoints: [[name, cursor]], lines: of the whole export }

/** What takes longer counts as hanging, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Asks everything that reads. Each answer is `{ kind, count, code, sequenceNumber, detail }`, where `count` says how many items came, and
 * `kind` is one of
 *
 * - `right`: what the model says
 * - `refused`: an error of the store, after what the model says begins with
 * - `short`: what the model says begins with, as if that were all
 * - `wrong`: anything else; `broken`: an error that is not the store's; `hung`
 */
export async function askAll(store, FoldlogError, model, length) {
  const answers = {};
  for (const [name, expected, ask] of questions(model, length)) answers[name] = await judge(FoldlogError, expected, ask(store));
  return answers;
}

function* questions(model, length) {
  const events = model.events.slice(0, length);
  const head = length === model.events.length ? model.head : model.places[length];
  yield ["log", events, (store) => store.events()];
  yield ["backward", events.toReversed(), (store) => all(store.getEvents({ direction: "backward" }))];
  for (const id of distinct(model.events, "aggregateId")) {
    const own = events.filter((event) => event.aggregateId === id);
    yield [`aggregate ${id}`, own, (store) => all(store.getEventsByAggregate(id))];
    yield [`version ${id}`, [own.length], (store) => one(store.getAggregateVersion(id))];
  }
  for (const type of distinct(model.events, "eventType")) {
    const own = events.filter((event) => event.eventType === type);
    yield [`type ${type}`, own, (store) => all(store.getEvents({ eventTypes: [type] }))];
  }
  yield ["last", [length], (store) => one(store.getLastSequenceNumber())];
  yield ["head", [head], (store) => one(store.head())];
  for (let at = 0; at < length; at += 1) yield [`place ${at}`, [model.places[at]], (store) => one(store.head(at))];
  for (const [id, receipt] of model.receipts) {
    const expected = receipt.lastSequenceNumber <= length ? receipt : undefined;
    yield [`append with ${id}`, [expected], (store) => one(store.findAppend(id))];
  }
  for (const [id, state, at] of model.snapshots) {
    yield [`snapshot of ${id}`, [at <= length ? state : undefined], (store) => one(store.getSnapshot(id).then((snapshot) => snapshot?.data))];
  }
  for (const [name, cursor] of model.checkpoints) yield [`checkpoint ${name}`, [cursor], (store) => one(store.getCheckpoint(name))];
  yield ["subscription", events, (store) => untilCaughtUp(store)];
  if (length === model.events.length) yield ["export", model.lines, (store) => linesOf(store.exportEvents())];
}

function distinct(events, member) {
  return new Set(events.map((event) => event[member]));
}

/** Judges what comes against what is expected. */
export async function judge(FoldlogError, expected, answers) {
  const wanted = expected.map((item) => JSON.stringify(item));
  const got = [];
  const fits = () => got.length <= wanted.length && got.every((item, at) => item === wanted[at]);
  const take = async () => {
    for await (const item of answers) got.push(JSON.stringify(item));
  };
  try {
    await within(take());
  } catch (error) {
    const { code, sequenceNumber, outcome } = error;
    const kind = error === HUNG ? "hung" : !FoldlogError.is(error) ? "broken" : fits() ? "refused" : "wrong";
    return { kind, count: got.length, code, sequenceNumber, outcome, detail: `${error.message}`.slice(0, 300) };
  }
  if (fits()) return { kind: got.length === wanted.length ? "right" : "short", count: got.length };
  const at = got.findIndex((item, index) => item !== wanted[index]);
  return { kind: "wrong", isSomething: got[at] !== undefined, count: got.length, detail: `${got[at]?.slice(0, 200)} instead of ${wanted[at]?.slice(0, 200)}` };
}

const HUNG = new Error("it hangs");

function within(promise) {
  let timer;
  const late = new Promise((_, reject) => (timer = setTimeout(() => reject(HUNG), PATIENCE)));
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

export async function* one(promise) {
  yield await promise;
}

async function* all(promise) {
  yield* await promise;
}

async function* untilCaughtUp(store) {
  for await (const page of store.subscribe({}, { after: 0 }).pages()) {
    yield* page;
    if (page.caughtUp) break;
  }
}

/** The lines of an export as they come. */
export async function* linesOf(stream) {
  let rest = "";
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    yield* lines;
  }
  if (rest !== "") throw new Error("an export ends within a line");
}
