// Chromium with a profile on disk, and what its page costs in memory.
import { readFile } from "node:fs/promises";

import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Starts a browser, runs `work` with the page at `address`, closes the browser. Returns the result and the page's peaks. */
export async function withPage(profile, address, work) {
  const browser = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: ARGS });
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(`page: ${error}`));
    await page.goto(address);
    await page.waitForFunction(() => globalThis.flights !== undefined);
    const memory = await watchMemory(browser, page);
    const result = await work(page);
    return { result, memory: await memory.peaks() };
  } finally {
    await browser.close();
  }
}

/** The largest JavaScript heap seen, sampled twice a second, and the peak that Linux kept of the renderer's resident memory. */
async function watchMemory(browser, page) {
  const session = await browser.newCDPSession(page);
  await session.send("Performance.enable");
  let heap = 0;
  const sample = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    heap = Math.max(heap, metrics.find(({ name }) => name === "JSHeapUsedSize").value);
  };
  const timer = setInterval(() => sample().catch(() => undefined), 500);
  return {
    async peaks() {
      clearInterval(timer);
      await sample();
      return { heap, resident: await residentPeak(browser) };
    },
  };
}

async function residentPeak(browser) {
  try {
    const session = await browser.browser().newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const peaks = processInfo.filter(({ type }) => type === "renderer").map(({ id }) => peakOf(id));
    return Math.max(...(await Promise.all(peaks)));
  } catch {
    // Not on Linux, or not told.
    return undefined;
  }
}

async function peakOf(pid) {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
}
