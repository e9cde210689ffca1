import { Aggregate, AggregateRepository, defineAggregate, EventStore, memory, type AppliedEvent, type DecidedEvent } from "foldlog";

import { holds, type Same } from "./expect.js";
import type { AppEvent, Deposited, PaymentEvent, WalletEvent } from "./wallet.js";

const store = await EventStore.open<AppEvent>(memory());

interface WalletState {
  readonly cents: number;
}

function evolve(state: WalletState, event: AppliedEvent<WalletEvent>): WalletState {
  switch (event.eventType) {
    case "FundsDeposited":
      return { cents: state.cents + event.eventData.cents };
    case "FundsWithdrawn":
      return { cents: state.cents - event.eventData.cents };
  }
}

// Plain functions.
const Wallet = defineAggregate<WalletState, WalletEvent>({ type: "wallet", reducerVersion: 1, initial: () => ({ cents: 0 }), evolve });
const wallets = new AggregateRepository(store, { aggregate: Wallet, snapshotEvery: 10, onWarning: (warning) => warning.code });
const wallet = await wallets.load("w");
holds<Same<typeof wallet.state, WalletState>>();
wallet.raise("FundsDeposited", { cents: 1 });
wallet.raise("FundsDeposited", { cents: 1 }, { tags: ["a"] });
wallet.raise("FundsWithdrawn", { cents: 1, to: [] }, { metadata: { device: "phone" } });
await wallets.save(wallet, { causedBy: "u", correlationId: "c" });
const receipt = await wallets.execute("w", (state) => {
  holds<Same<typeof state, WalletState>>();
  return state.cents > 0 ? [{ eventType: "FundsDeposited", eventData: { cents: 1 } }] : [];
}, { commandId: "c", retries: 3, deadline: 1000, signal: new AbortController().signal });
receipt?.versions;
const decided: DecidedEvent<WalletEvent> = { eventType: "FundsDeposited", eventData: { cents: 1 }, causationId: "c" };
decided;

// @ts-expect-error another payload
wallet.raise("FundsDeposited", { euros: 1 });
// @ts-expect-error an event of another aggregate
wallet.raise("PaymentInitiated", null);
// @ts-expect-error the metadata that this event declares is missing
wallet.raise("FundsWithdrawn", { cents: 1, to: [] });
// @ts-expect-error the event type is not of this aggregate
await wallets.execute("w", () => [{ eventType: "PaymentInitiated", eventData: null }]);
// @ts-expect-error another payload
await wallets.execute("w", () => [{ eventType: "FundsDeposited", eventData: { at: new Date() } }]);
// @ts-expect-error evolve must return a state
defineAggregate<WalletState, WalletEvent>({ type: "wallet", initial: () => ({ cents: 0 }), evolve: () => ({ euros: 0 }) });
// @ts-expect-error no such aggregate type
defineAggregate<WalletState, WalletEvent>({ type: "invoice", initial: () => ({ cents: 0 }), evolve });
// @ts-expect-error the sequence number is not known when an event is raised
defineAggregate<WalletState, WalletEvent>({ type: "wallet", initial: () => ({ cents: 0 }), evolve: (s, e) => ({ cents: e.sequenceNumber }) });

const Versionless = defineAggregate<WalletState, WalletEvent>({ type: "wallet", initial: () => ({ cents: 0 }), evolve });
new AggregateRepository(store, { aggregate: Versionless });
// @ts-expect-error snapshots need a reducerVersion
new AggregateRepository(store, { aggregate: Versionless, snapshotEvery: 10 });

// A definition with a decide takes its commands.
interface Deposit {
  readonly kind: "deposit";
  readonly cents: number;
}
const Deciding = defineAggregate<WalletState, WalletEvent, Deposit>({
  type: "wallet",
  initial: () => ({ cents: 0 }),
  evolve,
  decide: (_state, command) => [{ eventType: "FundsDeposited", eventData: { cents: command.cents } }],
});
const deciding = new AggregateRepository(store, { aggregate: Deciding });
await deciding.execute("w", { kind: "deposit", cents: 1 });
// @ts-expect-error no such command
await deciding.execute("w", { kind: "withdraw", cents: 1 });
// @ts-expect-error this definition has no decide
await wallets.execute("w", { kind: "deposit", cents: 1 });

// Classes.
class Payment extends Aggregate<PaymentEvent> {
  static readonly type = "payment";
  static readonly eventTypes = ["PaymentInitiated"];
  static readonly reducerVersion = 1;
  status = "new";

  initiate(): void {
    this.raise("PaymentInitiated", null);
    // @ts-expect-error another payload
    this.raise("PaymentInitiated", { cents: 1 });
    // @ts-expect-error no such event
    this.raise("FundsDeposited", { cents: 1 });
  }

  override applyEvent(event: AppliedEvent<PaymentEvent>): void {
    holds<Same<typeof event.eventType, "PaymentInitiated">>();
    this.status = "initiated";
  }
}

const payments = new AggregateRepository(store, { aggregate: Payment });
const payment = await payments.load("p", () => new Payment("p"), { mustExist: true });
holds<Same<typeof payment, Payment>>();
holds<Same<Awaited<ReturnType<typeof payments.loadVersion>>, Payment>>();
await payments.execute("p", (loaded) => loaded.initiate());
await payments.save(payment);
holds<Same<(typeof payment.uncommittedEvents)[number]["eventType"], "PaymentInitiated">>();

// @ts-expect-error raise is for the aggregate's own methods
payment.raise("PaymentInitiated", null);
// @ts-expect-error an aggregate of another repository
await wallets.save(payment);
// @ts-expect-error snapshots need toSnapshot and fromSnapshot
new AggregateRepository(store, { aggregate: Payment, snapshotEvery: 10 });

class Snapped extends Payment {
  toSnapshot(): { status: string } {
    return { status: this.status };
  }
  fromSnapshot(data: { status: string }): void {
    this.status = data.status;
  }
}
new AggregateRepository(store, { aggregate: Snapped, snapshotEvery: 10 });

const walletStore = await EventStore.open<WalletEvent>(memory());
// @ts-expect-error the store lacks the events of payments
new AggregateRepository(walletStore, { aggregate: Payment });
const upcasting = defineAggregate<WalletState, WalletEvent>({
  type: "wallet",
  initial: () => ({ cents: 0 }),
  evolve,
  upcasters: [{ eventType: "FundsDeposited", schemaVersion: 1, upcast: (old: { euros: number }): Deposited => ({ cents: old.euros * 100 }) }],
});
upcasting.type;
