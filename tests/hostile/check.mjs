// Makes the calls of the table and says what is wrong with their answers.
import { SECRET } from "./values.mjs";

/** Makes the calls of an argument, one after the other, and gives what is wrong with each. */
export async function checkAll({ rows }, scene) {
  const complaints = [];
  for (const row of rows) {
    const complaint = await check(row, scene);
    if (complaint !== undefined) complaints.push(`${row.name} must be ${row.code}, but ${complaint}`);
  }
  return complaints;
}

/**
 * Makes one call and gives what is wrong, or undefined.
 *
 * A call that is refused must reject (or, if it `throws`, throw) with a FoldlogError of the code and the field of its entry, and leave
 * the log as it was. After a call that writes, whatever it answered, the next append must succeed and get the next number.
 */
export async function check(entry, scene) {
  const { store } = scene;
  const before = await store.head();
  const answer = await settle(entry, scene);
  const complaint = answer.failed ? complaintOfError(entry, scene, answer) : await complaintOfSuccess(entry, scene, answer.value);
  if (complaint) return complaint;
  const after = await store.head();
  if (answer.failed && !same(before, after)) return `the log went from ${show(before)} to ${show(after)}`;
  if (!entry.writes) return undefined;
  const receipt = await store.appendEvent(scene.event({ aggregateId: "after" }), { expectedVersion: "any" });
  if (receipt.firstSequenceNumber !== after.sequenceNumber + 1) return `the next append got ${show(receipt)} after ${show(after)}`;
  return undefined;
}

async function settle({ call, throws }, scene) {
  let pending;
  try {
    pending = call(scene);
  } catch (error) {
    return { failed: true, error, thrown: true };
  }
  if (throws) return { value: pending };
  try {
    return { value: await pending };
  } catch (error) {
    return { failed: true, error };
  }
}

async function complaintOfSuccess({ code, shows }, scene, value) {
  if (code !== "ok") return `succeeded with ${show(value)}`;
  return shows?.(value, scene);
}

function complaintOfError({ code, field, throws, writes }, { foldlog: { FoldlogError } }, { error, thrown }) {
  if (!FoldlogError.is(error) || !(error instanceof Error)) return `gave no FoldlogError: ${show(error)} ${describe(error)}`;
  const said = `${error.code} of ${error.field}: ${error.message}`;
  if (thrown && !throws) return `threw instead of rejecting: ${said}`;
  if (error.code !== code) return `gave ${said}`;
  const fields = [field ?? []].flat();
  if (fields.length > 0 && !fields.some((place) => isInside(error.field, place))) return `named another field: ${said}`;
  if (fields.length > 0 && !error.message.startsWith(`${error.field}: `)) return `does not name its field in its message: ${said}`;
  if (writes && error.outcome !== "not_committed") return `has the outcome ${error.outcome}: ${said}`;
  if (error.retryable) return `calls itself retryable: ${said}`;
  if (error.message.includes(SECRET)) return `repeats a payload: ${said}`;
  return undefined;
}

/** Whether `field` is `place` or something in it: `events[0].tags[1]` is in `events[0].tags`. */
function isInside(field, place) {
  return typeof field === "string" && field.startsWith(place) && [undefined, ".", "["].includes(field[place.length]);
}

/** The same as JSON. */
export function same(left, right) {
  return JSON.stringify(left) === JSON.stringify(right);
}

function show(value) {
  try {
    return JSON.stringify(value)?.slice(0, 200);
  } catch {
    return typeof value;
  }
}

/** A hostile value may have been thrown: then even its name cannot be read. */
function describe(error) {
  try {
    return `${error?.stack}`;
  } catch {
    return "(it cannot be read)";
  }
}
