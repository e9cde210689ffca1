// @ts-check
/** What `port.js` has to tell of a stored value while a transaction runs. */

/**
 * Whether two stored values are the same: a record, a copy, bytes, a number.
 * @param {any} one
 * @param {any} other
 * @returns {boolean}
 */
export function isSame(one, other) {
  if (one instanceof Uint8Array) return other instanceof Uint8Array && one.length === other.length && one.every((byte, at) => byte === other[at]);
  if (typeof one !== "object" || other === null) return one === other;
  return typeof other === "object" && isSame(one.x, other.x) && one.t === other.t && one.f === other.f;
}

/**
 * Whether ids of 16 bytes each hold this one.
 * @param {Uint8Array} ids
 * @param {string} id
 */
export function holds(ids, id) {
  const wanted = id.replaceAll("-", "").match(/../g)?.map((byte) => parseInt(byte, 16)) ?? [];
  for (let at = 0; at < ids.length; at += 16) {
    // The last byte is random, so that it alone tells nearly all of them apart.
    if (ids[at + 15] === wanted[15] && wanted.every((byte, index) => ids[at + index] === byte)) return true;
  }
  return false;
}

/**
 * The checksum of a text and of bytes behind it: the same as in `core/record/checked.rs`, and here because a round trip into the wasm
 * would copy the bytes.
 * @param {string} text
 * @param {ArrayLike<number>} [bytes]
 */
export function checksum(text, bytes = []) {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  for (let at = 0; at < bytes.length; at += 1) sum = Math.imul(sum ^ (bytes[at] ?? 0), 0x01000193);
  return sum >>> 0;
}
