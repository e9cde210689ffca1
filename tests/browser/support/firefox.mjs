// Firefox by puppeteer-core, which drives an unchanged one by WebDriver BiDi.
import puppeteer from "puppeteer-core";

import { groupLedBy } from "./processes.mjs";

/** Starts it on a profile; `report` hears of what its pages report. */
export async function launch(profile, report) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: "/usr/bin/firefox-esr",
    userDataDir: profile,
    // Nobody awaits the end of a call that a kill cuts off.
    protocolTimeout: 0,
  });
  return {
    group: await groupLedBy(browser.process().pid),
    close: () => browser.close(),
    newPage: async (prepare) => {
      const page = await browser.newPage();
      await page.exposeFunction("report", report);
      if (prepare) await page.evaluateOnNewDocument(prepare);
      return page;
    },
  };
}
