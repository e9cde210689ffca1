/** Payloads as interfaces and as type aliases: both must work. */
export interface Deposited {
  readonly cents: number;
  readonly note?: string;
}

export type Withdrawn = { readonly cents: number; readonly to: { readonly iban: string }[] };

export type WalletEvent =
  | { aggregateType: "wallet"; eventType: "FundsDeposited"; eventData: Deposited }
  | { aggregateType: "wallet"; eventType: "FundsWithdrawn"; eventData: Withdrawn; metadata: { device: string } };

export type PaymentEvent = { aggregateType: "payment"; eventType: "PaymentInitiated"; eventData: null; metadata?: { ip: string } };

export type AppEvent = WalletEvent | PaymentEvent;
