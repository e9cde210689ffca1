// @ts-check

/** @typedef {(done: number, of: number, words: string) => void} Report */

/**
 * Something long: a bar, how far it is in words, and a button that cancels it. Out of sight when nothing is under way.
 *
 * @param {HTMLElement} element holds a progress element, a paragraph and a button
 * @param {HTMLElement} next where the focus goes if it was on the button at the end
 */
export function mountWork(element, next) {
  const bar = /** @type {HTMLProgressElement} */ (element.querySelector("progress"));
  const words = /** @type {HTMLElement} */ (element.querySelector("p"));
  const cancel = /** @type {HTMLButtonElement} */ (element.querySelector("button"));
  /** @type {AbortController | undefined} */
  let stopping;
  cancel.addEventListener("click", () => stopping?.abort());

  return {
    /**
     * @template T
     * @param {string} beginning what is said before the first report
     * @param {(signal: AbortSignal, report: Report) => Promise<T>} run
     */
    async during(beginning, run) {
      stopping = new AbortController();
      bar.removeAttribute("value");
      words.textContent = beginning;
      element.hidden = false;
      try {
        return await run(stopping.signal, (done, of, text) => {
          bar.max = of;
          bar.value = done;
          words.textContent = text;
        });
      } finally {
        stopping = undefined;
        // The focus must not vanish with the button.
        if (document.activeElement === cancel) next.focus();
        element.hidden = true;
      }
    },
  };
}
