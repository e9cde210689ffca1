// @ts-check
// The event log, newest first, as it grows here and in other tabs.
import { PARTS } from "../burst.js";
import { formatCents } from "../money.js";
import { atMostEvery, byId, make, makeTime, plural } from "./dom.js";

const SHOWN = 60;
/** Who could follow more rows than that? */
const MILLIS = 100;
const NOTICED = 10;

/** @param {import("../app.js").App} app */
export function mountEvents(app) {
  const body = byId("event-rows", HTMLElement);
  const count = byId("event-count", HTMLElement);
  let wasCaughtUp = false;

  /** @type {{ event: import("../book.js").Recorded, live: boolean }[]} */
  let waiting = [];

  const show = atMostEvery(MILLIS, () => {
    const isMany = waiting.length > NOTICED;
    body.prepend(...waiting.map(({ event, live }) => makeRow(event, app, live, isMany)).reverse());
    waiting = [];
    while (body.children.length > SHOWN) body.lastElementChild?.remove();
    const total = app.book.position;
    count.textContent = total > SHOWN ? `${plural(total, "event")}, last ${SHOWN} shown` : plural(total, "event");
    byId("no-events", HTMLElement).hidden = total > 0;
    byId("event-scroll", HTMLElement).hidden = total === 0;
  });

  app.arrived.on((page) => {
    const live = wasCaughtUp;
    waiting = [...waiting, ...page.slice(-SHOWN).map((event) => ({ event, live }))].slice(-SHOWN);
    wasCaughtUp = page.caughtUp;
    show();
  });
}

/**
 * @param {import("../book.js").Recorded} event
 * @param {import("../app.js").App} app
 * @param {boolean} live whether it arrived after this page had caught up
 * @param {boolean} isMany whether it is one of many at once
 */
function makeRow(event, app, live, isMany) {
  const subject = event.aggregateType === "wallet" ? app.book.ownerOf(event.aggregateId) : "Burst";
  const about = make("span", { class: "muted small", text: subject });
  if (live && event.causedBy !== null && event.causedBy !== app.bank.tab) about.append(" ", make("span", { class: "badge", text: "another tab" }));
  const amount = amountOf(event);
  const sign = amount.startsWith("+") ? " plus" : amount.startsWith("\u2212") ? " minus" : "";
  const row = make(
    "tr",
    { class: live && !isMany ? "fresh" : "" },
    make("td", { class: "number", text: String(event.sequenceNumber) }),
    make("td", {}, make("span", { class: "type", text: event.eventType }), " ", about),
    make("td", { class: "amount" }, make("span", { class: `change${sign}`, text: amount || "\u00a0" }), " ", makeTime(event.recordedAt)),
  );
  row.dataset["sequence"] = String(event.sequenceNumber);
  return row;
}

/**
 * What an event did to the balance, as text.
 *
 * @param {import("../book.js").Recorded} event
 */
export function amountOf(event) {
  switch (event.eventType) {
    case "Deposited":
    case "TransferReceived":
      return `+${formatCents(event.eventData.cents)}`;
    case "Withdrawn":
    case "TransferSent":
      return `\u2212${formatCents(event.eventData.cents)}`;
    case "Ticked":
      return `append ${event.eventData.append}, ${event.eventData.part}/${PARTS}`;
    case "WalletOpened":
      return "";
  }
}
