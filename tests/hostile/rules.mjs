// Which of the values each kind of argument takes, read off DESIGN §2 and §3 and the public types: what is not listed is refused.

const SHORT = ["a word", "a digit as text", "a time as text", "__proto__", "constructor", "toString", "100 bytes of two each"];
const LONG = ["101 bytes", "255 bytes"];
const TOO_LONG = ["256 bytes", "86 characters of three bytes", "a million characters"];
const TEXTS = [...SHORT, ...LONG, ...TOO_LONG, "a reserved name", "a text with NUL"];
const LONE = ["a lone high surrogate", "a lone low surrogate"];
const PLAIN_OBJECTS = ["an object", "an object without prototype", "a frozen object", "a proxy of an object"];
const WHOLE = ["0", "-0", "1"];
const JSON_OBJECTS = [...PLAIN_OBJECTS, "an object with its own __proto__", "an array-like"];
/** `valueOf` and `toString` that are the object's own are functions, so this is no JSON. */
const JSON_VALUES = [
  ...["null", "true", ...WHOLE, "1.5", "-1", "2^53", "1e21", "an empty text", ...TEXTS, ...LONE],
  ...[...JSON_OBJECTS, "an empty array", "an array of words"],
];

export const NOTHING = [];
/** 1 to 255 bytes, no NUL, no `$` in front, no lone surrogate. */
export const ID = [...SHORT, ...LONG];
/** The same of at most 100 bytes. */
export const TYPE_NAME = SHORT;
/** 1 to 255 bytes; `$` is not reserved. */
export const LABEL = [...ID, "a reserved name"];
/** Any text that has UTF-8. */
export const WHOLE_TEXT = ["an empty text", ...TEXTS];
/** The same, not empty. */
export const SOME_TEXT = TEXTS;
export const ANY_TEXT = [...WHOLE_TEXT, ...LONE];
export const LIST = ["an empty array", "an array of words"];
export const WHOLE_NUMBER = WHOLE;
export const POSITIVE = ["1"];
export const NUMBER = [...WHOLE, "1.5", "-1", "Infinity", "-Infinity", "2^53", "1e21"];
export const BOOLEAN = ["true"];
export const TIME = ["a Date", "a time as text"];
export const JSON_VALUE = JSON_VALUES;
export const JSON_OBJECT = JSON_OBJECTS;
/** An object of options: a key that is unknown is refused, a symbol is no option, and what only looks like a Date is an object. */
export const OPTIONS = [...PLAIN_OBJECTS, "an object with a symbol as key", "an object that pretends to be a Date", "a proxy of a Date"];
export const FUNCTION = ["a function"];

/** The values of a member that may be left out. */
export function optional(values) {
  return ["undefined", ...values];
}

/** The values of a field that may be empty. */
export function nullable(values) {
  return ["undefined", "null", ...values];
}

/** Those of `values` that the option does not take. */
export function without(values, ...left) {
  return values.filter((name) => !left.includes(name));
}
