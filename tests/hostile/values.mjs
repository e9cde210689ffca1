// What a hostile or mistaken caller may hand over. Each value is made anew for each use, so that no entry sees what another did to it.

/** No error may repeat what a value carries. */
export const SECRET = "secret-4711";

/** The longest aggregate id in characters of two bytes: 254 bytes and one more. */
const BYTES_255 = `${"é".repeat(127)}x`;

export const VALUES = {
  "undefined": () => undefined,
  "null": () => null,
  "true": () => true,

  "0": () => 0,
  "-0": () => -0,
  "1": () => 1,
  "1.5": () => 1.5,
  "-1": () => -1,
  "NaN": () => NaN,
  "Infinity": () => Infinity,
  "-Infinity": () => -Infinity,
  "2^53": () => 2 ** 53,
  "1e21": () => 1e21,
  "a bigint": () => 1n,
  "a symbol": () => Symbol(SECRET),

  "an empty text": () => "",
  "a word": () => "word",
  "a digit as text": () => "1",
  "a time as text": () => "2026-11-24T07:22:35.123Z",
  ["__proto__"]: () => "__proto__",
  "constructor": () => "constructor",
  "toString": () => "toString",
  "a reserved name": () => "$all",
  "a text with NUL": () => "a\0b",
  "a lone high surrogate": () => "a\ud800",
  "a lone low surrogate": () => "\udc00b",
  "100 bytes of two each": () => "é".repeat(50),
  "101 bytes": () => `${"é".repeat(50)}x`,
  "255 bytes": () => BYTES_255,
  "256 bytes": () => `${BYTES_255}x`,
  "86 characters of three bytes": () => "€".repeat(86),
  "a million characters": () => "x".repeat(1_000_000),

  "an object": () => ({}),
  "an object without prototype": () => Object.create(null),
  "a frozen object": () => Object.freeze({}),
  "a proxy of an object": () => new Proxy({}, {}),
  "an object with its own __proto__": () => JSON.parse('{"__proto__":7}'),
  "an object with a symbol as key": () => ({ [Symbol(SECRET)]: 1 }),
  "an array-like": () => ({ length: 1, 0: "word" }),

  "an empty array": () => [],
  "an array of words": () => ["word", "constructor"],
  "an array with a hole": () => Array(1),
  "a function": () => () => SECRET,
  "a Date": () => new Date(86_400_000),
  "an invalid Date": () => new Date(NaN),
  "an object that pretends to be a Date": () => Object.create(Date.prototype),
  "a proxy of a Date": () => new Proxy(new Date(0), {}),
  "a Map": () => new Map([["in a map", 7]]),
  "a proxy of a Map": () => new Proxy(new Map([["in a map", 7]]), {}),
  "a Set": () => new Set(["in a set"]),
  "a RegExp": () => /secret-4711/,
  "an Error": () => new Error(SECRET),
  "a promise": () => Promise.resolve(SECRET),
  "bytes": () => new Uint8Array(2),
  "a boxed text": () => new String("word"),
  "a boxed number": () => new Number(1),
  "a boxed boolean": () => new Boolean(true),

  "an object that holds itself": holdsItself,
  "a million levels": () => levels(1_000_000),
  "a getter that throws": () => ({ get note() { throw new Error(SECRET); } }),
  "a getter that throws no error": () => ({ get note() { throw revoked({}); } }),
  "a proxy that throws": () => throwingProxy({}),
  "a proxy of an array that throws": () => throwingProxy([]),
  "a proxy of a function that throws": () => throwingProxy(() => SECRET),
  "a revoked proxy": () => revoked({}),
  "a revoked proxy of an array": () => revoked([]),
  "a toJSON that throws": () => ({ toJSON() { throw new Error(SECRET); } }),
  "a toJSON of undefined": () => ({ toJSON: () => undefined }),
  "a toJSON of something else": () => ({ toJSON: () => "word" }),
  "an object that cannot be made a text": () => ({ toString() { throw new Error(SECRET); }, valueOf() { throw new Error(SECRET); } }),
};

/** An object of so many levels: `{ a: { a: … } }`. */
export function levels(depth) {
  let value = {};
  for (let level = 1; level < depth; level += 1) value = { a: value };
  return value;
}

function holdsItself() {
  const value = {};
  value.self = value;
  return value;
}

function throwingProxy(target) {
  const refuse = () => {
    throw new TypeError(SECRET);
  };
  const traps = ["get", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor", "apply", "construct", "isExtensible"];
  return new Proxy(target, Object.fromEntries(traps.map((trap) => [trap, refuse])));
}

function revoked(target) {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}
