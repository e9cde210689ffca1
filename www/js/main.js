// @ts-check
import { EventStore } from "../pkg/dist/index.js";
import { App } from "./app.js";
import { backendOf } from "./place.js";
import { rememberedHead } from "./remembered-head.js";
import { forgetTampering } from "./tamper-note.js";
import { forgetRestore } from "./unfinished-restore.js";
import { mountBackup } from "./view/backup.js";
import { mountConflict } from "./view/conflict.js";
import { byId } from "./view/dom.js";
import { mountEvents } from "./view/events.js";
import { mountFill } from "./view/fill.js";
import { mountGate } from "./view/gate.js";
import { mountHealth } from "./view/health.js";
import { mountHistory } from "./view/history.js";
import { mountKill } from "./view/kill.js";
import { Messages } from "./view/messages.js";
import { mountMove } from "./view/move.js";
import { mountPlace } from "./view/place.js";
import { mountRestore } from "./view/restore.js";
import { mountStatus } from "./view/status.js";
import { mountTamper } from "./view/tamper.js";
import { mountVerify } from "./view/verify.js";
import { mountWallets } from "./view/wallets.js";

const DEFAULT_LOG = "wallet-demo";

const MOUNTS = [
  ...[mountStatus, mountWallets, mountMove, mountEvents, mountHistory],
  ...[mountFill, mountBackup, mountRestore],
  ...[mountConflict, mountVerify, mountHealth, mountKill, mountTamper],
];

const log = decodeHash(location.hash) || DEFAULT_LOG;
const messages = new Messages();
const gate = mountGate(log);
mountPlace();
addEventListener("hashchange", () => location.reload());

/** Opens the log that exists; a log that is not there is made only when the user says so: an evicted wallet is not a new one. */
async function open(create = false) {
  if (create) {
    // What was noted about a log that is gone is not true of a new one.
    forgetRestore(log);
    forgetTampering(log);
  }
  const expectHead = create ? undefined : rememberedHead(log);
  /** @type {import("./bank.js").Store} */
  let store;
  try {
    store = await EventStore.open(backendOf(log, { create, ...(expectHead && { expectHead }) }));
  } catch (error) {
    gate.show(error, { open: () => open(), create: () => open(true) });
    return;
  }
  start(store);
}

/** @param {import("./bank.js").Store} store */
function start(store) {
  const gateHadFocus = gate.hide();
  const app = new App(log, store, messages);
  for (const mount of MOUNTS) mount(app);
  byId("app", HTMLElement).hidden = false;
  if (gateHadFocus) byId("owner", HTMLInputElement).focus();
  app.follow().catch((error) => messages.error(error));
}

/** @param {string} hash */
function decodeHash(hash) {
  try {
    return decodeURIComponent(hash.slice(1)).trim();
  } catch {
    return "";
  }
}

await open();
