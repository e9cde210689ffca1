// @ts-check
import { formatBytes } from "../units.js";
import { byId, make, onAction, setFacts } from "./dom.js";

const RISKS = {
  none: "none",
  low: "low: only if the disk runs full",
  high: "high: little space is left",
};
const HANDLES = {
  open: "open",
  lost: "lost: opened again when needed",
  read_only: "read-only: takes no appends",
  superseded: "superseded: reload",
  closed: "closed",
};

/** @param {import("../app.js").App} app */
export function mountHealth(app) {
  const facts = byId("health-facts", HTMLElement);

  const refresh = async () => {
    const { durability, persisted, quota, evictionRisk, handle, lastError } = await app.store.health();
    setFacts(facts, {
      Durability: durability,
      "Kept by the browser": persisted === null ? "not known" : persisted ? "yes" : "no promise",
      "Space used": quota ? quotaView(quota) : "not known",
      "Risk of eviction": RISKS[evictionRisk],
      Handle: HANDLES[handle],
      "Last failure": lastError === null ? "none" : make("code", { text: lastError }),
    });
  };

  onAction(byId("persist", HTMLButtonElement), "click", app.messages, async () => {
    const kept = await navigator.storage.persist();
    await refresh();
    app.messages.done(
      kept
        ? "The browser will keep this data until you delete it."
        : "The browser made no promise. Some do once the site is bookmarked, installed or allowed to notify you.",
    );
  });

  const update = () => void refresh().catch((error) => app.messages.error(error));
  app.acknowledged.on(update);
  app.examined.on(update);
  // What fails here after a failure was shown would only be shown again, without end.
  app.messages.failed.on(() => void refresh().catch(() => undefined));
  app.changed.on(() => app.live || update());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && update());
  update();
}

/** @param {{ readonly used: number, readonly limit: number }} quota */
function quotaView({ used, limit }) {
  const meter = document.createElement("meter");
  meter.max = limit;
  meter.high = limit * 0.8;
  meter.value = used;
  meter.ariaLabel = "Space used";
  return make("span", { class: "quota" }, meter, ` ${formatBytes(used)} of ${formatBytes(limit)}`);
}
