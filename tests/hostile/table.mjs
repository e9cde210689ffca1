// Every argument of the public API crossed with every value, and the calls that the cross does not make.
import { places as append } from "./places/append.mjs";
import { places as definition } from "./places/definition.mjs";
import { places as exports } from "./places/exports.mjs";
import { places as opening } from "./places/opening.mjs";
import { places as read } from "./places/read.mjs";
import { places as repository } from "./places/repository.mjs";
import { places as side } from "./places/side.mjs";
import { VALUES } from "./values.mjs";

const PLACES = [...exports, ...opening, ...append, ...read, ...side, ...repository, ...definition];

/**
 * The arguments of the API, each with its rows.
 *
 * A row says what is called, whether it writes, and what must come of it: `code` is `ok` or that of the error, `field` what the error
 * must name, `throws` says that the method is one that throws, `shows` looks at what a success gave.
 */
export const TABLE = PLACES.map((place) => ({
  name: place.name,
  rows: Object.entries(VALUES).flatMap(([name, make]) => rowOf(place, name, make)),
}));

/**
 * A place is an argument: `put` calls with a value there, `takes` names the values that it takes, `refusal` is the code for the others.
 * `special` gives the code, and perhaps the field, of single values; `undefined` leaves the value out.
 */
function rowOf({ put, takes, refusal = "invalid_argument", field, throws, writes, shows, special = {} }, name, make) {
  const row = { name, call: (scene) => put(make(), scene), throws, writes };
  if (Object.hasOwn(special, name)) return special[name] === undefined ? [] : [{ ...row, ...special[name] }];
  if (!takes.includes(name)) return [{ ...row, code: refusal, field }];
  return [{ ...row, code: "ok", shows: shows && ((value, scene) => shows(value, make(), scene)) }];
}
