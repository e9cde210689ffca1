// @ts-check
// Kill this tab in the middle of an append, open it again, and count.
import { inspect, runBurst } from "../burst.js";
import { noted } from "../place.js";
import { Witness } from "../witness.js";
import { byId, onAction, plural, setFacts } from "./dom.js";

/** So many acknowledged events, and this page goes away while the next appends are under way. */
const ENOUGH = 150;

/** @param {import("../app.js").App} app */
export function mountKill(app) {
  const facts = byId("kill-facts", HTMLElement);
  const verdict = byId("kill-verdict", HTMLElement);
  const progress = byId("burst-progress", HTMLElement);
  const stop = byId("stop-burst", HTMLButtonElement);
  const opening = Witness.open();
  const start = byId("start-burst", HTMLButtonElement);
  /** @type {AbortController | undefined} while a burst runs */
  let stopping;

  const count = async () => {
    const testimony = await (await opening).lastBurst(noted(app.log));
    if (!testimony) return;
    const { acknowledged, found, missing, halfWritten } = await inspect(app.store, testimony);
    const good = missing.length === 0 && halfWritten === 0;
    verdict.textContent = good
      ? "Every acknowledged event is there, and no append is half there."
      : `${plural(missing.length, "acknowledged event")} missing, ${plural(halfWritten, "append")} half there.`;
    verdict.classList.toggle("good", good);
    verdict.classList.toggle("bad", !good);
    setFacts(facts, {
      "Events acknowledged": String(acknowledged),
      "Events found": String(found),
      "Missing": String(missing.length),
      "Half-written appends": String(halfWritten),
    });
  };

  const burst = async (/** @type {(acknowledged: number) => void} */ onAcknowledged) => {
    if (stopping) return;
    stopping = new AbortController();
    facts.replaceChildren();
    verdict.textContent = "";
    stop.hidden = false;
    try {
      const note = await (await opening).begin(noted(app.log));
      await runBurst(app.store, note, stopping.signal, (acknowledged) => {
        progress.textContent = `${plural(acknowledged, "event")} acknowledged. Close this tab now.`;
        onAcknowledged(acknowledged);
      });
    } finally {
      progress.textContent = "";
      stopping = undefined;
      // The focus must not vanish with the button.
      if (document.activeElement === stop) start.focus();
      stop.hidden = true;
    }
    await count();
    app.messages.done("The burst ended before the tab was killed.");
  };

  onAction(start, "click", app.messages, () => burst(() => undefined));
  onAction(byId("kill", HTMLButtonElement), "click", app.messages, () => {
    let leaving = false;
    return burst((acknowledged) => {
      if (leaving || acknowledged < ENOUGH) return;
      leaving = true;
      // The store is not closed and other appends are under way: as near to a kill as a page can come by itself.
      location.replace(`killed.html${location.search}#${encodeURIComponent(app.log)}`);
    });
  });
  stop.addEventListener("click", () => stopping?.abort());
  count().catch((error) => app.messages.error(error));
}
