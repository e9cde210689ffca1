// One edit at a time in the database of a log, and what the store makes of it. The rules are in support/verdict.mjs.
import assert from "node:assert/strict";

import { randomFrom } from "../site/random.mjs";
import { rejects, verifies } from "../support/events.mjs";
import { editsOf, lossesOf, withoutCommits } from "../support/edits.mjs";
import { makeSpecimen } from "../support/specimen.mjs";
import { judgeEdit } from "../support/verdict.mjs";

export const tests = [
  { name: "damage", run: damage, deadlineSeconds: (full) => (full ? 3600 : 900) },
  { name: "lost-end", run: lostEnd },
  { name: "damaged-export", run: damagedExport },
];

/** Without `--full` each store has this many of its rows edited. */
const ROWS_A_STORE = 2;

async function damage(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const { model, rows } = await makeSpecimen(tab);
  const length = model.events.length;
  await assertSound(tab, length);
  const outcomes = new Map();
  const violations = [];
  const chosen = some(rows, t.seed);
  const [edited, whole] = t.full ? [rows, chosen] : [chosen, []];
  for (const edit of [...editsOf(edited, { seed: t.seed, newest: length, whole }), withoutCommits(rows)]) {
    for (const appendFirst of [false, true]) {
      const result = await tab.call("damaged", { rows: "whole", changes: edit.changes, length, appendFirst });
      const { outcome, problems } = judgeEdit(edit, result);
      violations.push(...problems.map((problem) => `${edit.name}${appendFirst ? ", append first" : ""}: ${problem}`));
      if (!appendFirst) t.count(`${edit.store}: ${edit.kind}`, outcome);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
  }
  t.note([...outcomes].map(([outcome, count]) => `${count} × ${outcome}`).join("; "));
  assert.equal(violations.length, 0, `${violations.length} violations:\n${violations.slice(0, 60).join("\n")}`);
}

/** Nothing edited: everything is as the model says, so that the questions are the right ones. */
async function assertSound(tab, length) {
  const read = await tab.call("damaged", { rows: "whole", changes: [], length });
  const others = Object.entries(read.answers).filter(([, { kind }]) => kind !== "right");
  assert.deepEqual(others, []);
  assert.equal(read.verify.ok, true, JSON.stringify(read.verify));
  const written = await tab.call("damaged", { rows: "whole", changes: [], length, appendFirst: true });
  assert.deepEqual([written.append.kind, written.duplicate.code], ["right", "duplicate_event"]);
}

/** The last row of each store, which tells where it ends, and another one. */
function some(rows, seed) {
  const random = randomFrom(seed);
  const stores = [...new Set(rows.map(({ store }) => store))];
  return stores.flatMap((store) => {
    const own = rows.filter((row) => row.store === store);
    const isSmall = own.length <= ROWS_A_STORE || store === "meta";
    return isSmall ? own : [own.at(-1), random.pick(own.slice(0, -1))];
  });
}

/** The newest appends are gone: alone the store cannot know; with the head that was kept it does. */
async function lostEnd(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const { model, rows, older } = await makeSpecimen(tab);
  for (const { name, state, changes, length } of lossesOf(rows, model, older)) {
    const lost = { rows: state, changes, length };
    const read = await tab.call("damaged", lost);
    for (const [question, { kind, detail }] of Object.entries(read.answers)) assert.equal(kind, "right", `${name}: ${question}: ${detail}`);
    assert.deepEqual([read.opening.kind, read.verify.ok, read.verify.events], ["right", true, length], name);
    const written = await tab.call("damaged", { ...lost, appendFirst: true });
    assert.equal(written.append.kind, "right", `${name}: ${JSON.stringify(written.append)}`);
    const { opening, differences } = await tab.call("damaged", { ...lost, options: { expectHead: model.head } });
    assert.deepEqual([opening.code, opening.sequenceNumber], ["log_rewound", length], name);
    assert.deepEqual(differences, { removed: [], added: [], altered: [] }, name);
    t.count(`end lost: ${name}`, "a sound log that ends earlier; `expectHead`: log_rewound");
  }
}

/** What comes before the damage can be exported, and the export is a whole one: it restores a log. */
async function damagedExport(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const { log, model, rows } = await makeSpecimen(tab);
  const records = rows.filter(({ store }) => store === "commits" || store === "segments");
  for (const [at, { store, key, first }] of records.entries()) {
    // Before the first record there is nothing to export.
    if (first === 1) continue;
    await tab.call("editRows", { log, name: "whole", changes: [{ store, key, member: "x", flip: [40, 1] }] });
    await tab.call("openDamaged", { log });
    const error = await rejects(tab.call("exportLines", {}), "storage_corrupted");
    assert.equal(error.sequenceNumber, first);
    const lines = await tab.call("exportLines", { options: { to: first - 1 } });
    const end = JSON.parse(lines.at(-1)).end;
    assert.equal(end.sequenceNumber, first - 1);
    assert.deepEqual(lines.slice(0, -1), model.lines.slice(0, lines.length - 1));
    await tab.call("close", {});
    const restored = `restored ${at}`;
    await tab.call("open", { log: restored, store: restored });
    await tab.call("importText", { store: restored, text: `${lines.join("\n")}\n` });
    assert.deepEqual(await tab.call("getEvents", { store: restored }), model.events.slice(0, first - 1));
    await verifies(tab, first - 1, { store: restored });
    t.count("export of a damaged log", "storage_corrupted at the damage; up to there it restores a log");
  }
}
