import { abortedRead } from "../errors/aborted.js";
import { invalidArgument, kindOf, reading, refused } from "../errors/arguments.js";
import type { ExportFault } from "../errors/error-fields.js";
import type { FoldlogError } from "../errors/foldlog-error.js";
import type { ImportSource } from "./export.js";

const BRACE = 0x7b;

/** @internal A piece of text and how much of the source it was. */
export interface Chunk {
  readonly text: string;
  readonly size: number;
}

/** @internal The text of the pieces, one after the other; leaving the loop or aborting the signal cancels the source. */
export async function* chunksOf(pieces: AsyncIterator<unknown>, signal: AbortSignal | undefined): AsyncGenerator<Chunk> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let fault: ExportFault = "not_an_export";
  const decode = (bytes?: Uint8Array): string => {
    // Every export begins with a brace.
    if (bytes?.[0] === BRACE) fault = "altered";
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw badSource("is not UTF-8", bytes ? fault : "incomplete", cause);
    }
  };
  let end: () => void = () => undefined;
  const ended =
    signal &&
    new Promise<never>((_, reject) => {
      end = () => reject(abortedRead(signal));
      signal.addEventListener("abort", end, { once: true });
      if (signal.aborted) end();
    });
  // It is listened to only while a piece is awaited.
  ended?.catch(() => undefined);
  try {
    for (;;) {
      const next = pieces.next();
      const piece = await (ended ? Promise.race([next, ended]) : next);
      if (piece.done) break;
      const { value } = piece;
      if (typeof value === "string") yield { text: value, size: value.length };
      else if (value instanceof Uint8Array) yield { text: decode(value), size: value.byteLength };
      else throw invalidArgument("source", "gives something that is neither bytes nor text");
    }
    const rest = decode();
    if (rest) yield { text: rest, size: 0 };
  } finally {
    signal?.removeEventListener("abort", end);
    // Not awaited: a source that hangs must not keep the answer back.
    void Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

/** @internal The error for a source that cannot be an export. */
export function badSource(reason: string, exportFault: ExportFault, cause?: unknown): FoldlogError {
  return refused("invalid_argument", "source", reason, cause, { exportFault });
}

/** @internal The pieces of a source. */
export function piecesOf(source: ImportSource): AsyncIterator<unknown> {
  if (typeof source === "string") return once(source);
  const pieces = reading("source", () => {
    if (source instanceof ReadableStream) return readerOf(source);
    if (typeof Blob === "function" && source instanceof Blob) return readerOf(source.stream());
    return (source as Partial<AsyncIterable<unknown>> | undefined)?.[Symbol.asyncIterator]?.();
  });
  if (pieces) return pieces;
  throw invalidArgument("source", `is ${kindOf(source)}; give a Blob, a stream of bytes, an async iterable or a string`);
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

/** Not every browser can iterate a stream. */
function readerOf(stream: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array> {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
    return: async () => {
      await reader.cancel();
      return { done: true, value: undefined };
    },
  };
}
