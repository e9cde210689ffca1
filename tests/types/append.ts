import { EventStore, memory, type Receipt } from "foldlog";

import { holds, type Same } from "./expect.js";
import type { AppEvent } from "./wallet.js";

const store = await EventStore.open<AppEvent>(memory());
const deposit = { aggregateId: "w", aggregateType: "wallet", eventType: "FundsDeposited", eventData: { cents: 1 } } as const;
const withdrawal = {
  aggregateId: "w",
  aggregateType: "wallet",
  eventType: "FundsWithdrawn",
  eventData: { cents: 1, to: [{ iban: "x" }] },
  metadata: { device: "phone" },
} as const;

const receipt = await store.appendEvents([deposit], { expectedVersion: 0 });
holds<Same<typeof receipt, Receipt>>();
const version = receipt.versions["w"];
holds<Same<typeof version, number | undefined>>();
await store.appendEvent(deposit, { expectedVersion: "any" });
await store.appendEvents([deposit, deposit], { expectedVersions: new Map([["w", "exists" as const]]) });
await store.appendEvents([deposit], { expectedVersions: { w: 3, other: "no_aggregate" } });
await store.appendEvents([{ ...deposit, aggregateVersion: 1 }]);
await store.appendEvent({ ...deposit, aggregateVersion: 1, createdAt: new Date(), tags: ["a"], causedBy: null });
await store.appendEvents(
  [{ aggregateId: "p", aggregateType: "payment", eventType: "PaymentInitiated", eventData: null }],
  { expectedVersion: 0, signal: new AbortController().signal },
);

// @ts-expect-error an expectation is missing
await store.appendEvents([deposit]);
// @ts-expect-error an expectation is missing, though there are options
await store.appendEvents([deposit], { signal: new AbortController().signal });
// @ts-expect-error only one of two events carries its expectation
await store.appendEvents([{ ...deposit, aggregateVersion: 1 }, deposit]);
// @ts-expect-error no such expectation
await store.appendEvent(deposit, { expectedVersion: "anything" });
// @ts-expect-error two kinds of expectations at once
await store.appendEvent(deposit, { expectedVersion: 1, expectedVersions: { w: 1 } });
// @ts-expect-error no such event type
await store.appendEvent({ ...deposit, eventType: "FundsLost" }, { expectedVersion: 0 });
// @ts-expect-error the event type belongs to another aggregate type
await store.appendEvent({ ...deposit, aggregateType: "payment" }, { expectedVersion: 0 });
// @ts-expect-error the payload is of another event type
await store.appendEvent({ ...deposit, eventData: null }, { expectedVersion: 0 });
// @ts-expect-error the payload lacks a member
await store.appendEvent({ ...deposit, eventData: {} }, { expectedVersion: 0 });
// @ts-expect-error the aggregate is missing
await store.appendEvent({ aggregateType: "wallet", eventType: "FundsDeposited", eventData: { cents: 1 } }, { expectedVersion: 0 });
// @ts-expect-error the metadata that this event declares is missing
await store.appendEvent({ ...withdrawal, metadata: undefined }, { expectedVersion: 0 });
await store.appendEvent(withdrawal, { expectedVersion: 0 });
await store.appendEvent(
  // @ts-expect-error the metadata is of another shape
  { aggregateId: "p", aggregateType: "payment", eventType: "PaymentInitiated", eventData: null, metadata: { ip: 1 } },
  { expectedVersion: 0 },
);
await store.appendEvent(
  // @ts-expect-error no such field
  { aggregateId: "w", aggregateType: "wallet", eventType: "FundsDeposited", eventData: { cents: 1 }, sequenceNumber: 4 },
  { expectedVersion: 0 },
);
