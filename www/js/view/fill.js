// @ts-check
import { fill } from "../fill.js";
import { grouped } from "../units.js";
import { Refusal } from "../wallet.js";
import { byId, onAction, plural } from "./dom.js";
import { judge } from "./verdict.js";
import { mountWork } from "./work.js";

/** @param {import("../app.js").App} app */
export function mountFill(app) {
  const form = byId("fill", HTMLFormElement);
  const count = byId("fill-count", HTMLInputElement);
  const verdict = byId("fill-verdict", HTMLElement);
  const work = mountWork(byId("fill-work", HTMLElement), count);

  onAction(form, "submit", app.messages, async () => {
    const id = app.chosen;
    if (id === undefined) throw new Refusal("no_such_wallet", "There is no wallet yet.");
    const wanted = count.valueAsNumber;
    judge(verdict, "");
    const { stored, receipt } = await work.during("Beginning…", (signal, report) =>
      fill(app.bank, id, wanted, signal, (done) => report(done, wanted, `${grouped(done)} of ${plural(wanted, "deposit")} stored`)),
    );
    if (receipt) app.acknowledged.emit(receipt);
    const owner = app.book.ownerOf(id);
    const whole = stored === wanted;
    judge(verdict, `${whole ? "" : "Cancelled. "}${plural(stored, "deposit")} stored for ${owner}${whole ? "." : "; they stay."}`, whole ? "good" : undefined);
  });
}
