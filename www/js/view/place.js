// @ts-check
// Chooses where the log is kept, and says it.
import { hasServer, kept } from "../place.js";
import { byId } from "./dom.js";

export function mountPlace() {
  const choice = byId("kept", HTMLSelectElement);
  byId("choose-place", HTMLElement).hidden = !hasServer;
  choice.value = kept;
  choice.addEventListener("change", () => {
    location.search = choice.value === "server" ? "?kept=server" : "";
  });
  byId("second-tab", HTMLAnchorElement).search = location.search;
  if (kept === "browser") return;
  byId("kept-note", HTMLElement).textContent = "Every event is kept on the server, and nothing is ever overwritten.";
  // The page's token is for one log, a restore needs a log without events, and the database is out of reach.
  byId("log-name", HTMLInputElement).readOnly = true;
  for (const id of ["restore-section", "tamper"]) byId(id, HTMLElement).hidden = true;
}
