// The rules for what a store may do on an edited log.
//
// What an operation answers without an error is what the model says; an error is one of damage, near the edit. `verify` finds every edit
// of the truth and of what is derived from it. A log that is known to be damaged takes no appends. The store deletes and alters nothing.
// Where a rule cannot hold, EXCEPTIONS says why.

const DAMAGE = new Set(["storage_corrupted", "unsupported_format"]);
const DERIVED = "a row of a copy that is gone or in the place of another";

/**
 * `answers`: the questions whose answers may be wrong until `verify` has found the edit, with `nothing` by being none.
 * `unfound`: `verify` does not look at it.
 */
const EXCEPTIONS = [
  {
    when: ({ store, kind }) => ["commits", "segments", "by_aggregate", "by_type"].includes(store) && kind === "character changed",
    answers: /^(log|backward|aggregate|type|subscription|export)\b/,
    reason: "reads cut the text by its directory and do not digest it: a change that keeps its length is left to `verify`",
  },
  {
    when: ({ store, kind }) => store === "by_aggregate" && isPlace(kind),
    answers: /^(aggregate|version|append|duplicate)\b/,
    reason: `${DERIVED}: a missing version in between is found, the last ones are left to \`verify\``,
  },
  {
    when: ({ store, kind }) => store === "by_type" && isPlace(kind),
    answers: /^type\b/,
    reason: `${DERIVED}: left to \`verify\``,
  },
  {
    when: ({ store, kind }) => store === "ids" && isPlace(kind),
    answers: /^(append with|duplicate)\b/,
    reason: "an id that is not time-ordered has a row of its own, and one whose row is gone counts as new: left to `verify`",
  },
  {
    when: ({ store }) => store === "snapshots",
    answers: /^snapshot\b/,
    nothing: true,
    unfound: true,
    reason: "a snapshot is a cache: a changed one counts as none",
  },
  {
    when: ({ store }) => store === "checkpoints",
    answers: /^checkpoint\b/,
    unfound: true,
    reason: "a checkpoint is the consumer's: it is proved against the log when it is used",
  },
];

function isPlace(kind) {
  return ["row removed", "key changed", "duplicated", "swapped"].includes(kind);
}

/** The exceptions, for the table. */
export const reasons = EXCEPTIONS.map(({ reason }) => reason);

/** What became of an edit, in words, and every rule that was broken. */
export function judgeEdit(edit, result) {
  const exception = EXCEPTIONS.find(({ when }) => when(edit));
  const problems = [];
  const report = (problem) => problems.push(problem);
  const { removed, altered } = result.differences;
  if (removed.length + altered.length > 0) report(`the store removed ${removed} and altered ${altered}`);
  checkError("opening", result.opening, edit, report);
  if (result.opening.kind !== "right") {
    // A layout that nobody knows is all that keeps a log closed.
    if (result.opening.code !== "unsupported_format") report(`opening is refused: ${result.opening.detail}`);
    return { outcome: "opening is refused", problems };
  }

  const answers = { ...result.answers, append: result.append, duplicate: result.duplicate };
  let isKnown = result.health.handle === "read_only";
  let isWrong = false;
  for (const [question, answer] of Object.entries(answers)) {
    if (!answer) continue;
    const isExpected = question === "duplicate" && answer.code === "duplicate_event";
    const isExcepted = exception?.answers.test(question) && ["wrong", "short"].includes(answer.kind) && !(exception.nothing && answer.isSomething);
    if (isExcepted) isWrong = true;
    else if (!isExpected) checkError(question, answer, edit, report);
    if (answer.code && (answer === result.append || answer === result.duplicate) && answer.outcome !== "not_committed" && !isExpected) report(`${question} is refused, ${answer.outcome}`);
    isKnown ||= DAMAGE.has(answer.code);
  }
  checkVerify(edit, result, exception, report);
  // What stands beside the log says nothing about the log.
  const isDamaged = (isKnown && !exception?.unfound) || !result.verify.ok;
  if (isDamaged && !(DAMAGE.has(result.lateAppend.code) && result.lateAppend.outcome === "not_committed")) {
    report(`an append to a log known to be damaged: ${JSON.stringify(result.lateAppend)}`);
  }
  return { outcome: outcomeOf(result, isKnown, isWrong, exception), problems };
}

function outcomeOf({ health, verify }, isKnown, isWrong, exception) {
  if (health.handle === "read_only") return "opens read-only";
  if (isKnown) return "refused where it is met";
  if (verify.ok) return isWrong ? (exception.nothing ? "counts as none" : "not found") : "without effect";
  return isWrong ? "found by verify, answers differ before" : "found by verify, answers right before";
}

function checkError(question, { kind, code, sequenceNumber, detail }, edit, report) {
  if (kind === "right") return;
  if (kind !== "refused") report(`${question} is ${kind}: ${detail}`);
  else if (!DAMAGE.has(code)) report(`${question} is refused with ${code}: ${detail}`);
  else if (!isNear(edit, sequenceNumber, question)) report(`${question} names ${sequenceNumber}, the edit is at ${edit.first} to ${edit.last}: ${detail}`);
}

function checkVerify(edit, { verify }, exception, report) {
  if (verify.ok) {
    if (!exception?.unfound) report("verify does not find it");
  } else if (verify.code !== undefined && !DAMAGE.has(verify.code)) report(`verify is refused with ${verify.code}: ${verify.reason}`);
  else if (exception?.unfound) report(`verify finds ${verify.reason}`);
  else if (!isNear(edit, verify.sequenceNumber, "verify")) report(`verify names ${verify.sequenceNumber}, the edit is at ${edit.first} to ${edit.last}: ${verify.reason}`);
}

/** A place that is said: in the records edited or right beside; where no record was edited, any. */
function isNear({ first, last, moves }, sequenceNumber, question) {
  // From an id that leads nowhere no place is known.
  const isUnknown = sequenceNumber === undefined || /^(append with|duplicate)/.test(question);
  if (first === undefined || moves || isUnknown) return true;
  // Of one aggregate the next event that is there tells that one is missing.
  const isNextOne = question.startsWith("aggregate ") && sequenceNumber > last;
  return isNextOne || (first - 1 <= sequenceNumber && sequenceNumber <= last + 1);
}
