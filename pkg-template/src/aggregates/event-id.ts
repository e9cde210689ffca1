import { loadedCore } from "../wasm.js";

/**
 * A UUIDv7, minted by the core where it is loaded; an aggregate can be used, and tested, without any store.
 *
 * @internal
 */
export function mintEventId(): string {
  return loadedCore()?.mintEventId() ?? timeOrderedId(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
}

function timeOrderedId(millis: number, random: Uint8Array): string {
  const time = millis.toString(16).padStart(12, "0");
  const tail = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (8 + (Number.parseInt(tail.charAt(4), 16) % 4)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(1, 4)}-${variant}${tail.slice(5, 8)}-${tail.slice(8)}`;
}
