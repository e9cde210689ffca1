// The log that the hostile calls are made on, and good calls to compare with.

/** Opens what an entry may use. `backend` makes the backend of a new log; `foldlog` is the package. */
export async function openScene(foldlog, backend) {
  const scene = new Scene(foldlog, await foldlog.EventStore.open(backend));
  await scene.store.appendEvents([scene.event(), scene.event(), scene.event()], { expectedVersion: 0 });
  await scene.store.createSnapshot("w1", "wallet", 1, { events: 1 });
  scene.head = await scene.store.head();
  for await (const page of scene.store.subscribe().pages()) {
    scene.cursor = page.cursor;
    break;
  }
  return scene;
}

class Scene {
  #count = 0;

  constructor(foldlog, store) {
    this.foldlog = foldlog;
    this.store = store;
    this.Wallet = foldlog.defineAggregate(this.definition());
    this.wallets = new foldlog.AggregateRepository(store, { aggregate: this.Wallet });
  }

  /** A name that nobody has used. */
  fresh() {
    this.#count += 1;
    return `fresh-${this.#count}`;
  }

  event(more = {}) {
    return { aggregateId: "w1", aggregateType: "wallet", eventType: "FundsDeposited", eventData: { cents: 1 }, ...more };
  }

  /** An event of an aggregate that has none. */
  freshEvent(more = {}) {
    return this.event({ aggregateId: this.fresh(), ...more });
  }

  /** A wallet that counts its events, whatever they are. */
  definition(more = {}) {
    return { type: "wallet", reducerVersion: 1, initial: () => ({ events: 0 }), evolve: (state) => ({ events: state.events + 1 }), ...more };
  }

  repository(options = {}) {
    return new this.foldlog.AggregateRepository(this.store, { aggregate: this.Wallet, ...options });
  }

  /** A new wallet that has raised an event. */
  raised() {
    const wallet = new this.Wallet(this.fresh());
    wallet.raise("FundsDeposited", { cents: 1 });
    return wallet;
  }
}
