// The hostile calls of tests/hostile, on a log in IndexedDB; tests/node/hostile makes them in memory.
import assert from "node:assert/strict";

export const tests = [{ name: "hostile", run: hostile, deadlineSeconds: () => 600 }];

async function hostile(t) {
  const browser = await t.browser();
  const tab = await browser.tab();
  const { calls, complaints, head, report } = await tab.call("hostileCalls", { log: "hostile" });
  assert.deepEqual(complaints, []);
  assert.deepEqual([report.ok, report.events, report.head], [true, head.sequenceNumber, head]);
  t.note(`${calls} calls; the log has ${head.sequenceNumber} events`);
}
