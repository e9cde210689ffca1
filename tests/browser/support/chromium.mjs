// Chromium by playwright-core.
import { chromium } from "playwright-core";

import { groupLedBy } from "./processes.mjs";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it on a profile; `report` hears of what its pages report. */
export async function launch(profile, report, { ignoreDefaultArgs = [] }) {
  const context = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: ARGS, ignoreDefaultArgs });
  await context.exposeBinding("report", (_source, message) => report(message));
  return {
    group: await processGroup(context),
    close: () => context.close(),
    newPage: async (prepare) => {
      const page = await context.newPage();
      if (prepare) await page.addInitScript(prepare);
      return page;
    },
  };
}

async function processGroup(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return groupLedBy(processInfo.find(({ type }) => type === "browser").id);
}
