// @ts-check
// Before a log is open: it does not exist yet, or it cannot be opened.
import { explain } from "../advice.js";
import { kept } from "../place.js";
import { forgetHead, rememberedHead } from "../remembered-head.js";
import { byId } from "./dom.js";

const DISTRUSTED = ["log_rewound", "log_diverged", "epoch_changed"];

/** @param {string} log */
export function mountGate(log) {
  const form = byId("choose-log", HTMLFormElement);
  const name = byId("log-name", HTMLInputElement);
  name.value = log;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    location.hash = encodeURIComponent(name.value.trim());
  });
  byId("second-tab", HTMLAnchorElement).hash = encodeURIComponent(log);

  const gate = byId("gate", HTMLElement);
  const button = byId("gate-button", HTMLButtonElement);
  return {
    /** Whether the focus was in it, and has to go somewhere else. */
    hide() {
      const hadFocus = gate.contains(document.activeElement);
      gate.hidden = true;
      return hadFocus;
    },

    /**
     * @param {unknown} error
     * @param {{ open(): void, create(): void }} actions
     */
    show(error, actions) {
      const { code, message, advice } = explain(error);
      const { title, text, label, run } = offer(code);
      byId("gate-title", HTMLElement).textContent = title;
      byId("gate-text", HTMLElement).textContent = text;
      byId("gate-code", HTMLElement).textContent = code;
      button.textContent = label;
      button.onclick = run;
      gate.hidden = false;
      button.focus();

      function offer(/** @type {string} */ code) {
        const head = rememberedHead(log);
        if (code === "log_not_found" && !head) {
          return {
            title: "Nothing here yet",
            text: kept === "server" ? `The server has no log named “${log}”.` : `This browser has no log named “${log}”. Creating it makes an empty one, in this browser only.`,
            label: "Create the log",
            run: actions.create,
          };
        }
        if (code === "log_not_found") {
          const cause = kept === "server" ? "The server has it no more." : "The browser has evicted it, or its data were cleared.";
          return {
            title: "The log is gone",
            text: `“${log}” was here and held ${head?.sequenceNumber} events when it was last verified. ${cause} A new log begins empty.`,
            label: "Create a new, empty log",
            run: () => (forgetHead(log), actions.create()),
          };
        }
        if (DISTRUSTED.includes(code) || (code === "storage_corrupted" && head)) {
          return {
            title: "The log is not what it was",
            text: `${message} ${advice}`,
            label: "Forget the remembered head and open it",
            run: () => (forgetHead(log), actions.open()),
          };
        }
        return { title: "The log cannot be opened", text: `${message} ${advice}`, label: "Try again", run: actions.open };
      }
    },
  };
}
