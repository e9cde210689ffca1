// @ts-check
// The line in the header: how far this tab has seen the log, and what the last receipt said.
import { byId } from "./dom.js";

/** @param {import("../app.js").App} app */
export function mountStatus(app) {
  const live = byId("live", HTMLElement);
  const receipt = byId("last-receipt", HTMLElement);

  app.changed.on(() => {
    const { caughtUp, position } = app.book;
    if (!app.live) live.textContent = `No longer live after event ${position}`;
    else live.textContent = caughtUp ? `In step at event ${position}` : `Catching up, at event ${position}`;
    live.classList.toggle("in-step", app.live && caughtUp);
  });
  app.acknowledged.on(({ lastSequenceNumber, durability }) => {
    receipt.textContent = `Last receipt: event ${lastSequenceNumber}, ${durability}`;
  });
}
