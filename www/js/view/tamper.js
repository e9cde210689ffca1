// @ts-check
// Damages the demo's own log and shows how it is noticed.
import { downloadBackup } from "../backup.js";
import { examine } from "../examine.js";
import { startOver } from "../start-over.js";
import { noteTampering, tampering } from "../tamper-note.js";
import { changeAmount, flipByte } from "../tamper.js";
import { abridged, formatBytes } from "../units.js";
import { byId, onAction, plural, setFacts } from "./dom.js";
import { judge } from "./verdict.js";

/** @param {import("../app.js").App} app */
export function mountTamper(app) {
  const result = byId("tamper-result", HTMLElement);
  const verdict = byId("tamper-verdict", HTMLElement);
  const rescue = byId("rescue", HTMLButtonElement);
  /** The last event before the damage. */
  let sound = 0;
  for (const place of document.querySelectorAll(".tamper-log")) place.textContent = app.log;

  onAction(byId("tamper-form", HTMLFormElement), "submit", app.messages, async (event) => {
    const byte = event instanceof SubmitEvent && event.submitter instanceof HTMLButtonElement && event.submitter.value === "byte";
    const what = await (byte ? flipByte : changeAmount)(app.log);
    noteTampering(app.log, what);
    await app.store.close();
    // The log is opened again, as after any other visit.
    location.reload();
  });

  onAction(rescue, "click", app.messages, async () => {
    const { name, bytes } = await downloadBackup(app.store, app.log, sound);
    app.messages.done(`${name}, ${formatBytes(bytes)}, holds what is sound: ${plural(sound, "event")}.`);
  });

  onAction(byId("start-over", HTMLButtonElement), "click", app.messages, async () => {
    await startOver(app.store, app.log);
    location.reload();
  });

  async function show(/** @type {string} */ what) {
    byId("tamper-offer", HTMLElement).hidden = true;
    result.hidden = false;
    judge(verdict, "Opened again. Reading and verifying…");
    const { opened, read, stopped, report, after, sound: last } = await examine(app.store);
    sound = last;
    const reading = stopped
      ? `${plural(read, "event")}, then storage_corrupted at event ${stopped.sequenceNumber}`
      : `all ${plural(read, "event")}: reading recomputes nothing`;
    setFacts(byId("tamper-facts", HTMLElement), {
      "Done to the database": what,
      "The log opened": opened.handle === "read_only" ? `read-only, ${opened.lastError}` : "as if nothing had happened",
      "Reading gave": reading,
      "verify()": report.ok ? "ok: true" : `ok: false at event ${report.sequenceNumber}`,
      Reason: report.ok ? "none" : abridged(report.reason),
      "From now on": after.handle === "read_only" ? "read-only: no append can build on the damage" : "appends are taken",
      "Still sound": sound > 0 ? `events 1 to ${sound}: they can be read and exported` : "nothing: the damage is at the beginning",
    });
    rescue.hidden = sound === 0;
    rescue.textContent = `Download events 1 to ${sound}`;
    if (report.ok) judge(verdict, "Foldlog found no damage.");
    else judge(verdict, `Foldlog noticed: the append at event ${report.sequenceNumber} is not what was stored.`, "bad");
    result.scrollIntoView({ block: "nearest" });
    app.examined.emit();
  }

  const what = tampering(app.log);
  if (what !== undefined) show(what).catch((error) => app.messages.error(error));
}
