import { invalidArgument, kindOf, knownKeys, wholeNumber } from "../errors/arguments.js";
import { anySeed, Random } from "./random.js";

/**
 * What a fault can meet.
 *
 * A read counts once a page; `findAppend` also stands behind an `execute` with a `commandId`; a subscription counts its batches, an
 * export its pages, an import its pieces.
 */
export type FaultyOperation = (typeof OPERATIONS)[number];

/**
 * What happens to a call.
 *
 * - `"not_committed"`: it fails before anything is done. Of a write `outcome` says so.
 * - `"lost_before_commit"`: nothing is done, but nobody can say so: the `outcome` of a write is `"unknown"`.
 * - `"lost_after_commit"`: it is done and its answer is lost: the `outcome` of a write is `"unknown"`.
 * - `"quota_exceeded"`: the browser gives no more space; nothing is done.
 * - `"handle_lost"`: as `"lost_before_commit"`, and `health()` says `lost` until another call has gone through.
 * - `"hang"`: nothing is done, and no answer comes before `heal()`, which does it then, or `close()`, which fails it with `closed`.
 * - `{ slowBy }`: it is done at once, and answered so many milliseconds later.
 */
export type Fault =
  | "not_committed"
  | "lost_before_commit"
  | "lost_after_commit"
  | "quota_exceeded"
  | "handle_lost"
  | "hang"
  | { readonly slowBy: number };

/** Which calls a fault meets: those with these numbers, or each with this probability, or, with neither, all. */
export interface FaultRule {
  /** The operation. */
  readonly on: FaultyOperation;
  /** What happens to it. */
  readonly fault: Fault;
  /** The calls that it meets, counted from 1 over all stores of the backend. */
  readonly call?: number | readonly number[];
  /** How likely it meets a call, 0 to 1. */
  readonly probability?: number;
}

/** Which faults meet a backend. Of several rules that meet a call the first one counts. */
export interface FaultPlan {
  /** The rules. */
  readonly faults: readonly FaultRule[];
  /** Decides where there is a probability; another one each time by default, and each injected error tells it. */
  readonly seed?: number;
}

/** A fault that happened. */
export interface InjectedFault {
  /** The operation. */
  readonly on: FaultyOperation;
  /** The number of the call. */
  readonly call: number;
  /** What happened to it. */
  readonly fault: Fault;
}

const OPERATIONS = [
  "open",
  "append",
  "read",
  "findAppend",
  "verify",
  "getSnapshot",
  "createSnapshot",
  "getCheckpoint",
  "saveCheckpoint",
  "subscription",
  "export",
  "import",
] as const;
const FAULTS = ["not_committed", "lost_before_commit", "lost_after_commit", "quota_exceeded", "handle_lost", "hang"];

/**
 * The plan in the course of a test.
 *
 * @internal
 */
export class FaultSchedule {
  readonly seed: number;
  readonly injected: InjectedFault[] = [];
  readonly #rules: readonly FaultRule[];
  readonly #random: Random;
  readonly #calls = new Map<FaultyOperation, number>();
  #isHealed = false;

  constructor(plan: FaultPlan) {
    const { faults, seed = anySeed() } = knownKeys(plan, ["faults", "seed"], "plan");
    if (!Array.isArray(faults)) throw invalidArgument("plan.faults", `is ${kindOf(faults)}; give an array of rules`);
    this.#rules = faults.map((rule: FaultRule, index) => readRule(rule, `plan.faults[${index}]`));
    this.seed = wholeNumber(seed, "plan.seed");
    this.#random = new Random(this.seed);
  }

  calls(operation: FaultyOperation): number {
    return this.#calls.get(operation) ?? 0;
  }

  heal(): void {
    this.#isHealed = true;
  }

  /** Counts a call; what happens to it, if anything does. */
  next(on: FaultyOperation): InjectedFault | undefined {
    const call = this.calls(on) + 1;
    this.#calls.set(on, call);
    if (this.#isHealed) return undefined;
    const rule = this.#rules.find((rule) => rule.on === on && this.#meets(rule, call));
    if (!rule) return undefined;
    const injected = { on, call, fault: rule.fault };
    this.injected.push(injected);
    return injected;
  }

  #meets({ call, probability }: FaultRule, number: number): boolean {
    if (call !== undefined) return [call].flat().includes(number);
    return probability === undefined || this.#random.next() < probability;
  }
}

function readRule(rule: FaultRule, where: string): FaultRule {
  const given = knownKeys(rule, ["on", "fault", "call", "probability"], where);
  const { on, fault, call, probability } = given;
  if (!OPERATIONS.some((known) => known === on)) throw invalidArgument(`${where}.on`, `is none of ${OPERATIONS.join(", ")}`);
  if (typeof fault === "object") wholeNumber(fault?.slowBy, `${where}.fault.slowBy`);
  else if (!FAULTS.some((known) => known === fault)) throw invalidArgument(`${where}.fault`, `is none of ${FAULTS.join(", ")}, { slowBy }`);
  for (const number of call === undefined ? [] : [call].flat()) wholeNumber(number, `${where}.call`, 1);
  if (probability !== undefined && !(probability >= 0 && probability <= 1)) {
    throw invalidArgument(`${where}.probability`, `is ${kindOf(probability)}; give a number from 0 to 1`);
  }
  if (call !== undefined && probability !== undefined) throw invalidArgument(where, "has a call and a probability; give one of them");
  return given as FaultRule;
}
