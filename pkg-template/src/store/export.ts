import type { RawExport } from "../../wasm/foldlog_wasm.js";

import { FoldlogError } from "../errors/foldlog-error.js";
import { fromRejection } from "../errors/raw-failure.js";
import type { Head } from "./append.js";

/** What part of a log to export. */
export interface ExportOptions {
  /** Exclusive: from the append that holds the event after this sequence number; 0, the default, for the whole log. */
  readonly after?: number;
  /** Inclusive: to the last append that ends at or before this sequence number; without it, to the end. */
  readonly to?: number;
}

/** What an import is to do and whom it tells. */
export interface ImportOptions {
  /** Called after each piece that was stored or stepped over. What it throws ends the import. */
  readonly onProgress?: (progress: ImportProgress) => void;
  /** Ends the import between two pieces: it rejects with `aborted`, and the same import can be made again. */
  readonly signal?: AbortSignal;
  /** The log stays a mirror of the exported one: it takes further imports and no appends. */
  readonly asMirror?: boolean;
}

/** How far an import has come. */
export interface ImportProgress {
  /** Events that were stored. */
  readonly imported: number;
  /** Events that the log held already. */
  readonly skipped: number;
  /** Bytes of the export that were read; if it comes as text, UTF-16 units. */
  readonly read: number;
  /** The head of the log. */
  readonly head: Head;
}

/** Where an export is read from: what `exportEvents` gave, a file, a response's body, or text. */
export type ImportSource = Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array | string> | string;

/** @internal The lines as a stream of bytes; a page is held at a time. */
export function exportStream(begin: () => Promise<RawExport>): ReadableStream<Uint8Array> {
  let pages: RawExport | undefined;
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          pages ??= await begin();
          const lines = await pages.next();
          if (lines === undefined) controller.close();
          else controller.enqueue(encoder.encode(lines));
        } catch (error) {
          throw FoldlogError.is(error) ? error : fromRejection(error);
        }
      },
    },
    // Nothing is read before somebody reads.
    { highWaterMark: 0 },
  );
}
