// A row of the file as events of an aircraft.

/**
 * The events of a flight: a departure, and an arrival if an arrival time is known; or a cancellation.
 *
 * A row without a tail number is a cancelled flight to which no aircraft was assigned. It is an event of the aggregate
 * `unassigned-<carrier>`: no row is dropped, and no aircraft gets a flight that was not its own.
 * A flight that left and has no arrival time (diverted, or not reported) is a departure only.
 */
export function eventsOf(row) {
  const aggregateId = row.tailnum === "NA" ? `unassigned-${row.carrier}` : row.tailnum;
  const flight = `${row.carrier}${row.flight}`;
  const scheduled = scheduledDeparture(row);
  const common = { aggregateId, aggregateType: "aircraft", correlationId: `${scheduled.slice(0, 10)} ${flight} ${row.origin}` };
  const route = { flight, origin: row.origin, destination: row.dest };
  if (row.dep_time === "NA") {
    return [{ ...common, eventType: "FlightCancelled", eventData: { ...route, scheduled }, createdAt: scheduled, tags: [row.origin] }];
  }
  const delay = whole(row.dep_delay);
  const departed = {
    ...common,
    eventType: "FlightDeparted",
    eventData: { ...route, scheduled, delayMinutes: delay, distance: whole(row.distance) },
    createdAt: new Date(Date.parse(scheduled) + delay * 60_000),
    tags: [row.origin],
  };
  if (row.arr_time === "NA") return [departed];
  // The local clock of the destination is not in the file, so `createdAt` stays the time of the append.
  const eventData = { ...route, arrived: row.arr_time, delayMinutes: wholeOrNull(row.arr_delay), airMinutes: wholeOrNull(row.air_time) };
  return [departed, { ...common, eventType: "FlightArrived", eventData, tags: [row.dest] }];
}

/** `time_hour` is the scheduled hour in UTC, `minute` the minute in it. */
function scheduledDeparture(row) {
  const time = new Date(Date.parse(row.time_hour) + whole(row.minute) * 60_000);
  return time.toISOString();
}

function whole(text) {
  const value = Number(text);
  if (text === "" || !Number.isSafeInteger(value)) throw new Error(`not a whole number: ${text}`);
  return value;
}

function wholeOrNull(text) {
  return text === "NA" ? null : whole(text);
}
