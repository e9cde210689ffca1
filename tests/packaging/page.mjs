// Opens a page of a consumer in Chromium, served as static files under a strict content security policy.
import { chromium } from "playwright-core";

import { serve } from "../../www/serve.mjs";

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** Runs `work` with a browser whose profile is the empty folder `profile`. */
export async function withBrowser(profile, work) {
  const browser = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: ARGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/**
 * What the page at `path` of `folder` reported, with its uncaught errors and what it printed as errors.
 *
 * `base` is the place in `folder` that the server takes as its root.
 */
export async function visit(browser, folder, path = "") {
  const { server, address } = await serve(folder);
  const page = await browser.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  try {
    await page.goto(new URL(path, address).href);
    const result = page.locator("#result");
    await result.waitFor({ state: "attached", timeout: 20_000 }).catch(() => {
      throw new Error(`the page reported nothing; its errors: ${errors.join("; ") || "none"}`);
    });
    return { ...JSON.parse(await result.textContent()), errors };
  } finally {
    await page.close();
    server.closeAllConnections();
    server.close();
  }
}
