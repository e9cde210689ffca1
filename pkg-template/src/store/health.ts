import { abortedRead } from "../errors/aborted.js";
import type { ErrorCode } from "../errors/error-fields.js";
import type { Durability } from "./append.js";
import type { Log } from "./log.js";
import { serialIterator } from "./serial-iterator.js";

/** How well the log is kept. */
export interface Health {
  /** Where it is kept. */
  readonly backend: "memory" | "indexed_db" | "remote";
  /** What a receipt will say. */
  readonly durability: Durability;
  /** Whether the browser promised not to evict the origin's data; null where it cannot be known. */
  readonly persisted: boolean | null;
  /** Bytes that the origin uses and may use; null where they cannot be known. */
  readonly quota: { readonly used: number; readonly limit: number } | null;
  /** Whether the browser may remove the log by itself. */
  readonly evictionRisk: "none" | "low" | "high";
  /** What the browser lets know of the place; empty in memory, on a server and in workers of a frame. */
  readonly hints: readonly HealthHint[];
  /** The state of the handle on the storage; `"lost"` is opened again at the next use, or is a server that did not answer the last call. */
  readonly handle: "open" | "lost" | "read_only" | "superseded" | "closed";
  /** Whether the log is a mirror or an unfinished restore, which takes imports only; null where it could not be asked. */
  readonly isMirror: boolean | null;
  /** The code of the last failure of the storage; null if there was none. */
  readonly lastError: ErrorCode | null;
}

/**
 * A trait of the place where the log is kept.
 *
 * - `"cross_origin_frame"`: the page is in a frame of another origin, where browsers keep another log than in a tab of its own.
 * - `"small_quota"`: the origin may use less than 256 MiB, as in some private windows or on a full disk. That a window is private no
 *   browser tells.
 */
export type HealthHint = "cross_origin_frame" | "small_quota";

const POLL_MILLIS = 10_000;
const SMALL_QUOTA = 256 << 20;

/** @internal */
export async function readHealth(log: Log): Promise<Health> {
  const health = JSON.parse(await log.call("health")) as Omit<Health, "hints">;
  const hints: HealthHint[] = [];
  if (health.backend === "indexed_db" && isFramedByOthers()) hints.push("cross_origin_frame");
  if (health.quota && health.quota.limit < SMALL_QUOTA) hints.push("small_quota");
  return { ...health, hints };
}

/** @internal */
export async function requestPersistence(log: Log): Promise<boolean> {
  log.refuseIfClosed();
  if ((await readHealth(log)).backend !== "indexed_db") return false;
  try {
    // Workers have no `persist`, old browsers no `storage`.
    return (await (navigator.storage as Partial<StorageManager> | undefined)?.persist?.()) === true;
  } catch {
    return false;
  } finally {
    log.surroundings.healthChanged();
  }
}

/** @internal The health now and each time that it differs from the last one told. */
export function healthChanges(log: Log, signalGiven: Promise<AbortSignal | undefined>): AsyncIterableIterator<Health> {
  let told: Health | undefined;
  let isEnded = false;
  let mayDiffer = true;
  let wake = (): void => undefined;
  const look = (): void => {
    mayDiffer = true;
    wake();
  };
  const unwatch = log.surroundings.watch(look);
  const withSignal = (use: (signal: AbortSignal) => void): void =>
    void signalGiven.then(
      (signal) => signal && use(signal),
      () => undefined,
    );
  withSignal((signal) => signal.addEventListener("abort", look));
  const step = async (): Promise<Health | undefined> => {
    const signal = await signalGiven;
    for (;;) {
      if (signal?.aborted) throw abortedRead(signal);
      if (isEnded || log.isClosed) return undefined;
      if (!mayDiffer) await new Promise<void>((resolve) => (wake = alarm(resolve, look, told?.backend)));
      mayDiffer = false;
      const health = await readHealth(log);
      if (health.handle !== "closed" && (!told || traits(health) !== traits(told))) return (told = health);
    }
  };
  return serialIterator(step, () => {
    isEnded = true;
    unwatch();
    wake();
    withSignal((signal) => signal.removeEventListener("abort", look));
  });
}

/** Wakes who waits; until then, where the browser tells nothing of changes, it is `look` again and again. */
function alarm(resolve: () => void, look: () => void, backend: Health["backend"] | undefined): () => void {
  const timer = backend === "memory" ? undefined : setTimeout(look, POLL_MILLIS);
  // Who listens does not keep a process alive: Node's timers are objects.
  (timer as { unref?(): void } | undefined)?.unref?.();
  return () => {
    clearTimeout(timer);
    resolve();
  };
}

function traits({ quota, ...rest }: Health): string {
  return JSON.stringify([rest, quota && Math.round((quota.used / quota.limit) * 100)]);
}

/** Whether a frame above has another origin: its location cannot be read then. */
function isFramedByOthers(): boolean {
  try {
    for (let frame: Window | undefined = globalThis.window; frame && frame !== frame.parent; frame = frame.parent) {
      void frame.parent.location.href;
    }
    return false;
  } catch {
    return true;
  }
}
