// @ts-check
// The wallets as a group of radio buttons: the chosen one is what the other panels are about.
import { formatCents } from "../money.js";
import { byId, make, onAction } from "./dom.js";

const TONES = 6;

/** @param {import("../app.js").App} app */
export function mountWallets(app) {
  const list = byId("wallet-list", HTMLElement);
  const form = byId("open-wallet", HTMLFormElement);
  const owner = byId("owner", HTMLInputElement);
  /** @type {Map<string, ReturnType<typeof makeCard>>} */
  const cards = new Map();

  onAction(form, "submit", app.messages, async () => {
    const { id, receipt } = await app.bank.openWallet(owner.value);
    const name = owner.value.trim();
    form.reset();
    app.choose(id);
    app.acknowledged.emit(receipt);
    app.messages.done(`Opened a wallet for ${name}.`);
  });

  app.changed.on(() => {
    const { rows } = app.book;
    list.hidden = rows.length === 0;
    byId("no-wallets", HTMLElement).hidden = rows.length > 0 || !app.book.caughtUp;
    for (const row of rows) {
      let card = cards.get(row.id);
      if (!card) {
        card = makeCard(row, cards.size % TONES, () => app.choose(row.id));
        cards.set(row.id, card);
        list.append(card.label);
      }
      card.balance.textContent = formatCents(row.cents);
      card.version.textContent = `version ${row.version}`;
      card.radio.checked = row.id === app.chosen;
    }
  });
}

/**
 * @param {import("../book.js").WalletRow} row
 * @param {number} tone
 * @param {() => void} choose
 */
function makeCard(row, tone, choose) {
  const radio = document.createElement("input");
  radio.type = "radio";
  radio.name = "wallet";
  radio.value = row.id;
  radio.addEventListener("change", choose);
  const balance = make("span", { class: "balance" });
  const version = make("span", { class: "muted small" });
  const initial = make("span", { class: `initial tone-${tone}`, text: [...row.owner][0]?.toUpperCase() ?? "?" });
  initial.ariaHidden = "true";
  const name = make("span", { class: "owner", text: row.owner });
  const label = make("label", { class: "wallet-card" }, radio, initial, make("span", { class: "who" }, name, version), balance);
  return { label, radio, balance, version };
}
