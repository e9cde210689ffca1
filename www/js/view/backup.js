// @ts-check
import { downloadBackup } from "../backup.js";
import { copyToServer } from "../copy.js";
import { hasServer, kept } from "../place.js";
import { formatBytes } from "../units.js";
import { byId, onAction, plural } from "./dom.js";
import { judge } from "./verdict.js";

/** @param {import("../app.js").App} app */
export function mountBackup(app) {
  mountDownload(app);
  if (hasServer && kept === "browser") mountCopy(app);
}

/** @param {import("../app.js").App} app */
function mountDownload(app) {
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

/** @param {import("../app.js").App} app */
function mountCopy(app) {
  const verdict = byId("copy-verdict", HTMLElement);
  byId("server-copy", HTMLElement).hidden = false;

  onAction(byId("copy", HTMLButtonElement), "click", app.messages, async () => {
    judge(verdict, "Copying…");
    try {
      const { imported, head } = await copyToServer(app.store);
      judge(verdict, `${plural(imported, "event")} copied; the server holds all ${head.sequenceNumber}.`, "good");
    } catch (error) {
      judge(verdict, "");
      throw error;
    }
  });
}
