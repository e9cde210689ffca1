import type { RawImport } from "../../wasm/foldlog_wasm.js";

import { abortedRead } from "../errors/aborted.js";
import { FoldlogError } from "../errors/foldlog-error.js";
import { fromRejection } from "../errors/raw-failure.js";
import type { ImportOptions, ImportProgress } from "./export.js";
import { badSource, chunksOf } from "./import-source.js";

/** About so many units go to the core at a time. */
const PIECE = 256 << 10;
/** No line may be longer: an append of the greatest size fits many times. In UTF-16 units. */
const LONGEST_LINE = 128 << 20;

/** @internal Reads a source piece by piece and hands whole lines to the core. Its errors say how far it had come. */
export async function importLines(session: RawImport, pieces: AsyncIterator<unknown>, options: ImportOptions): Promise<ImportProgress> {
  const { onProgress, signal, asMirror = false } = options;
  let read = 0;
  let waiting = "";
  let progress: ImportProgress | undefined;
  const note = async (answer: Promise<string>): Promise<ImportProgress> => {
    try {
      return (progress = { ...(JSON.parse(await answer) as Omit<ImportProgress, "read">), read });
    } catch (rejection) {
      throw fromRejection(rejection);
    }
  };
  try {
    await note(session.push(""));
    for await (const chunk of chunksOf(pieces, signal)) {
      read += chunk.size;
      waiting += chunk.text;
      // However much comes at once: progress is told, and the signal looked at, after each piece.
      for (let end; (end = waiting.indexOf("\n", PIECE) + 1) > 0; ) {
        const lines = waiting.slice(0, end);
        waiting = waiting.slice(end);
        const now = await note(session.push(lines));
        onProgress?.(now);
        if (signal?.aborted) throw abortedRead(signal);
      }
      if (waiting.length > LONGEST_LINE) throw badSource(`has a line of more than ${LONGEST_LINE} characters`, "not_an_export");
    }
    if (waiting) await note(session.push(waiting));
    const ended = await note(session.finish(asMirror));
    onProgress?.(ended);
    return ended;
  } catch (error) {
    // Also one of the log that the export comes from; what else the caller's functions throw is left as it is.
    if (error instanceof FoldlogError) Object.assign(error, { progress: { ...progress, ...error.progress, read } });
    throw error;
  }
}
