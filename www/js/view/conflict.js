// @ts-check
import { race } from "../conflict.js";
import { Refusal } from "../wallet.js";
import { byId, make, onAction } from "./dom.js";

/** @param {import("../app.js").App} app */
export function mountConflict(app) {
  const button = byId("provoke", HTMLButtonElement);
  const steps = byId("conflict-steps", HTMLElement);

  onAction(button, "click", app.messages, async () => {
    const id = app.chosen;
    if (id === undefined) throw new Refusal("no_such_wallet", "There is no wallet yet.");
    const { readAt, winner, won, loser, conflict, retriedAt, retried } = await race(app.bank, id);
    app.acknowledged.emit(retried);
    const owner = app.book.ownerOf(id);
    steps.replaceChildren(
      make("li", { text: `A deposits €1.00 and B deposits €2.00. Both read ${owner} at version ${readAt}.` }),
      make("li", { text: `${winner} is stored as version ${won.versions[id]}, event ${won.lastSequenceNumber}.` }),
      make("li", { class: "lost" }, `${loser} is refused: expected version ${conflict.expected}, actual version ${conflict.actual}. `, make("code", { text: "concurrency_conflict" })),
      make("li", { class: "won", text: `${loser} reads version ${retriedAt}, decides again, and is stored as version ${retried.versions[id]}, event ${retried.lastSequenceNumber}.` }),
    );
    app.messages.done(`${loser} lost the race at version ${conflict.expected}, tried again, and was stored.`);
  });
}
