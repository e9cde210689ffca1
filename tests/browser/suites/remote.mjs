// A log on a server, in tabs of another origin: all of them hear of news over one stream.
import assert from "node:assert/strict";

import { serve } from "../../node/remote-server.mjs";

/** A tab that heard nothing would look for itself every two seconds, and beside a stream every thirty. */
const SOON_MILLIS = 1_500;
const OPEN = { log: "a log", options: { token: "good" } };

export const tests = [{ name: "remote-tabs", run: sharedStream }];

async function sharedStream(t) {
  const server = await serve();
  try {
    const browser = await t.browser();
    const tabs = [];
    for (let count = 0; count < 3; count += 1) {
      const tab = await browser.tab();
      await tab.call("open", { ...OPEN, url: server.url });
      await tab.call("subscribe", {});
      tabs.push(tab);
    }
    await until(() => server.streams.size === 1);
    await allHear(server, tabs, 1);
    assert.equal(asked(server), 1);

    // The first tab reads the stream; when it goes, another one takes over.
    await tabs.shift().close();
    await until(() => server.streams.size === 1 && asked(server) === 2);
    await allHear(server, tabs, 2);
    const waited = await allHear(server, tabs, 3);
    assert.equal(asked(server), 2);
    for (const tab of tabs) await tab.call("close", {});
    await until(() => server.streams.size === 0);
    t.note(`news reached all tabs within ${waited.toFixed(0)} ms`);
  } finally {
    await server.stop();
  }
}

async function allHear(server, tabs, number) {
  const event = { aggregateId: "a", aggregateType: "thing", eventType: "Happened", eventData: { number } };
  const began = performance.now();
  await server.append(event, number - 1);
  for (const tab of tabs) assert.equal((await tab.call("delivered", { count: number })).length, number);
  const waited = performance.now() - began;
  assert.ok(waited < SOON_MILLIS, `the news took ${waited} ms`);
  return waited;
}

function asked(server) {
  return server.requests.filter(({ path }) => path === "/stream").length;
}

async function until(holds) {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}
