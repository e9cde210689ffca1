// What fixtures/shared finds when everything works.

const STORED = ["1:FundsDeposited:100", "2:FundsDeposited:250"];

/** Of `inMemory`. */
export const MEMORY = { durability: "memory", cents: 350, version: 2, stored: STORED };

/** Of `inIndexedDb`. */
export const INDEXED_DB = { ...MEMORY, durability: "strict", reopened: STORED, verified: true };

/** Of `visit`, by the number of visits before. */
export const FOUND = [[], ["1:FundsDeposited:100"], ["1:FundsDeposited:100", "2:FundsDeposited:100"]];
