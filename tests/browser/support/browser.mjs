// A browser on a profile of its own, its tabs, and its sudden end.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { launch as launchChromium } from "./chromium.mjs";
import { launch as launchFirefox } from "./firefox.mjs";
import { killGroup } from "./processes.mjs";

const ENGINES = { chromium: launchChromium, firefox: launchFirefox };

/** An empty profile; its databases are on the disk. */
export function makeProfile() {
  return mkdtemp(join(tmpdir(), "foldlog-browser-"));
}

export function removeProfile(profile) {
  return rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

export class Browser {
  /** What went wrong in the pages without anybody asking. */
  errors = [];
  /** Called with each report of a page. */
  onReport = () => undefined;
  #engine;
  #site;

  static async launch(profile, site, { engine = "chromium", ...options } = {}) {
    const browser = new Browser();
    browser.#site = site;
    browser.#engine = await ENGINES[engine](profile, (message) => browser.onReport(message), options);
    return browser;
  }

  /** A new tab on the page of the tests; `prepare` is a function that runs in it before everything else. */
  async tab({ prepare } = {}) {
    const page = await this.#engine.newPage(prepare);
    page.on("pageerror", (error) => this.errors.push(`page error: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(`console: ${message.text()}`);
    });
    const tab = new Tab(page, this.#site);
    await tab.load();
    return tab;
  }

  /** A page on an address of the browser's own. */
  async page(address) {
    const page = await this.#engine.newPage();
    await page.goto(address);
    return page;
  }

  /** Kills all processes of the browser at once and waits until they are gone. */
  async kill() {
    const gone = killGroup(this.#engine.group);
    const closed = this.#engine.close().catch(() => undefined);
    await gone;
    await closed;
  }

  async close() {
    await this.#engine.close();
  }
}

export class Tab {
  #site;

  constructor(page, site) {
    this.page = page;
    this.#site = site;
  }

  async load() {
    await this.page.goto(`${this.#site}tests/browser/site/index.html`);
    await this.#isReady();
  }

  async reload() {
    await this.page.reload();
    await this.#isReady();
  }

  /** Does one thing in the page; see site/client.mjs. */
  call(method, argument) {
    return this.#call(method, argument, undefined);
  }

  /** A dedicated worker of the page: its `call` works in there. */
  async worker(name = "worker") {
    await this.call("spawnWorker", { worker: name });
    return { call: (method, argument) => this.#call(method, argument, name) };
  }

  /** Makes it the tab that is seen. */
  async show() {
    await this.page.bringToFront();
  }

  /** A session of the developer tools' protocol with this page. */
  devtools() {
    return this.page.context().newCDPSession(this.page);
  }

  /** Lets the origin use so many bytes more than it uses now; without a number, as many as it likes. */
  async limitSpace(bytes) {
    const session = await this.devtools();
    const origin = new URL(this.#site).origin;
    const { usage } = await session.send("Storage.getUsageAndQuota", { origin });
    // The limit lasts as long as the session, so that is left open.
    await session.send("Storage.overrideQuotaForOrigin", bytes === undefined ? { origin } : { origin, quotaSize: usage + bytes });
  }

  /** Clears the databases of the origin, as a user does in the browser's settings. */
  async clearData() {
    const session = await this.devtools();
    await session.send("Storage.clearDataForOrigin", { origin: new URL(this.#site).origin, storageTypes: "indexeddb" });
  }

  /** Goes to another page and comes back; tells whether the page was kept meanwhile. `meanwhile` runs in between. */
  async awayAndBack(meanwhile) {
    await this.page.evaluate(() => addEventListener("pageshow", (event) => (globalThis.wasKept = event.persisted)));
    await this.page.goto(`${this.#site}tests/browser/site/blank.html`);
    await meanwhile();
    await this.page.goBack({ waitUntil: "commit" });
    await this.#isReady();
    return this.page.evaluate(() => globalThis.wasKept === true);
  }

  async crash() {
    const crashed = this.page.waitForEvent("crash");
    this.page.goto("chrome://crash").catch(() => undefined);
    await crashed;
  }

  async close() {
    await this.page.close();
  }

  async #isReady() {
    await this.page.waitForFunction(() => "foldlogTest" in globalThis);
  }

  #call(method, argument, worker) {
    const result = this.#answer(method, argument, worker);
    // A test that fails meanwhile no longer waits for it.
    result.catch(() => undefined);
    return result;
  }

  async #answer(method, argument, worker) {
    const answer = await this.page.evaluate(([...args]) => globalThis.foldlogTest(...args), [method, argument, worker]);
    if (answer.failed) throw new CallError(method, answer.failed);
    return answer.value;
  }
}

/** What a call in a page was rejected with; the fields are those of the error there. */
export class CallError extends Error {
  constructor(method, failed) {
    super(`${method}: ${failed.code ?? failed.name}: ${failed.message}`);
    Object.assign(this, failed, { message: this.message });
  }
}
