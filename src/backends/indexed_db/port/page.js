// @ts-check
/** What the backend needs of the page or worker that it runs in, beside IndexedDB. */

/**
 * What the browser tells of the origin's storage; undefined where it does not.
 * @returns {Promise<[persisted: boolean | undefined, usage: number | undefined, quota: number | undefined]>}
 */
async function storageState() {
  const storage = globalThis.navigator?.storage;
  const persisted = await storage?.persisted?.().catch(() => undefined);
  const estimate = await storage?.estimate?.().catch(() => undefined);
  return [persisted, estimate?.usage, estimate?.quota];
}

/**
 * Hints between tabs: `wake` is called with a sequence number that was told, or 0 when it is time to look.
 *
 * @param {string} name
 * @param {(last: number) => void} wake
 */
function listen(name, wake) {
  // Where there is no such channel the poll alone serves.
  /** @type {BroadcastChannel | undefined} */
  let channel;
  try {
    channel = new BroadcastChannel(`foldlog:${name}`);
  } catch {
    channel = undefined;
  }
  const look = () => wake(0);
  if (channel) channel.onmessage = ({ data }) => wake(Number.isSafeInteger(data) && data > 0 ? data : 0);
  globalThis.document?.addEventListener("visibilitychange", look);
  globalThis.window?.addEventListener("pageshow", look);
  return {
    /** @param {number} last */
    announce: (last) => {
      try {
        channel?.postMessage(last);
      } catch {
        // A hint that is not sent is made good by the poll.
      }
    },
    isHidden: () => globalThis.document?.visibilityState === "hidden",
    stop: () => {
      if (channel) channel.onmessage = null;
      channel?.close();
      globalThis.document?.removeEventListener("visibilitychange", look);
      globalThis.window?.removeEventListener("pageshow", look);
    },
  };
}

/** All of it as one object, which the wasm imports once. */
export const page = { storageState, listen };
