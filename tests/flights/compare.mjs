/** What differs between what the page found in the store and what the file says, as lines to print; none if all is well. */
export function differencesOf({ written, found, expected, heap, heapLimit }) {
  const { verified, events } = found;
  const lines = [
    ...differs("rows appended", written.rows, expected.rows),
    ...differs("events appended", written.events, expected.events),
    ...differs("events in the log", events.last, expected.events),
    ...differs("events read", events.read, expected.events),
    ...differs("events out of sequence", events.gaps, 0),
    ...differs("verified", verified.ok, true),
    ...differs("events verified", verified.events, expected.events),
    ...differs("head verified", verified.head?.link, written.head.link),
    ...totalsDiffer(found.totals, expected.aircraft),
  ];
  if (heap > heapLimit) lines.push(`the JavaScript heap of the page reached ${heap} bytes, the limit is ${heapLimit}`);
  return lines;
}

function differs(what, actual, expected) {
  return Object.is(actual, expected) ? [] : [`${what}: ${actual}, expected ${expected}`];
}

function totalsDiffer(actual, expected) {
  const ids = new Set([...Object.keys(actual), ...Object.keys(expected)]);
  return [...ids].flatMap((id) => {
    if (!expected[id]) return [`${id}: in the store, but not in the file`];
    if (!actual[id]) return [`${id}: in the file, but not in the store`];
    const names = new Set([...Object.keys(actual[id]), ...Object.keys(expected[id])]);
    return [...names].flatMap((name) => differs(`${id}: ${name}`, actual[id][name], expected[id][name]));
  });
}
