// @ts-check
import { explain } from "../advice.js";
import { Signal } from "../signal.js";
import { byId, make } from "./dom.js";

const DONE_MILLIS = 10_000;

/** The line at the bottom of the window: what was done, or what went wrong and what to do. */
export class Messages {
  /** After an error was shown. */
  failed = /** @type {Signal<void>} */ (new Signal());
  #done = byId("done", HTMLElement);
  #failed = byId("failed", HTMLElement);
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #fading;

  constructor() {
    const close = byId("close-message", HTMLButtonElement);
    close.addEventListener("click", () => this.#clear());
  }

  /** @param {string} text */
  done(text) {
    this.#clear();
    this.#done.textContent = text;
    // Good news may go; an error stays until it is closed.
    this.#fading = setTimeout(() => this.#clear(), DONE_MILLIS);
  }

  /** @param {unknown} error */
  error(error) {
    const { code, message, advice } = explain(error);
    if (code === "unexpected") console.error(error);
    this.#clear();
    this.#failed.append(make("strong", { text: message }), " ", make("span", { text: advice }), " ", make("code", { text: code }));
    this.failed.emit();
  }

  #clear() {
    clearTimeout(this.#fading);
    this.#done.replaceChildren();
    this.#failed.replaceChildren();
  }
}
