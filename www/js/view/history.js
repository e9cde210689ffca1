// @ts-check
// Any past version of the chosen wallet, folded from its events.
import { formatCents } from "../money.js";
import { atMostEvery, byId, makeTime, setFacts } from "./dom.js";
import { amountOf } from "./events.js";

/** While thousands of events arrive, not every version is worth reading. */
const MILLIS = 100;

/** @param {import("../app.js").App} app */
export function mountHistory(app) {
  const panel = byId("history", HTMLElement);
  const slider = byId("version", HTMLInputElement);
  const label = byId("version-label", HTMLElement);
  const facts = byId("version-facts", HTMLElement);
  /** @type {string | undefined} */
  let shownId;
  let newest = 0;
  let asked = 0;
  let isReading = false;

  const show = async () => {
    const id = app.chosen;
    if (id === undefined) return;
    const version = Number(slider.value);
    const wallet = await app.bank.wallets.loadVersion(id, version);
    const [event] = await app.store.getEvents({ aggregateId: id, fromVersion: Math.max(version, 1), toVersion: version, limit: 1 });
    const balance = formatCents(wallet.state.cents);
    label.textContent = `Version ${version} of ${newest}`;
    slider.setAttribute("aria-valuetext", `version ${version} of ${newest}, balance ${balance}`);
    setFacts(facts, {
      Balance: balance,
      "Last event": event ? `#${event.sequenceNumber} ${event.eventType} ${amountOf(event)}` : "none yet",
      Recorded: event ? makeTime(event.recordedAt) : "\u2014",
    });
  };
  // One at a time, so that an older answer never comes after a newer one.
  const read = async () => {
    if (isReading) return;
    isReading = true;
    try {
      for (let turn = -1; turn !== asked; ) {
        turn = asked;
        await show();
      }
    } finally {
      isReading = false;
    }
  };
  const refresh = atMostEvery(MILLIS, () => {
    asked += 1;
    read().catch((error) => app.messages.error(error));
  });

  slider.addEventListener("input", refresh);
  app.changed.on(() => {
    const { chosen } = app;
    panel.hidden = chosen === undefined;
    if (chosen === undefined) return;
    const version = app.book.versionOf(chosen);
    if (chosen === shownId && version === newest) return;
    // Who looks at the newest version goes on doing so; who looks at a past one is left alone.
    const follows = chosen !== shownId || Number(slider.value) === newest;
    shownId = chosen;
    newest = version;
    byId("history-title", HTMLElement).textContent = `${app.book.ownerOf(chosen)}’s past`;
    slider.max = String(newest);
    if (follows) slider.value = slider.max;
    refresh();
  });
}
