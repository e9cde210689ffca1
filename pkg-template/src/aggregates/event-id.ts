import type { Source } from "../store/surroundings.js";

/**
 * A UUIDv7. Not by the core: an aggregate can be used, and tested, without any store.
 *
 * @internal
 */
export function mintEventId(source: Source): string {
  const random = new Uint8Array(10);
  source.getRandomValues(random);
  const time = source.now().toString(16).padStart(12, "0");
  const tail = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const variant = (8 + (Number.parseInt(tail.charAt(4), 16) % 4)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${tail.slice(1, 4)}-${variant}${tail.slice(5, 8)}-${tail.slice(8)}`;
}
