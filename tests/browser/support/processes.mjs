// The processes of a browser.
import { readdir, readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** The process group that this process leads; anything else must not be killed. */
export async function groupLedBy(id) {
  const group = await groupOf(id);
  if (group !== id) throw new Error(`the browser ${id} is in the process group ${group}, not in its own`);
  return group;
}

/** Kills all processes of a group at once and waits until they are gone. */
export async function killGroup(group) {
  process.kill(-group, "SIGKILL");
  const deadline = Date.now() + 20_000;
  while (await groupLives(group)) {
    if (Date.now() > deadline) throw new Error("killed processes of the browser do not end");
    await pause(5);
  }
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
