// @ts-check
import { downloadBackup } from "../backup.js";
import { formatBytes } from "../units.js";
import { byId, onAction } from "./dom.js";
import { judge } from "./verdict.js";

/** @param {import("../app.js").App} app */
export function mountBackup(app) {
  const button = byId("export", HTMLButtonElement);
  const verdict = byId("export-verdict", HTMLElement);

  onAction(button, "click", app.messages, async () => {
    judge(verdict, "Reading the log…");
    try {
      const { name, bytes } = await downloadBackup(app.store, app.log);
      judge(verdict, `${name}, ${formatBytes(bytes)}, was given to the browser. Keep it somewhere else.`, "good");
    } catch (error) {
      judge(verdict, "");
      throw error;
    }
  });
}
