/** For tests of code that uses Foldlog, with any test runner. See `docs/guide/testing.md`. */
export { given, Given } from "./testing/given.js";
export type { GivenEvent, GivenOptions, OldEvent } from "./testing/given.js";
export { Outcome } from "./testing/outcome.js";
export type { ExpectedState, SeenState } from "./testing/outcome.js";
export { AssertionError } from "./testing/assertion.js";
export type { ErrorMatcher } from "./testing/error-matcher.js";
export { faulty } from "./testing/faulty.js";
export type { FaultControls, FaultyBackend } from "./testing/faulty.js";
export type { Fault, FaultPlan, FaultRule, FaultyOperation, InjectedFault } from "./testing/fault-plan.js";
export { reproducible } from "./testing/reproducible.js";
export type { ReproducibleOptions } from "./testing/reproducible.js";
export { TestClock } from "./testing/test-clock.js";
