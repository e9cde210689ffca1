// A Chromium of our own, with a profile on disk, that can be killed like a crash would kill it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";

import { chromium } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--remote-debugging-port=0",
];

/**
 * Starts Chromium as the leader of a process group and connects to it.
 *
 * Playwright's own launcher does not tell the process, and only the process can be killed.
 */
export async function launch(profile) {
  const child = spawn(EXECUTABLE, [...FLAGS, `--user-data-dir=${profile}`, "about:blank"], {
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const kill = () => killGroup(child);
  try {
    const browser = await chromium.connectOverCDP(await endpointOf(child));
    const [context] = browser.contexts();
    return { context, kill, quit: () => quit(browser, child) };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** The address that Chromium prints when it is ready. */
async function endpointOf(child) {
  const lines = [];
  // Read on after the answer, or the pipe would fill up.
  const reader = createInterface({ input: child.stderr });
  return new Promise((resolve, reject) => {
    reader.on("line", (line) => {
      lines.push(line);
      const [, endpoint] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (endpoint) resolve(endpoint);
    });
    reader.on("close", () => reject(new Error(`Chromium ended before it was ready:\n${lines.join("\n")}`)));
    child.once("error", reject);
  });
}

async function quit(browser, child) {
  const exited = once(child, "exit");
  const session = await browser.newBrowserCDPSession();
  await session.send("Browser.close");
  await exited;
}

/** `kill -9` of every process of the browser at once; returns when none is left. */
async function killGroup(child) {
  while (groupLives(child.pid)) {
    process.kill(-child.pid, "SIGKILL");
    await wait(5);
  }
}

function groupLives(pid) {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}
