// @ts-check

/**
 * A line that is read out when it changes.
 *
 * @param {HTMLElement} element
 * @param {string} text
 * @param {"good" | "bad"} [judgement]
 */
export function judge(element, text, judgement) {
  element.textContent = text;
  element.classList.toggle("good", judgement === "good");
  element.classList.toggle("bad", judgement === "bad");
}
