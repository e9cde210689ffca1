import { fromRejection } from "../errors/raw-failure.js";
import { makeBackend, openBackend, type Backend } from "../store/backend.js";
import { FaultyLog } from "./faulty-log.js";
import { FaultSchedule, type FaultPlan, type FaultyOperation, type InjectedFault } from "./fault-plan.js";
import { injectedFailure } from "./injected-failure.js";

/** A backend to which faults happen, and what a test sees and says of them. */
export type FaultyBackend = Backend & FaultControls;

/** What a test sees and says of injected faults. */
export interface FaultControls {
  /** Give it to the plan to have the same faults again. */
  readonly seed: number;
  /** The faults that happened so far, in order. */
  readonly injected: readonly InjectedFault[];
  /** How many calls of the operation there were. */
  calls(operation: FaultyOperation): number;
  /** From now on nothing fails; what hangs is done. */
  heal(): void;
}

/**
 * The same backend, whose calls fail, hang, come late or lose their answer as a plan says: to test that a retry does not pay twice.
 *
 * Errors look as the real ones do, with codes, `retryable` and `outcome`; their `cause` names the call and the seed. A hanging append
 * ends with `heal()` or `close()`, a hanging subscription also with its signal. Throws `invalid_argument` for a plan that is malformed.
 *
 * @example
 * const backend = faulty(memory(), { faults: [{ on: "append", call: 1, fault: "lost_after_commit" }] });
 * const store = await EventStore.open(backend);
 * await store.appendEvents(events, { expectedVersion: 0 }); // rejects: it is stored, but the outcome is "unknown"
 * await store.appendEvents(events, { expectedVersion: 0 }); // the same ids: its first receipt
 */
export function faulty(backend: Backend, plan: FaultPlan): FaultyBackend {
  const schedule = new FaultSchedule(plan);
  const logs = new Set<FaultyLog>();
  let endHanging: (() => void)[] = [];
  const made = makeBackend(async (surroundings) => {
    const injected = schedule.next("open");
    if (typeof injected?.fault === "object") await new Promise((resolve) => setTimeout(resolve, (injected.fault as { slowBy: number }).slowBy));
    else if (injected?.fault === "hang") await new Promise<void>((resolve) => endHanging.push(resolve));
    else if (injected) throw fromRejection(injectedFailure(injected, schedule.seed));
    const log = new FaultyLog(await openBackend(backend, surroundings), schedule, () => surroundings.healthChanged());
    logs.add(log);
    return log;
  });
  const controls = {
    seed: schedule.seed,
    injected: schedule.injected,
    calls: (operation: FaultyOperation) => schedule.calls(operation),
    heal() {
      schedule.heal();
      for (const end of endHanging) end();
      endHanging = [];
      for (const log of logs) log.heal();
    },
  };
  return Object.assign(made, controls);
}
