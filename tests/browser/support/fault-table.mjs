/** Counts what became of faults, and tells it as a table. */
export class FaultTable {
  #counts = new Map();
  #engine;

  constructor(engine) {
    this.#engine = engine === "firefox" ? "Firefox" : "Chromium";
  }

  count(fault, outcome, times) {
    if (times === 0) return;
    const outcomes = this.#counts.get(fault) ?? new Map();
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + times);
    this.#counts.set(fault, outcomes);
  }

  toMarkdown() {
    const rows = [...this.#counts].flatMap(([fault, outcomes]) => [...outcomes].map(([outcome, count]) => `| ${fault} | ${this.#engine} | ${outcome} | ${count} |`));
    return ["| fault | engine | outcome | count |", "|---|---|---|---|", ...rows].join("\n");
  }
}
