// All hostile calls, for whatever backend.
import { CHANGES } from "./changes.mjs";
import { LIES } from "./lies.mjs";
import { LIMITS } from "./limits.mjs";
import { NAMES } from "./names.mjs";
import { TABLE } from "./table.mjs";

export const ALL = [...TABLE, ...LIES, ...LIMITS, ...NAMES, ...CHANGES];
