import type { RawExport, RawImport, RawOperations, RawSubscription } from "../../wasm/foldlog_wasm.js";

import type { ErrorCode } from "../errors/error-fields.js";
import type { RawLog } from "../store/surroundings.js";
import type { FaultSchedule, FaultyOperation, InjectedFault } from "./fault-plan.js";
import { closedFailure, injectedFailure } from "./injected-failure.js";

/** The operations of the core as the plan names them; what is not here is never disturbed. */
const NAMES: { readonly [Name in keyof RawOperations]?: FaultyOperation } = {
  append: "append",
  readEvents: "read",
  readAggregate: "read",
  aggregateVersion: "read",
  head: "read",
  findAppend: "findAppend",
  verify: "verify",
  snapshot: "getSnapshot",
  createSnapshot: "createSnapshot",
  checkpoint: "getCheckpoint",
  saveCheckpoint: "saveCheckpoint",
};

/**
 * A log of the core to which the faults of a plan happen.
 *
 * @internal
 */
export class FaultyLog implements RawLog {
  readonly #raw: RawLog;
  readonly #schedule: FaultSchedule;
  readonly #changed: () => void;
  /** Ends what hangs: done after all, or failed because the store closes. */
  readonly #hanging = new Set<(isClosing: boolean) => void>();
  #isLost = false;
  #lastError: ErrorCode | undefined;

  constructor(raw: RawLog, schedule: FaultSchedule, changed: () => void) {
    this.#raw = raw;
    this.#schedule = schedule;
    this.#changed = changed;
  }

  run<Name extends keyof RawOperations>(name: Name, args: Parameters<RawOperations[Name]>): ReturnType<RawOperations[Name]> {
    const operation = NAMES[name];
    const begin = (): Promise<unknown> => this.#raw.run(name, args);
    return (operation ? this.#disturbed(operation, begin) : this.#undisturbed(name, begin)) as ReturnType<RawOperations[Name]>;
  }

  heal(): void {
    this.#found();
    this.#release(false);
  }

  async #undisturbed(name: keyof RawOperations, begin: () => Promise<unknown>): Promise<unknown> {
    if (name === "close") this.#release(true);
    const answer = await begin();
    if (name === "subscribe") return this.#subscription(answer as RawSubscription);
    if (name === "export") return this.#export(answer as RawExport);
    if (name === "import") return this.#import(answer as RawImport);
    return name === "health" ? this.#health(answer as string) : answer;
  }

  /** Without a fault the core is called before this returns, as without this class. */
  #disturbed<T>(operation: FaultyOperation, begin: () => Promise<T>): Promise<T> {
    const injected = this.#schedule.next(operation);
    if (!injected) {
      this.#found();
      return begin();
    }
    const { fault } = injected;
    if (typeof fault === "object") return later(begin(), fault.slowBy);
    if (fault === "hang") return this.#hang(injected, begin);
    if (fault === "lost_after_commit") return begin().then(() => this.#fail(injected));
    return this.#fail(injected);
  }

  #fail(injected: InjectedFault): Promise<never> {
    if (injected.fault === "handle_lost") this.#isLost = true;
    this.#lastError = injected.fault === "quota_exceeded" ? "quota_exceeded" : "storage_unavailable";
    this.#changed();
    return Promise.reject(injectedFailure(injected, this.#schedule.seed));
  }

  #hang<T>(injected: InjectedFault, begin: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#hanging.add((isClosing) => {
        if (isClosing) reject(closedFailure(injected, this.#schedule.seed));
        else resolve(begin());
      });
    });
  }

  #release(isClosing: boolean): void {
    const hanging = [...this.#hanging];
    this.#hanging.clear();
    for (const end of hanging) end(isClosing);
  }

  #found(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    this.#changed();
  }

  #health(text: string): string {
    const health = JSON.parse(text) as { handle: string; lastError: string | null };
    if (this.#isLost && health.handle === "open") health.handle = "lost";
    if (this.#lastError) health.lastError = this.#lastError;
    return JSON.stringify(health);
  }

  // The core's classes cannot be made elsewhere; of these the facade uses the methods that are here.

  #subscription(raw: RawSubscription): RawSubscription {
    let close = (): void => raw.close();
    const next = (maxEvents: number): Promise<unknown> => {
      const closed = new Promise<undefined>((resolve) => {
        close = () => {
          raw.close();
          resolve(undefined);
        };
      });
      // A `next` that hangs ends with its subscription, as one does that waits for events.
      return Promise.race([this.#disturbed("subscription", () => raw.next(maxEvents)), closed]);
    };
    return { next, close: () => close() } as unknown as RawSubscription;
  }

  #export(raw: RawExport): RawExport {
    return { next: () => this.#disturbed("export", () => raw.next()) } as unknown as RawExport;
  }

  #import(raw: RawImport): RawImport {
    // Without lines it only asks how far it is.
    const push = (lines: string): Promise<string> => (lines ? this.#disturbed("import", () => raw.push(lines)) : raw.push(lines));
    return { push, finish: (asMirror: boolean) => raw.finish(asMirror) } as unknown as RawImport;
  }
}

async function later<T>(answer: Promise<T>, millis: number): Promise<T> {
  // Whoever waits for it is told late also of a failure.
  await Promise.all([answer.catch(() => undefined), new Promise((resolve) => setTimeout(resolve, millis))]);
  return answer;
}
