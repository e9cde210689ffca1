// Pages of a consumer in Chromium.
import assert from "node:assert/strict";

import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

/** A browser whose profile is the empty folder `profile`. */
export function launch(profile, args = []) {
  return chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: [...ARGS, ...args] });
}

/** A tab on an application, which says in `#result` what it did: see fixtures/shared/report.js. */
export class Tab {
  /** Uncaught errors, and what was printed as an error or a warning. */
  errors = [];

  constructor(page) {
    this.page = page;
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") this.errors.push(message.text());
    });
  }

  static async open(browser, address) {
    const tab = new Tab(await browser.newPage());
    await tab.page.goto(address);
    return tab;
  }

  /** What the application reported, once it did. */
  async report() {
    const result = this.page.locator("#result");
    await result.waitFor({ state: "attached", timeout: 20_000 }).catch(() => {
      throw new Error(`the page reported nothing; its errors: ${this.errors.join("; ") || "none"}`);
    });
    return JSON.parse(await result.textContent());
  }

  /** The application must report exactly `expected`, and nothing may have gone wrong. */
  async expect(expected) {
    const { ok, error } = await this.report();
    assert.equal(error, undefined, `the page failed: ${JSON.stringify(error)}; its errors: ${this.errors.join("; ")}`);
    assert.deepEqual(ok, expected);
    assert.deepEqual(this.errors, []);
  }
}
