import type { FoldlogError } from "../errors/foldlog-error.js";

/**
 * A function that tells of a warning and never throws: what a caller's listener does must not fail a save.
 *
 * @internal
 */
export function warner(onWarning: ((warning: FoldlogError) => void) | undefined): (warning: FoldlogError) => void {
  return (warning) => {
    try {
      if (onWarning) onWarning(warning);
      else console.warn(warning);
    } catch (error) {
      console.error(error);
    }
  };
}

/** @internal Every load in development, else one in a hundred. */
export function defaultCheckRate(): number {
  return inDevelopment() ? 1 : 0.01;
}

function inDevelopment(): boolean {
  try {
    // Written so that bundlers replace it; where nobody does and there is no `process`, it is production.
    return process.env.NODE_ENV !== "production";
  } catch {
    return false;
  }
}
