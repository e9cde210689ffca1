import { Aggregate, defineAggregate, EventStore, memory, type AppliedEvent, type Backend, type Health } from "foldlog";
import { AssertionError, faulty, given, Outcome, reproducible, TestClock, type FaultRule, type FaultyBackend } from "foldlog/testing";

import { holds, type Same } from "./expect.js";
import type { PaymentEvent, WalletEvent } from "./wallet.js";

interface WalletState {
  readonly cents: number;
}

const Wallet = defineAggregate<WalletState, WalletEvent, { readonly withdraw: number }>({
  type: "wallet",
  reducerVersion: 1,
  initial: () => ({ cents: 0 }),
  evolve: (state, event) => ({ cents: state.cents + event.eventData.cents }),
  decide: (_state, command) => [{ eventType: "FundsDeposited", eventData: { cents: command.withdraw } }],
});

class Payment extends Aggregate<PaymentEvent> {
  static readonly type = "payment";
  static readonly eventTypes = ["PaymentInitiated"];
  status = "new";

  initiate(): void {
    this.raise("PaymentInitiated", null);
  }

  override applyEvent(_event: AppliedEvent<PaymentEvent>): void {
    this.status = "initiated";
  }
}

// Functions.
const deposited = { eventType: "FundsDeposited", eventData: { cents: 1 } } as const;
const outcome = given(Wallet, [deposited, { eventType: "Deposited", schemaVersion: 1, eventData: { euros: 1 } }]).when({ withdraw: 1 });
holds<Same<typeof outcome, Outcome<typeof Wallet>>>();
outcome.thenEvents([deposited]).thenNothing().thenState({ cents: 1 }).thenState((state) => holds<Same<typeof state, WalletState>>());
outcome.thenThrows().thenThrows(RangeError).thenThrows("text").thenThrows(/text/).thenThrows({ code: "unknown_event_type" });
outcome.thenThrows((error) => error instanceof AssertionError);
given(Wallet).when((state) => (state.cents > 0 ? [deposited] : []));
// @ts-expect-error another payload
given(Wallet, [{ eventType: "FundsDeposited", eventData: { euros: 1 } }]);
// @ts-expect-error no such command
given(Wallet).when({ deposit: 1 });
// @ts-expect-error no such event
given(Wallet).when(() => [{ eventType: "PaymentInitiated", eventData: null }]);
// @ts-expect-error another payload
outcome.thenEvents([{ eventType: "FundsDeposited", eventData: { euros: 1 } }]);
// @ts-expect-error another state
outcome.thenState({ euros: 1 });

// Classes.
given(Payment, [], { id: "p1", factory: () => new Payment("p1") })
  .when((payment) => payment.initiate())
  .thenEvents([{ eventType: "PaymentInitiated", eventData: null }])
  .thenState({ status: "initiated" })
  .thenState((payment) => holds<Same<typeof payment, Payment>>());
// @ts-expect-error no such property
given(Payment).thenState({ state: "new" });
// @ts-expect-error no such method
given(Payment).when((payment) => payment.cancel());

// Backends.
const rules: FaultRule[] = [
  { on: "append", call: [1, 3], fault: "lost_after_commit" },
  { on: "read", probability: 0.5, fault: { slowBy: 10 } },
];
const clock = new TestClock(new Date(0));
const backend = faulty(reproducible(memory(), { seed: 7, clock }), { faults: rules, seed: 7 });
holds<Same<typeof backend, FaultyBackend>>();
const asAny: Backend = backend;
const store = await EventStore.open<WalletEvent>(asAny);
backend.heal();
holds<Same<typeof backend.seed, number>>();
reproducible(memory(), { clock: { now: Date.now } });
// @ts-expect-error no such operation
faulty(memory(), { faults: [{ on: "appends", fault: "hang" }] });
// @ts-expect-error no such fault
faulty(memory(), { faults: [{ on: "append", fault: "explode" }] });
// @ts-expect-error a result of someone else's is no backend
await EventStore.open({ seed: 7 });

// Health.
for await (const health of store.healthChanges({ signal: new AbortController().signal })) holds<Same<typeof health, Health>>();
holds<Same<Awaited<ReturnType<typeof store.requestPersistence>>, boolean>>();
