// What a page or a worker of the tests can do, by name. Stores and subscriptions are kept by name as well.
import { succeeded } from "./requests.mjs";
import { closeHandles, faults, handles, sealedToIn, seals } from "./shims.mjs";
import { write } from "./writer.mjs";

export const stores = new Map();
const subscriptions = new Map();
const healths = new Map();
const rawDatabases = new Map();
const sealWaiters = [];
export let foldlog;
let isStopped = false;
let isReading = false;

seals.onChange = (kind, to) => {
  tell({ kind, to });
  for (const waiter of sealWaiters.splice(0)) waiter();
};
faults.onHeld = () => tell({ kind: "held" });

export function tell(report) {
  // Nobody listens in tests that need no reports.
  return globalThis.report?.(report);
}

export function storeOf({ store = "main" }) {
  const found = stores.get(store);
  if (!found) throw new Error(`no store is open under the name ${store}`);
  return found;
}

/** The result of a method as data: an error of the store too. */
export async function answer(method, argument = {}) {
  try {
    return { value: await methods[method](argument) };
  } catch (error) {
    if (!foldlog?.FoldlogError.is(error)) return { failed: { name: error.name, message: `${error.message}\n${error.stack}` } };
    return { failed: { ...error, message: error.message, cause: error.cause === undefined ? undefined : String(error.cause) } };
  }
}

export const methods = {
  async ready() {
    return { crossOriginIsolated: globalThis.crossOriginIsolated };
  },

  /** Opens a log, with `url` on a server; `testing` takes the variant of the package that can be made wrong by options. */
  async open({ log, options, store = "main", testing = false, url }) {
    const root = testing ? "/target/pkg-testing" : "/pkg";
    foldlog = await import(`${root}/dist/index.js`);
    const backend = url ? foldlog.remote(url, { log, ...options }) : foldlog.indexedDb(log, options);
    const opened = testing ? await openTesting(root, log, options) : await foldlog.EventStore.open(backend);
    stores.set(store, opened);
    return opened.head();
  },

  async write(plan) {
    isStopped = false;
    const report = plan.reports ? tell : async () => undefined;
    return write(storeOf(plan), foldlog.FoldlogError, { ...plan, events: plan.events ?? Infinity }, () => isStopped, report);
  },

  async stop() {
    isStopped = true;
  },

  async append({ store, events, options }) {
    const receipt = await storeOf({ store }).appendEvents(events, options);
    return { ...receipt, versions: { ...receipt.versions } };
  },

  /** Issues appends without waiting in between; gives what became of each, in the order in which they were answered. */
  async appendAll({ store, appends, thenClose = false }) {
    const order = [];
    const settle = (index) => (result) => order.push({ index, ...result });
    const pending = appends.map(({ events, options }, index) =>
      storeOf({ store })
        .appendEvents(events, options)
        .then(({ versions, ...receipt }) => ({ receipt }), (error) => ({ error: error.code, outcome: error.outcome }))
        .then(settle(index)),
    );
    const aTaskLater = () => new Promise((resolve) => setTimeout(resolve));
    if (thenClose) pending.push(storeOf({ store }).close().then(aTaskLater).then(() => order.push({ closed: true })));
    await Promise.all(pending);
    return order;
  },

  async readLog({ store, after = 0 }) {
    const events = await storeOf({ store }).getEvents({ fromSequence: after + 1 });
    return events.map((event) => [
      event.sequenceNumber,
      event.id,
      event.aggregateId,
      event.aggregateVersion,
      event.recordedAt,
      event.eventData?.origin ?? null,
    ]);
  },

  /** Reads the whole log and verifies it, again and again until `stop`; says what was wrong with one reading or between two. */
  async readAgain({ store }) {
    isReading = true;
    let before = [];
    let readings = 0;
    while (isReading) {
      const events = await storeOf({ store }).getEvents();
      const wrong = events.findIndex(({ sequenceNumber, id }, at) => sequenceNumber !== at + 1 || (before[at] ?? id) !== id);
      if (wrong >= 0 || events.length < before.length) return { readings, problem: `reading ${readings + 1} is wrong at ${wrong}` };
      const report = await storeOf({ store }).verify();
      if (!report.ok || report.events < events.length) return { readings, problem: `verify says ${JSON.stringify(report)}` };
      before = events.map(({ id }) => id);
      readings += 1;
    }
    return { readings };
  },

  async stopReading() {
    isReading = false;
  },

  getEvents: async ({ store, query }) => storeOf({ store }).getEvents(query),
  getEventsByAggregate: async ({ store, id }) => storeOf({ store }).getEventsByAggregate(id),
  getAggregateVersion: async ({ store, id }) => storeOf({ store }).getAggregateVersion(id),
  getLastSequenceNumber: async ({ store }) => storeOf({ store }).getLastSequenceNumber(),
  head: async ({ store, at }) => storeOf({ store }).head(at),
  verify: async ({ store, since }) => storeOf({ store }).verify(since && { since }),
  health: async ({ store }) => storeOf({ store }).health(),

  /** Waits until the health tells this error. */
  async healthIs({ store, lastError }) {
    for await (const health of storeOf({ store }).healthChanges()) if (health.lastError === lastError) return health;
  },

  close: async ({ store }) => storeOf({ store }).close(),
  requestPersistence: async ({ store }) => storeOf({ store }).requestPersistence(),

  /** Listens for changes of health; `healthsTold` gives them. */
  async watchHealth({ store }) {
    const state = { told: [], waiters: [] };
    healths.set(store ?? "main", state);
    state.end = (async () => {
      for await (const health of storeOf({ store }).healthChanges()) {
        state.told.push(health);
        for (const waiter of state.waiters.splice(0)) waiter();
      }
    })().then(
      () => "quietly",
      (error) => error.code ?? String(error),
    );
  },

  /** Everything told so far, as soon as the last one has this handle and this error, or the listening has ended. */
  async healthsTold({ store = "main", handle, lastError }) {
    const state = healths.get(store);
    const isThere = () => {
      const last = state.told.at(-1);
      return last && (handle === undefined || last.handle === handle) && (lastError === undefined || last.lastError === lastError);
    };
    let ended = false;
    state.end.then(() => (ended = true));
    while (!isThere() && !ended) await Promise.race([new Promise((resolve) => state.waiters.push(resolve)), state.end]);
    return state.told;
  },

  healthEnded: async ({ store = "main" }) => healths.get(store).end,

  async findAppend({ store, id }) {
    const receipt = await storeOf({ store }).findAppend(id);
    return receipt && { ...receipt, versions: { ...receipt.versions } };
  },

  /** Follows the log; `delivered` and `ended` tell what came. */
  async subscribe({ store, subscription = "main", after = 0 }) {
    const state = { seen: [], waiters: [] };
    const follow = async () => {
      for await (const event of storeOf({ store }).subscribe({}, { after })) {
        state.seen.push([event.sequenceNumber, event.id]);
        for (const waiter of state.waiters.splice(0)) waiter();
      }
    };
    state.end = follow().then(
      () => "quietly",
      (error) => error.code ?? String(error),
    );
    subscriptions.set(subscription, state);
  },

  /** Everything that a subscription gave, as soon as that is so many events, or its end. */
  async delivered({ subscription = "main", count }) {
    const state = subscriptions.get(subscription);
    let ended = false;
    state.end.then(() => (ended = true));
    while (state.seen.length < count && !ended) {
      await Promise.race([new Promise((resolve) => state.waiters.push(resolve)), state.end]);
    }
    return state.seen;
  },

  ended: async ({ subscription = "main" }) => subscriptions.get(subscription).end,

  async sealCounts() {
    return { begun: seals.begun, completed: seals.completed };
  },

  /** Waits until this realm has completed so many seals. */
  async sealed({ count }) {
    while (seals.completed < count) await new Promise((resolve) => sealWaiters.push(resolve));
  },

  async setWrites({ writes }) {
    faults.writes = writes;
  },

  async setSideWrites({ sideWrites }) {
    faults.sideWrites = sideWrites;
  },

  createSnapshot: async ({ store, id, type, version, data }) => storeOf({ store }).createSnapshot(id, type, version, data),
  getSnapshot: async ({ store, id }) => storeOf({ store }).getSnapshot(id),
  saveCheckpoint: async ({ store, name, from, to }) => storeOf({ store }).saveCheckpoint(name, { from, to }),
  getCheckpoint: async ({ store, name }) => storeOf({ store }).getCheckpoint(name),

  /** Makes all hostile calls on a new log; gives what was wrong, and what the log is afterwards. */
  async hostileCalls({ log }) {
    const [foldlog, { ALL }, { checkAll }, { openScene }] = await Promise.all(
      ["/pkg/dist/index.js", "/tests/hostile/all.mjs", "/tests/hostile/check.mjs", "/tests/hostile/scene.mjs"].map((file) => import(file)),
    );
    const scene = await openScene(foldlog, foldlog.indexedDb(log));
    const complaints = [];
    for (const place of ALL) {
      for (const complaint of await checkAll(place, scene)) complaints.push(`${place.name}: ${complaint}`);
    }
    const [head, report] = [await scene.store.head(), await scene.store.verify()];
    await scene.store.close();
    return { calls: ALL.flatMap(({ rows }) => rows).length, complaints, head, report };
  },

  closeHandles: async () => closeHandles(),

  /** Waits until this realm has used so many handles. */
  async handlesUsed({ count }) {
    while (handles.used < count) await new Promise((resolve) => (handles.onChange = resolve));
  },

  databases: async () => (await indexedDB.databases()).map(({ name }) => name),

  async deleteDatabase({ log }) {
    await succeeded(indexedDB.deleteDatabase(log));
  },

  /** Opens a database without the store. `hang`: an upgrade that does not end before `releaseRaw`. `stubborn`: no request moves it to close. */
  async openRaw({ log, version, raw = "main", hang = false, stubborn = false, wait = true }) {
    const request = indexedDB.open(log, version);
    const state = { held: hang };
    rawDatabases.set(raw, state);
    const upgrading = new Promise((resolve) => {
      request.onupgradeneeded = () => {
        const store = request.result.createObjectStore(`raw-${raw}`);
        const spin = () => {
          if (state.held) store.count().onsuccess = spin;
        };
        spin();
        resolve();
      };
    });
    state.opened = succeeded(request).then((database) => {
      state.database = database;
      if (!stubborn) database.onversionchange = () => database.close();
    });
    if (wait) await (hang ? upgrading : state.opened);
  },

  async releaseRaw({ raw = "main" }) {
    const state = rawDatabases.get(raw);
    state.held = false;
    await state.opened;
    state.database.close();
  },

  /** The sequence number up to which the log is sealed, read without the store; 0 if there is none. */
  async sealedTo({ log }) {
    if (!(await indexedDB.databases()).some(({ name }) => name === log)) return 0;
    const database = await succeeded(indexedDB.open(log));
    const note = await succeeded(database.transaction("meta").objectStore("meta").get("sealed"));
    database.close();
    return sealedToIn(note);
  },
};

/** The facade does not know the options that make the core wrong, so this goes past it. */
async function openTesting(root, log, options) {
  const { loadCore } = await import(`${root}/dist/wasm.js`);
  const { Log } = await import(`${root}/dist/store/log.js`);
  const { Surroundings } = await import(`${root}/dist/store/surroundings.js`);
  const { fromRejection } = await import(`${root}/dist/errors/raw-failure.js`);
  const core = await loadCore(() => new URL(`${root}/wasm/foldlog_wasm_bg.wasm`, location.href));
  const surroundings = new Surroundings();
  const raw = await core.RawStore.indexedDb(log, JSON.stringify(options ?? {}), surroundings).catch((rejection) => {
    throw fromRejection(rejection);
  });
  return new foldlog.EventStore(new Log(raw, surroundings));
}
