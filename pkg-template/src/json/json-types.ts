/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** A JSON object; a member that is undefined is left out. */
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** Stands in the place of a type that JSON cannot carry, so that the compiler's message says what to do. */
export interface NotJson<Advice extends string> {
  readonly "not JSON": Advice;
}

/**
 * `T` itself if JSON carries it unchanged; else the same type with a {@link NotJson} in each place that it does not.
 *
 * Interfaces, type aliases, unions, optional members, arrays and tuples pass. Dates, maps, sets, bigints, symbols, functions and
 * objects with methods do not: `JSON.stringify` would lose them without a word. Arrays may be readonly: input is never changed.
 */
export type JsonCompatible<T> = 0 extends 1 & T
  ? T
  : Json extends T
    ? T
    : T extends string | number | boolean | null | undefined
      ? T
      : T extends bigint
        ? NotJson<"a bigint: use a string">
        : T extends symbol
          ? NotJson<"a symbol: use a string">
          : T extends (...args: never[]) => unknown
            ? NotJson<"a function: keep data only">
            : T extends Date
              ? NotJson<"a Date: use date.toISOString()">
              : T extends ReadonlyMap<unknown, unknown>
                ? NotJson<"a Map: use Object.fromEntries(map) or [...map]">
                : T extends ReadonlySet<unknown>
                  ? NotJson<"a Set: use [...set]">
                  : { readonly [K in keyof T]: K extends symbol ? NotJson<"a symbol key: use a string key"> : JsonCompatible<T[K]> };
