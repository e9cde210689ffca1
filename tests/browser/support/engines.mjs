// Which tests run in which engine.

/** For what only the developer tools of Chromium can cause: quotas, crashes, freezing, clearing; or what is a matter of its storage. */
export const CHROMIUM = ["chromium"];

/** What Firefox runs in the usual tier; with `--full` it runs everything that is not for Chromium alone. */
const FIREFOX_USUAL = ["deleted", "superseded", "handle-deaths", "import-killed", "replay", "two-tabs", "wrong-no-tail-check", "kills", "held-write", "wrong-early-answer"];

/** Whether a test runs in an engine. */
export function runsIn(engine, { name, engines }, full) {
  if (engines && !engines.includes(engine)) return false;
  return engine === "chromium" || full || FIREFOX_USUAL.includes(name);
}
