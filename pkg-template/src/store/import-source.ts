import { abortedRead } from "../errors/aborted.js";
import { invalidArgument } from "../errors/arguments.js";
import type { ImportSource } from "./export.js";

/** @internal A piece of text and how much of the source it was. */
export interface Chunk {
  readonly text: string;
  readonly size: number;
}

/** @internal The text of a source, piece by piece; leaving the loop or aborting the signal cancels the source. */
export async function* chunksOf(source: ImportSource, signal: AbortSignal | undefined): AsyncGenerator<Chunk> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw invalidArgument("source", "is not UTF-8", cause);
    }
  };
  const pieces = iterate(source);
  const ended = signal && new Promise<never>((_, reject) => {
    const end = (): void => reject(abortedRead(signal));
    if (signal.aborted) end();
    else signal.addEventListener("abort", end, { once: true });
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
    // Not awaited: a source that hangs must not keep the answer back.
    void Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
}

function iterate(source: ImportSource): AsyncIterator<unknown> {
  if (typeof source === "string") return once(source);
  if (typeof source === "object" && source !== null) {
    if (source instanceof ReadableStream) return readerOf(source);
    if (typeof Blob === "function" && source instanceof Blob) return readerOf(source.stream());
    if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
  }
  throw invalidArgument("source", "is none; give a Blob, a stream of bytes, an async iterable or a string");
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
