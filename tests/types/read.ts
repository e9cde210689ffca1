import { EventStore, memory, type JsonObject, type RecordedEvent, type Subscription } from "foldlog";

import { holds, type Same } from "./expect.js";
import type { AppEvent, Deposited, PaymentEvent, WalletEvent } from "./wallet.js";

const store = await EventStore.open<AppEvent>(memory());

// The union is discriminated by eventType.
for (const event of await store.getEvents()) {
  holds<Same<typeof event, RecordedEvent<AppEvent>>>();
  if (event.eventType === "FundsDeposited") {
    holds<Same<typeof event.aggregateType, "wallet">>();
    holds<Same<typeof event.eventData, Deposited>>();
    holds<Same<typeof event.metadata, JsonObject | null>>();
  } else if (event.eventType === "FundsWithdrawn") {
    holds<Same<typeof event.metadata, { device: string }>>();
  } else {
    holds<Same<typeof event.metadata, { ip: string } | null>>();
  }
  holds<Same<typeof event.sequenceNumber, number>>();
  holds<Same<typeof event.causedBy, string | null>>();
  holds<Same<typeof event.createdAt, string>>();
}

// A filter narrows.
const deposits = await store.getEvents({ eventTypes: ["FundsDeposited"], limit: 3, direction: "backward" });
holds<Same<(typeof deposits)[number]["eventData"], Deposited>>();
const payments = await store.getEventsByAggregateType("payment", { fromRecordedAt: new Date() });
holds<Same<(typeof payments)[number], RecordedEvent<PaymentEvent>>>();
for await (const event of store.events({ aggregateType: "wallet" })) holds<Same<typeof event, RecordedEvent<WalletEvent>>>();
const subscription = store.subscribe({ eventTypes: ["PaymentInitiated"] }, { after: "end" });
holds<Same<typeof subscription, Subscription<PaymentEvent>>>();
for await (const page of subscription.pages()) {
  holds<Same<typeof page.cursor, string>>();
  holds<Same<typeof page.caughtUp, boolean>>();
  holds<Same<(typeof page)[number], RecordedEvent<PaymentEvent>>>();
  // @ts-expect-error noUncheckedIndexedAccess holds for pages as for arrays
  page[0].sequenceNumber;
}
const loose = await EventStore.open(memory());
const [any] = await loose.getEvents({ eventTypes: ["whatever"] });
holds<Same<NonNullable<typeof any>["eventType"], string>>();

// @ts-expect-error no such event type
await store.getEvents({ eventTypes: ["FundsLost"] });
// @ts-expect-error no such aggregate type
await store.getEventsByAggregateType("invoice");
// @ts-expect-error no such filter
await store.getEvents({ aggregate: "w" });
// @ts-expect-error a subscription has no limit
store.subscribe({ limit: 3 });
// @ts-expect-error no such direction
await store.getEvents({ direction: "sideways" });
// @ts-expect-error a store is opened, not constructed
new EventStore();

const snapshot = await store.getSnapshot<{ cents: number }>("w", { reducer: "wallet/1" });
holds<Same<typeof snapshot extends undefined | { data: infer D } ? D : never, { cents: number }>>();
await store.createSnapshot("w", "wallet", 3, { cents: 1 }, { reducer: "wallet/1" });
interface State {
  readonly cents: number;
}
const state: State = { cents: 1 };
await store.createSnapshot("w", "wallet", 3, state);
// @ts-expect-error a Map does not survive JSON
await store.createSnapshot("w", "wallet", 3, new Map([["a", 1]]));
// @ts-expect-error the position that a checkpoint leaves must be said
await store.saveCheckpoint("mailer", { to: "cursor" });
