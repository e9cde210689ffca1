// @ts-check
// A backup file into this log, with what this log can take.
import { restore } from "../restore.js";
import { unfinishedRestore } from "../unfinished-restore.js";
import { abridged, formatBytes, grouped } from "../units.js";
import { byId, make, onAction, plural, setFacts } from "./dom.js";
import { judge } from "./verdict.js";
import { mountWork } from "./work.js";

/** @param {import("../app.js").App} app */
export function mountRestore(app) {
  const form = byId("restore", HTMLFormElement);
  const input = byId("restore-file", HTMLInputElement);
  const start = byId("restore-start", HTMLButtonElement);
  const verdict = byId("restore-verdict", HTMLElement);
  const facts = byId("restore-facts", HTMLElement);
  const work = mountWork(byId("restore-work", HTMLElement), start);

  onAction(form, "submit", app.messages, async () => {
    const file = input.files?.[0];
    if (!file) return;
    judge(verdict, "");
    facts.replaceChildren();
    try {
      const outcome = await work.during("Proving the first lines…", (signal, report) =>
        restore(app.store, app.log, file, signal, ({ read, imported, skipped }) => {
          const held = skipped > 0 ? `, ${grouped(skipped)} skipped` : "";
          report(read, file.size, `${formatBytes(read)} of ${formatBytes(file.size)} read; ${plural(imported, "event")} stored${held}`);
        }),
      );
      show(outcome);
    } finally {
      offer();
      app.examined.emit();
    }
  });

  /** @param {import("../restore.js").Outcome} outcome */
  function show({ kind, text, refusal, stored, held }) {
    judge(verdict, text, kind === "finished" ? "good" : kind === "refused" ? "bad" : undefined);
    setFacts(facts, {
      "Events stored": grouped(stored),
      "Events held already": grouped(held),
      ...(refusal && { "What was found": abridged(refusal.message), Code: make("code", { text: refusal.code }) }),
    });
  }

  /** Says what this log can take, and where else a backup could go. */
  function offer() {
    const { position, caughtUp } = app.book;
    const file = unfinishedRestore(app.log);
    const hint = byId("restore-hint", HTMLElement);
    hint.classList.toggle("verdict", file !== undefined);
    start.textContent = file === undefined ? "Restore" : "Go on restoring";
    byId("restore-elsewhere", HTMLElement).hidden = position === 0 || file !== undefined;
    if (file !== undefined) {
      hint.textContent = `This log is an unfinished restore of “${file}”. It takes no deposits or other changes. Choose the same file again, or a sound copy of it: it goes on where it stopped.`;
    } else if (position > 0) {
      hint.textContent =
        "This log has events, and nothing is ever overwritten. It takes only a backup of itself that goes on where it ends. Any other backup belongs into a new, empty log.";
    } else if (caughtUp) {
      hint.textContent = "This log is empty: a backup can be restored into it. Every line is proved before it is stored.";
    }
    const name = nextName(app.log);
    const link = byId("restore-new", HTMLAnchorElement);
    link.hash = encodeURIComponent(name);
    link.textContent = `Open the log “${name}” for it`;
  }

  app.changed.on(offer);
  offer();
}

/** @param {string} log */
function nextName(log) {
  const [, base = log, number] = /^(.*)-copy(?:-(\d+))?$/.exec(log) ?? [];
  const suffix = base === log ? "-copy" : `-copy-${Number(number ?? 1) + 1}`;
  return base.slice(0, 60 - suffix.length) + suffix;
}
