// @ts-check
import { grouped } from "../units.js";

/**
 * @template {Element} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (element instanceof kind) return element;
  throw new Error(`the page has no ${kind.name} with the id ${id}`);
}

/**
 * @param {string} tag
 * @param {{ class?: string, text?: string }} [options]
 * @param {...(Node | string)} children
 */
export function make(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  if (options.class !== undefined) element.className = options.class;
  if (options.text !== undefined) element.textContent = options.text;
  element.append(...children);
  return element;
}

/**
 * Runs an action one call at a time: a second click while the first is under way does nothing, and the focus stays where it is.
 *
 * @template {HTMLElement} E
 * @param {E} element
 * @param {"click" | "submit"} type
 * @param {import("./messages.js").Messages} messages
 * @param {(event: SubmitEvent | MouseEvent) => Promise<void>} run
 */
export function onAction(element, type, messages, run) {
  let busy = false;
  element.addEventListener(type, async (event) => {
    event.preventDefault();
    if (busy) return;
    busy = true;
    element.setAttribute("aria-busy", "true");
    try {
      await run(/** @type {SubmitEvent | MouseEvent} */ (event));
    } catch (error) {
      messages.error(error);
    } finally {
      busy = false;
      element.removeAttribute("aria-busy");
    }
  });
}

/**
 * Replaces the rows of a description list; terms that stay keep their element.
 *
 * @param {HTMLElement} list
 * @param {Readonly<Record<string, string | Node>>} facts
 */
export function setFacts(list, facts) {
  list.replaceChildren(...Object.entries(facts).map(([term, fact]) => make("div", {}, make("dt", { text: term }), make("dd", {}, fact))));
}

/** @param {string} isoTime */
export function makeTime(isoTime) {
  const time = document.createElement("time");
  time.dateTime = isoTime;
  time.textContent = new Date(isoTime).toLocaleTimeString("en-GB");
  return time;
}

/**
 * @param {number} count
 * @param {string} one
 */
export function plural(count, one) {
  return `${grouped(count)} ${one}${count === 1 ? "" : "s"}`;
}

/**
 * Calls at once, and while it is called more often, once every so many milliseconds; the last call always counts.
 *
 * @param {number} millis
 * @param {() => void} run
 */
export function atMostEvery(millis, run) {
  let last = -Infinity;
  let isWaiting = false;
  const call = () => {
    isWaiting = false;
    last = performance.now();
    run();
  };
  return () => {
    if (isWaiting) return;
    isWaiting = true;
    const wait = last + millis - performance.now();
    if (wait > 0) setTimeout(call, wait);
    else call();
  };
}
