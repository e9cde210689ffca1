// @ts-check
import { rememberedHead, rememberHead } from "../remembered-head.js";
import { abridged, grouped } from "../units.js";
import { byId, make, onAction, setFacts } from "./dom.js";

/** @param {import("../app.js").App} app */
export function mountVerify(app) {
  const verdict = byId("verdict", HTMLElement);
  const facts = byId("verify-facts", HTMLElement);

  onAction(byId("verify", HTMLButtonElement), "click", app.messages, async () => {
    say("Recomputing every link…");
    try {
      await verify();
    } catch (error) {
      say("");
      throw error;
    } finally {
      app.examined.emit();
    }
  });

  async function verify() {
    const remembered = rememberedHead(app.log);
    const report = await app.store.verify();
    if (!report.ok) {
      say(`The append at event ${report.sequenceNumber} does not fit: ${abridged(report.reason)}.`, "bad");
      return;
    }
    // Fails if the log no longer holds that head: alone, a chain does not show that its tail was cut off.
    if (remembered) await app.store.verify({ since: remembered });
    const { appends, events, head } = report;
    rememberHead(app.log, head);
    say("Every link fits.", "good");
    const link = make("code", { text: abridged(head.link) });
    link.title = head.link;
    setFacts(facts, {
      Appends: grouped(appends),
      Events: grouped(events),
      "Head link": link,
      "Last verified": remembered ? `event ${remembered.sequenceNumber}, still the same` : "never before",
    });
  }

  /**
   * @param {string} text
   * @param {"good" | "bad"} [judgement]
   */
  function say(text, judgement) {
    verdict.textContent = text;
    verdict.classList.toggle("good", judgement === "good");
    verdict.classList.toggle("bad", judgement === "bad");
    facts.replaceChildren();
  }
}
