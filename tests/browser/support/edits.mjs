// Every edit that the damage tests make of the rows of a log.
import { randomFrom } from "../site/random.mjs";

const TRUTH = ["commits", "segments"];
const OTHER_TYPES = { "a string": "string", null: null, "a number": 7.5, "an object": {} };

/**
 * The edits of some rows, as `keepRows` tells of them: `{ name, kind, store, changes, first, last }`. `first` and `last` are the
 * sequence numbers that are edited, where that can be said; `moves` says that a row stands elsewhere now. Of the
 * rows in `whole` every byte is edited, of the others a sample; `newest` is the key of the log's newest record.
 */
export function editsOf(rows, { seed, newest, whole }) {
  const random = randomFrom(seed);
  const edits = [];
  for (const row of rows) {
    const { store, key } = row;
    const [first, last] = extentOf(row);
    const add = (kind, change, detail) =>
      edits.push({ name: `${store} ${JSON.stringify(key)}: ${kind} ${detail}`, kind, store, key, first, last, changes: [{ store, key, ...change }], moves: isMove(change) });
    const isWhole = whole.includes(row);
    const some = (length, count) => sample(random, length, count);
    editBytes(row, random, (length) => some(length, isWhole ? length : 3), add);
    editText(row, (length) => some(length, isWhole ? 50 : 2), add);
    editMembers(row, add);
    editNote(row, add);
    editPlace(row, rows, newest, add);
  }
  return edits;
}

/** The newest record is never sealed, so that a log without unsealed records is known to have lost some. */
export function withoutCommits(rows) {
  const commits = rows.filter(({ store }) => store === "commits");
  const changes = commits.map(({ store, key }) => ({ store, key, remove: true }));
  return { name: "commits: all removed", kind: "all removed", store: "commits", changes };
}

/** Whether a row comes to stand elsewhere: then it is met there. */
function isMove(change) {
  return ["moveTo", "copyTo", "swapWith"].some((member) => member in change);
}

/** The sequence numbers of a record; of any other row, none. */
function extentOf({ store, key, first }) {
  return TRUTH.includes(store) ? [first, Math.ceil(key)] : [undefined, undefined];
}

function sample(random, length, count) {
  if (count >= length) return Array.from({ length }, (_, at) => at);
  return Array.from({ length: count }, () => random.between(0, length - 1));
}

function editBytes({ directory, bytes }, random, some, add) {
  const member = directory === undefined ? undefined : "x";
  for (const at of some(directory ?? bytes ?? 0)) {
    const mask = 1 << random.between(0, 7);
    add("byte flipped", { member, flip: [at, mask] }, `${at} ^ ${mask}`);
  }
}

function editText({ content, text }, some, add) {
  const member = content === undefined ? undefined : "t";
  const characters = content ?? text ?? "";
  for (const at of some(characters.length)) {
    const other = characters[at] === "1" ? "2" : "1";
    add("character changed", { member, cut: [at, 1, other] }, at);
  }
  if (characters === "") return;
  add("character removed", { member, cut: [characters.length >> 1, 1, ""] }, "in the middle");
  add("character added", { member, cut: [characters.length, 0, "1"] }, "at the end");
  for (const [what, pattern, replacement] of [
    ["a digit of a payload", '"amount":1', '"amount":2'],
    ["a name", '"aggregateId":"b', '"aggregateId":"c'],
    ["the structure", '{"', '["'],
    ["the state of a snapshot", '"total":12345', '"total":12346'],
  ]) {
    const at = characters.indexOf(pattern);
    if (at >= 0) add("character changed", { member, cut: [at, pattern.length, replacement] }, what);
  }
}

/** The parts of the note of what is sealed, each replaced by one that could stand there. */
function editNote({ store, text }, add) {
  if (store !== "meta" || text === undefined) return;
  const [, to, largestId, keys] = text.split(/[: ]/);
  const parts = { to: [+to + 1, to - 1, 1e15, -1, 0.5], largestId: [`f${largestId.slice(1)}`, `00${largestId.slice(2)}`, ""], keys: [+keys ^ 1, 0] };
  const old = { to, largestId, keys };
  for (const [name, replacements] of Object.entries(parts)) {
    for (const replacement of replacements) add("number changed", { cut: [text.indexOf(old[name], text.indexOf(":")), old[name].length, `${replacement}`] }, `${name} ${replacement}`);
  }
}

function editMembers({ directory, content, bytes, first, text, value }, add) {
  const members = [];
  if (directory !== undefined) members.push("x", "t");
  if (first !== undefined) members.push("f");
  if (value !== null && typeof value === "object") members.push(...Object.keys(value));
  for (const member of members) {
    for (const [what, set] of Object.entries(OTHER_TYPES)) add("another type", { member, set }, `${member}: ${what}`);
    add("member removed", { member, unset: true }, member);
  }
  if (first !== undefined) add("number changed", { member: "f", set: first + 1 }, "f + 1");
  for (const [what, set] of Object.entries(OTHER_TYPES)) add("another type", { set }, what);
  if (typeof value === "number") add("number changed", { set: value + 1 }, value + 1);
  if (directory !== undefined) add("huge", { member: "t", huge: 1 << 20 }, "t");
  if ((directory ?? bytes) !== undefined) add("huge", { member: directory === undefined ? undefined : "x", huge: 1 << 20 }, "bytes");
  if ((text ?? content) === "") add("character added", { member: content === undefined ? undefined : "t", cut: [0, 0, "1"] }, "");
}

function editPlace({ store, key }, rows, newest, add) {
  const neighbours = rows.filter((row) => row.store === store && row.key !== key);
  // Without its newest record a log is a sound one that ends earlier: see lossesOf.
  if (store !== "commits" || key !== newest) add("row removed", { remove: true }, "");
  if (store === "meta") return;
  const other = neighbours.find((row) => row.key > key) ?? neighbours.at(0);
  if (other) add("swapped", { swapWith: other.key }, `with ${JSON.stringify(other.key)}`);
  for (const [what, moved] of keysNear(key)) {
    if (neighbours.some((row) => row.key === moved)) continue;
    add("key changed", { moveTo: moved }, `${what} ${JSON.stringify(moved)}`);
    add("duplicated", { copyTo: moved }, `as ${JSON.stringify(moved)}`);
  }
}

function keysNear(key) {
  if (typeof key === "number") return [["before", key - 0.5], ["after", key + 1], ["far after", key + 1e6]];
  const last = key.at(-1) === "1" ? "2" : "1";
  return [["first character", `~${key.slice(1)}`], ["last character", key.slice(0, -1) + last]];
}

/** Losses that leave a sound log which ends earlier: `{ name, state, changes, length }`, to be made of the rows kept as `state`. */
export function lossesOf(rows, model, older) {
  const commits = rows.filter(({ store }) => store === "commits");
  const losses = [];
  for (let count = 1; count < commits.length; count += 1) {
    const removed = commits.slice(-count);
    const changes = removed.map(({ store, key }) => ({ store, key, remove: true }));
    losses.push({ name: `the newest ${count} records removed`, state: "whole", changes, length: commits.at(-count - 1).key });
  }
  losses.push({ name: "an older state of the whole database", state: "older", changes: [], length: older });
  return losses;
}
