// @ts-check
// Deposit, withdraw, transfer.
import { AmountError, formatCents, parseCents } from "../money.js";
import { byId, onAction } from "./dom.js";

/** @param {import("../app.js").App} app */
export function mountMove(app) {
  const panel = byId("move", HTMLElement);
  const cash = byId("cash", HTMLFormElement);
  const amount = byId("amount", HTMLInputElement);
  const transfer = byId("transfer", HTMLFormElement);
  const sum = byId("transfer-amount", HTMLInputElement);
  const to = byId("transfer-to", HTMLSelectElement);

  onAction(cash, "submit", app.messages, async (event) => {
    const id = app.chosen;
    if (id === undefined) return;
    const cents = readCents(amount);
    const withdraws = event instanceof SubmitEvent && event.submitter instanceof HTMLButtonElement && event.submitter.value === "withdraw";
    const receipt = await (withdraws ? app.bank.withdraw(id, cents) : app.bank.deposit(id, cents));
    cash.reset();
    app.acknowledged.emit(receipt);
    const what = withdraws ? `Withdrew ${formatCents(cents)} from` : `Deposited ${formatCents(cents)} into`;
    app.messages.done(`${what} ${app.book.ownerOf(id)}. Event ${receipt.lastSequenceNumber}, ${receipt.durability}.`);
  });

  onAction(transfer, "submit", app.messages, async () => {
    const from = app.chosen;
    if (from === undefined) return;
    const cents = readCents(sum);
    const target = to.value;
    const receipt = await app.bank.transfer(from, target, cents);
    sum.value = "";
    app.acknowledged.emit(receipt);
    const { firstSequenceNumber, lastSequenceNumber } = receipt;
    const owners = `${app.book.ownerOf(from)} to ${app.book.ownerOf(target)}`;
    app.messages.done(`Sent ${formatCents(cents)} from ${owners}: events ${firstSequenceNumber} and ${lastSequenceNumber}, one append.`);
  });

  app.changed.on(() => {
    const { rows } = app.book;
    const { chosen } = app;
    panel.hidden = chosen === undefined;
    if (chosen === undefined) return;
    byId("move-title", HTMLElement).textContent = `Move ${app.book.ownerOf(chosen)}’s money`;
    const others = rows.filter(({ id }) => id !== chosen);
    transfer.hidden = others.length === 0;
    byId("transfer-needs-two", HTMLElement).hidden = others.length > 0;
    offer(to, others);
  });
}

/**
 * Changes the options only when they differ, so that a list the user has open does not close.
 *
 * @param {HTMLSelectElement} select
 * @param {readonly import("../book.js").WalletRow[]} rows
 */
function offer(select, rows) {
  const same = rows.length === select.options.length && rows.every(({ id }, index) => select.options[index]?.value === id);
  if (same) return;
  const before = select.value;
  select.replaceChildren(...rows.map(({ id, owner }) => new Option(owner, id, false, id === before)));
}

/** @param {HTMLInputElement} input */
function readCents(input) {
  try {
    return parseCents(input.value);
  } catch (error) {
    if (error instanceof AmountError) {
      input.setAttribute("aria-invalid", "true");
      input.addEventListener("input", () => input.removeAttribute("aria-invalid"), { once: true });
      input.focus();
    }
    throw error;
  }
}
