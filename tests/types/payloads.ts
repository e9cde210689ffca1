import { EventStore, memory, type JsonCompatible, type NewEvent } from "foldlog";

import { holds, type Same } from "./expect.js";
import type { Deposited, Withdrawn } from "./wallet.js";

type Of<T> = { aggregateType: "a"; eventType: "e"; eventData: T };

/** What `eventData` may be given for a declared payload. */
type Given<T> = NewEvent<Of<T>>["eventData"];

class Money {
  constructor(readonly cents: number) {}
  plus(other: Money): Money {
    return new Money(this.cents + other.cents);
  }
}

interface Tree {
  readonly name: string;
  readonly children: readonly Tree[];
}

const at = new Date();

// What JSON carries is taken as it is declared.
const asInterface: Given<Deposited> = { cents: 1 } satisfies Deposited;
const asAlias: Given<Withdrawn> = { cents: 1, to: [{ iban: "x" }] } satisfies Withdrawn;
const asTuple: Given<readonly [string, number | null]> = ["a", null];
const asTree: Given<Tree> = { name: "root", children: [{ name: "leaf", children: [] }] };
const asRecord: Given<Record<string, number>> = { a: 1 };
const asUnion: Given<{ kind: "a"; x: number } | { kind: "b"; y: string }> = { kind: "b", y: "" };
holds<Same<JsonCompatible<"a" | 1 | null>, "a" | 1 | null>>();
const declared: Deposited = { cents: 2 };
const passedOn: Given<Deposited> = declared;

// @ts-expect-error a Date
const date: Given<{ at: Date }> = { at };
// @ts-expect-error a Date as the payload
const bareDate: Given<Date> = at;
// @ts-expect-error a Date deep inside
const deep: Given<{ list: { at?: Date }[] }> = { list: [{ at }] };
// @ts-expect-error a Map
const map: Given<{ m: Map<string, number> }> = { m: new Map<string, number>() };
// @ts-expect-error a Set
const set: Given<{ s: ReadonlySet<string> }> = { s: new Set<string>() };
// @ts-expect-error a bigint
const big: Given<{ n: bigint }> = { n: 1n };
// @ts-expect-error a function
const func: Given<{ f: () => void }> = { f: () => undefined };
// @ts-expect-error a symbol
const symbol: Given<{ s: symbol }> = { s: Symbol() };
// @ts-expect-error a class with methods
const money: Given<{ price: Money }> = { price: new Money(1) };

// A store without declared events takes any JSON, and only JSON.
const loose = await EventStore.open(memory());
const names = { aggregateId: "a", aggregateType: "b", eventType: "c" };
await loose.appendEvent({ ...names, eventData: { a: [1, "x", null, { b: true }] } }, { expectedVersion: 0 });
await loose.appendEvent({ ...names, eventData: 1, metadata: { a: 1 } }, { expectedVersion: 0 });
// @ts-expect-error a Date
await loose.appendEvent({ ...names, eventData: { at: new Date() } }, { expectedVersion: 0 });
// @ts-expect-error a Map
await loose.appendEvent({ ...names, eventData: new Map() }, { expectedVersion: 0 });
// @ts-expect-error a bigint
await loose.appendEvent({ ...names, eventData: 1n }, { expectedVersion: 0 });
// @ts-expect-error a function
await loose.appendEvent({ ...names, eventData: { f: () => 1 } }, { expectedVersion: 0 });
// @ts-expect-error metadata is an object or null
await loose.appendEvent({ ...names, eventData: 1, metadata: "text" }, { expectedVersion: 0 });
// @ts-expect-error a Date in metadata
await loose.appendEvent({ ...names, eventData: 1, metadata: { at: new Date() } }, { expectedVersion: 0 });

export const used = [asInterface, asAlias, asTuple, asTree, asRecord, asUnion, passedOn];
export const refusedOnes = [date, bareDate, deep, map, set, big, func, symbol, money];
