import { EventStore, FoldlogError, remote, type Health, type RemoteOptions } from "foldlog";

import { holds, type Same } from "./expect.js";
import type { WalletEvent } from "./wallet.js";

const store = await EventStore.open<WalletEvent>(remote("https://logs.example", { log: "wallet-42", token: "a.b.c" }));
const receipt = await store.appendEvent(
  { aggregateId: "w", aggregateType: "wallet", eventType: "FundsDeposited", eventData: { cents: 1 } },
  { expectedVersion: 0 },
);
receipt.durability satisfies "memory" | "relaxed" | "strict" | "remote";

const expectHead = await store.head();
remote(new URL("https://logs.example/foldlog"), { log: "w", token: async () => "a.b.c", create: true, expectHead, timeout: 5_000, deadline: 20_000 });
remote("http://127.0.0.1:8080", { log: "w" });
holds<Same<RemoteOptions["log"], string>>();
holds<Same<Health["backend"], "memory" | "indexed_db" | "remote">>();

// @ts-expect-error a log has a name
remote("https://logs.example", {});
// @ts-expect-error a misspelt option
remote("https://logs.example", { log: "w", tokens: "a" });
// @ts-expect-error no number is a token
remote("https://logs.example", { log: "w", token: () => 7 });

declare const error: unknown;
if (FoldlogError.is(error, "unauthenticated") || FoldlogError.is(error, "network") || FoldlogError.is(error, "timeout")) {
  error.retryable satisfies boolean;
}
