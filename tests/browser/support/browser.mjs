// Chromium on a profile of its own, its tabs, and its sudden end.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

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
  #context;
  #group;
  #site;

  static async launch(profile, site, { ignoreDefaultArgs = [] } = {}) {
    const browser = new Browser();
    browser.#site = site;
    browser.#context = await chromium.launchPersistentContext(profile, { executablePath: "/usr/bin/chromium", args: ARGS, ignoreDefaultArgs });
    browser.#group = await processGroup(browser.#context);
    await browser.#context.exposeBinding("report", (_source, message) => browser.onReport(message));
    return browser;
  }

  /** A new tab on the page of the tests; `prepare` is a function that runs in it before everything else. */
  async tab({ prepare } = {}) {
    const page = await this.#context.newPage();
    page.on("pageerror", (error) => this.errors.push(`page error: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (message.type() === "error") this.errors.push(`console: ${message.text()}`);
    });
    if (prepare) await page.addInitScript(prepare);
    const tab = new Tab(page, this.#site);
    await tab.load();
    return tab;
  }

  /** A page on an address of the browser's own. */
  async page(address) {
    const page = await this.#context.newPage();
    await page.goto(address);
    return page;
  }

  /** Kills all processes of the browser at once and waits until they are gone. */
  async kill() {
    process.kill(-this.#group, "SIGKILL");
    const closed = this.#context.close().catch(() => undefined);
    const deadline = Date.now() + 20_000;
    while (await groupLives(this.#group)) {
      if (Date.now() > deadline) throw new Error("killed processes of the browser do not end");
      await pause(5);
    }
    await closed;
  }

  async close() {
    await this.#context.close();
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

async function processGroup(context) {
  const session = await context.browser().newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const { id } = processInfo.find(({ type }) => type === "browser");
  const group = await groupOf(id);
  // Playwright starts the browser as the leader of a group of its own; anything else must not be killed.
  if (group !== id) throw new Error(`the browser ${id} is in the process group ${group}, not in its own`);
  return group;
}

/** The process group of a process, and nothing if it is gone or a zombie. */
async function groupOf(id) {
  const stat = await readFile(`/proc/${id}/stat`, "utf8").catch(() => undefined);
  // The name in parentheses may hold anything.
  const [state, , group] = stat?.slice(stat.lastIndexOf(")") + 2).split(" ") ?? [];
  return state === undefined || state === "Z" ? undefined : Number(group);
}

async function groupLives(group) {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(processes.map(groupOf))).includes(group);
}
