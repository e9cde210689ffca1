// Appends to a few aggregates that others write to as well, and keeps the history that the checker reads.
import { randomFrom } from "./random.mjs";

const EVENT_TYPES = ["Opened", "Deposited", "Withdrawn", "Renamed", "Closed"];

/**
 * Appends until `events` events are acknowledged or `isStopped()`, with several chains of calls at a time.
 *
 * plan: { client, seed, events, aggregates, chains, largestBatch, widest, wrong, resend }; `wrong` is the share of appends whose
 * expectation is wrong on purpose, `resend` says to repeat what may be repeated, appends with the same ids.
 */
export async function write(store, FoldlogError, plan, isStopped, report) {
  const writer = new Writer(store, FoldlogError, plan, report);
  await writer.prepare();
  const chain = async () => {
    while (!isStopped() && writer.hasMore()) await writer.step();
  };
  await Promise.all(Array.from({ length: plan.chains }, chain));
  return writer.calls;
}

class Writer {
  calls = [];
  #versions = new Map();
  #known = 0;
  #planned = 0;
  #failures = 0;

  constructor(store, FoldlogError, plan, report) {
    this.store = store;
    this.FoldlogError = FoldlogError;
    this.plan = plan;
    this.report = report;
    this.random = randomFrom(plan.seed);
  }

  async prepare() {
    this.#known = await this.#read(() => this.store.getLastSequenceNumber());
    for (const id of this.plan.aggregates) this.#versions.set(id, await this.#read(() => this.store.getAggregateVersion(id)));
  }

  hasMore() {
    return this.#planned < this.plan.events && this.#failures < 10;
  }

  async step() {
    const { call, events, options } = this.#next();
    this.calls.push(call);
    this.#planned += events.length;
    call.answer = await this.#send(events, options);
    while (this.plan.resend && call.answer.retryable) {
      call.attempts = (call.attempts ?? 1) + 1;
      call.mayBeReplay ||= call.answer.outcome !== "not_committed";
      call.answer = await this.#send(events, options);
    }
    if (!call.answer.receipt) this.#planned -= events.length;
    if (call.answer.error) this.#failures += 1;
    await this.report({ call });
  }

  #next() {
    const { random, plan } = this;
    const number = this.calls.length + 1;
    const count = Math.min(random.between(1, plan.largestBatch), plan.events - this.#planned);
    const chosen = Array.from({ length: random.between(1, plan.widest) }, () => random.pick(plan.aggregates));
    const makeId = random.next() < 0.75 ? timeOrderedId : () => crypto.randomUUID();
    const events = Array.from({ length: count }, (_, index) => ({
      id: makeId(),
      aggregateId: index < chosen.length ? chosen[index] : random.pick(chosen),
      aggregateType: "account",
      eventType: random.pick(EVENT_TYPES),
      eventData: { origin: [plan.client, number, index, count], note: "x".repeat(random.between(0, 200)) },
    }));
    const expected = new Map(events.map(({ aggregateId }) => [aggregateId, this.#versions.get(aggregateId)]));
    if (random.next() < plan.wrong) {
      const [id, version] = random.pick([...expected]);
      expected.set(id, Math.max(0, version + random.pick([-7, -1, 1, 2, 1000])));
    }
    const call = {
      client: plan.client,
      call: number,
      ids: events.map(({ id }) => id),
      aggregates: events.map(({ aggregateId }) => aggregateId),
      expected: [...expected],
      knownBefore: this.#known,
    };
    return { call, events, options: { expectedVersions: expected } };
  }

  async #send(events, options) {
    try {
      const receipt = await this.store.appendEvents(events, options);
      this.#learn(receipt.lastSequenceNumber, Object.entries(receipt.versions));
      return { receipt: { ...receipt, versions: { ...receipt.versions } } };
    } catch (error) {
      if (!this.FoldlogError.is(error)) throw error;
      if (error.code === "concurrency_conflict") return this.#understand(error.conflicts);
      return { error: error.code, outcome: error.outcome, retryable: error.retryable, message: error.message };
    }
  }

  async #understand(conflicts) {
    try {
      const knownAfter = await this.#read(() => this.store.getLastSequenceNumber());
      this.#learn(knownAfter, conflicts.map(({ aggregateId, actual }) => [aggregateId, actual]));
      return { conflicts, knownAfter };
    } catch (error) {
      if (!this.FoldlogError.is(error)) throw error;
      return { error: error.code, message: `after a conflict: ${error.message}` };
    }
  }

  async #read(read) {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        if (!this.plan.resend || !error.retryable) throw error;
      }
    }
  }

  #learn(sequenceNumber, versions) {
    this.#known = Math.max(this.#known, sequenceNumber);
    for (const [id, version] of versions) this.#versions.set(id, Math.max(version, this.#versions.get(id)));
  }
}

/** A UUID of version 7, as the store mints them. */
export function timeOrderedId() {
  const time = Date.now().toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`;
}
