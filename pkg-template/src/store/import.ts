import type { RawImport } from "../../wasm/foldlog_wasm.js";

import { abortedRead } from "../errors/aborted.js";
import { invalidArgument } from "../errors/arguments.js";
import { fromRejection } from "../errors/raw-failure.js";
import type { ImportOptions, ImportProgress } from "./export.js";
import { chunksOf } from "./import-source.js";

/** About so many units go to the core at a time. */
const PIECE = 256 << 10;
/** No line may be longer: an append of the greatest size fits many times. In UTF-16 units. */
const LONGEST_LINE = 128 << 20;

/** @internal Reads a source piece by piece and hands whole lines to the core. */
export async function importLines(session: RawImport, pieces: AsyncIterator<unknown>, options: ImportOptions): Promise<ImportProgress> {
  const { onProgress, signal, asMirror = false } = options;
  let read = 0;
  let waiting = "";
  const report = (text: string): ImportProgress => ({ ...(JSON.parse(text) as Omit<ImportProgress, "read">), read });
  for await (const chunk of chunksOf(pieces, signal)) {
    read += chunk.size;
    waiting += chunk.text;
    // However much comes at once: progress is told, and the signal looked at, after each piece.
    for (let end; (end = waiting.indexOf("\n", PIECE) + 1) > 0; ) {
      const lines = waiting.slice(0, end);
      waiting = waiting.slice(end);
      const progress = report(await settled(session.push(lines)));
      onProgress?.(progress);
      if (signal?.aborted) throw abortedRead(signal);
    }
    if (waiting.length > LONGEST_LINE) throw invalidArgument("source", `has a line of more than ${LONGEST_LINE} characters`);
  }
  if (waiting) await settled(session.push(waiting));
  const progress = report(await settled(session.finish(asMirror)));
  onProgress?.(progress);
  return progress;
}

/** What the core answers, or its rejection as a FoldlogError. */
async function settled<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (rejection) {
    throw fromRejection(rejection);
  }
}
