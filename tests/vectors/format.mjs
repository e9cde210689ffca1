// Reads and recomputes what docs/storage-format.md describes. Written from that page alone; shares no code with the package.

const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);
const DURABILITIES = ["memory", "relaxed", "strict", "remote"];

export const NO_LINK = "00".repeat(32);

/** A directory or text that a reader refuses. */
export class Refused extends Error {
  constructor(reason, unsupported = false) {
    super(reason);
    this.unsupported = unsupported;
  }
}

export const hex = (bytes) => Buffer.from(bytes).toString("hex");
export const fromHex = (text) => Uint8Array.from(Buffer.from(text, "hex"));

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

// --- Preimages -------------------------------------------------------------------------------------------------------------------

class Writer {
  #parts = [];

  bytes(bytes) {
    this.#parts.push(Uint8Array.from(bytes));
    return this;
  }

  int(value, size) {
    const bytes = new Uint8Array(size);
    let rest = BigInt.asUintN(size * 8, BigInt(value));
    for (let at = size - 1; at >= 0; at -= 1, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
    return this.bytes(bytes);
  }

  text(text) {
    const bytes = utf8.encode(text);
    return this.int(bytes.length, 4).bytes(bytes);
  }

  optional(text) {
    return text === null ? this.int(0, 1) : this.int(1, 1).text(text);
  }

  /** JSON text: payload format 0, no key id, no content tag. */
  payload(text) {
    return this.int(0, 1).int(0, 1).int(0, 1).text(text);
  }

  uuid(text) {
    return this.bytes(fromHex(text.replaceAll("-", "")));
  }

  finish() {
    return Uint8Array.from(Buffer.concat(this.#parts));
  }
}

export const millis = (text) => Date.parse(text);

export function digestPreimage(content) {
  const out = new Writer().bytes(utf8.encode("foldlog.event.1\0")).uuid(content.id);
  out.text(content.aggregateId).text(content.aggregateType).text(content.eventType);
  out.int(content.schemaVersion, 2).int(millis(content.createdAt), 8).int(content.tags.length, 4);
  for (const tag of content.tags) out.text(tag);
  out.optional(content.causedBy).optional(content.causationId).optional(content.correlationId);
  return out.payload(content.metadata ?? "null").payload(content.eventData).int(0, 4).finish();
}

/** `events` have an aggregateVersion and a digest in hexadecimal. */
export function linkPreimage({ kind, epoch, recordedAt }, previous, events) {
  const out = new Writer().bytes(utf8.encode("foldlog.link.1\0\0")).int(kind === "append" ? 1 : 2, 1).uuid(epoch);
  out.bytes(fromHex(previous.link)).int(previous.sequenceNumber + 1, 8).int(events.length, 4).int(millis(recordedAt), 8);
  out.int(0, 1).int(0, 4);
  for (const event of events) out.int(event.aggregateVersion, 8).bytes(fromHex(event.digest));
  return out.finish();
}

// --- Texts -----------------------------------------------------------------------------------------------------------------------

const SHORT_ESCAPES = new Map([['"', '\\"'], ["\\", "\\\\"], ["\n", "\\n"], ["\r", "\\r"], ["\t", "\\t"]]);

// Not JSON.stringify: it writes \b and \f for U+0008 and U+000C.
export function jsonString(text) {
  const escape = (char) => SHORT_ESCAPES.get(char) ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return `"${text.replace(/["\\\u0000-\u001f]/g, escape)}"`;
}

export function eventText({ sequenceNumber, recordedAt, aggregateVersion, content: c }) {
  const label = (text) => (text === null ? "null" : jsonString(text));
  return (
    `{"sequenceNumber":${sequenceNumber},"recordedAt":"${recordedAt}","id":"${c.id}","aggregateId":${jsonString(c.aggregateId)}` +
    `,"aggregateType":${jsonString(c.aggregateType)},"aggregateVersion":${aggregateVersion},"eventType":${jsonString(c.eventType)}` +
    `,"schemaVersion":${c.schemaVersion},"createdAt":"${c.createdAt}","tags":[${c.tags.map(jsonString).join(",")}]` +
    `,"causedBy":${label(c.causedBy)},"causationId":${label(c.causationId)},"correlationId":${label(c.correlationId)}` +
    `,"metadata":${c.metadata ?? "null"},"eventData":${c.eventData}}`
  );
}

export const headText = ({ epoch, sequenceNumber, link }) =>
  `{"epoch":"${epoch}","sequenceNumber":${sequenceNumber},"link":"${link}"}`;

export const cursorText = ({ epoch, sequenceNumber, link }) => `${epoch}:${sequenceNumber}:${link}`;

export function snapshotText(s) {
  const names = ["aggregateId", "aggregateType", "reducer"].map((key) => `"${key}":${jsonString(s[key])}`);
  return (
    `{${names.join(",")},"aggregateVersion":${s.aggregateVersion},"place":${headText(s.place)}` +
    `,"createdAt":"${s.createdAt}","data":${s.data}}`
  );
}

/** FNV-1a, 32 bits, with whole numbers in place of `Math.imul`. */
export function fnv(bytes) {
  return Number(bytes.reduce((sum, byte) => ((sum ^ BigInt(byte)) * 16777619n) & 0xffffffffn, 2166136261n));
}

export const checkedText = (key, text) => `${fnv(utf8.encode(key + text))}:${text}`;

export function idRowKey(ids, lastSequenceNumber, value) {
  const range = `${ids.at(0)}${ids.at(-1)}${lastSequenceNumber.toString(36).padStart(11, "0")}`;
  return `${range}${fnv([...utf8.encode(range), ...value])}`;
}

export async function commandEventId(commandId, index) {
  const preimage = new Writer().bytes(utf8.encode("foldlog.command\0")).bytes(utf8.encode(commandId)).int(0, 1).int(index, 4);
  const bytes = (await sha256(preimage.finish())).slice(0, 16);
  bytes[6] = 0x80 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return uuid(bytes);
}

const uuid = (bytes) => hex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");

// --- Directories -----------------------------------------------------------------------------------------------------------------

class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
  }

  get left() {
    return this.#bytes.length - this.#at;
  }

  bytes(count) {
    if (count > this.left) throw new Refused("ends too early");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  byte() {
    return this.bytes(1)[0];
  }

  int64() {
    return new DataView(Uint8Array.from(this.bytes(8)).buffer).getBigInt64(0);
  }

  number() {
    let value = 0n;
    for (let shift = 0n; shift < 63n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte === 0 && shift > 0n) throw new Refused("a number is longer than it has to be");
      if (byte < 0x80) return value;
    }
    throw new Refused("a number is too long");
  }

  length() {
    const value = this.number();
    if (value > 0xffff_ffffn) throw new Refused("a length is too large");
    return Number(value);
  }

  /** A count of things of at least one byte each. */
  count() {
    const count = this.length();
    if (count > this.left) throw new Refused("a count is too large");
    return count;
  }

  name(max, reserved = true) {
    const bytes = this.bytes(this.count());
    let text;
    try {
      text = strictUtf8.decode(bytes);
    } catch {
      throw new Refused("a name is not UTF-8");
    }
    if (bytes.length === 0 || bytes.length > max || text.includes("\0") || (reserved && text.startsWith("$"))) {
      throw new Refused("a name is malformed");
    }
    return text;
  }

  /** Whether one of the extensions is critical. */
  extensions() {
    let critical = false;
    for (let left = this.count(); left > 0; left -= 1) {
      critical = (this.number() & 1n) === 1n || critical;
      this.bytes(this.count());
    }
    return critical;
  }

  uuid() {
    return uuid(this.bytes(16));
  }

  hash() {
    return hex(this.bytes(32));
  }
}

const iso = (at) => {
  const date = new Date(Number(at));
  return date.toISOString();
};

export async function readDirectory(bytes) {
  if (bytes[0] > 1) throw new Refused("a later format", true);
  if (bytes.length < 8) throw new Refused("ends too early");
  const content = bytes.subarray(0, -8);
  if (hex((await sha256(content)).subarray(0, 8)) !== hex(bytes.subarray(-8))) throw new Refused("the checksum does not fit");
  const reader = new Reader(content);
  if (reader.byte() !== 1) throw new Refused("no format number");
  let unknownCritical = reader.extensions();
  const [epoch, link, sequenceNumber] = [reader.uuid(), reader.hash(), reader.number()];
  if (sequenceNumber > MAX_SAFE) throw new Refused("a sequence number is too large");
  const before = { epoch, sequenceNumber: Number(sequenceNumber), link };
  const repeat = (read) => Array.from({ length: reader.count() }, read);
  const aggregates = repeat(() => ({ aggregateId: reader.name(255), aggregateType: reader.name(100) }));
  const eventTypes = repeat(() => reader.name(100));
  let head = before;
  let recordEpoch = epoch;
  const appends = repeat(() => {
    const kind = reader.byte();
    if (kind !== 1 && kind !== 2) throw new Refused("an unknown kind", true);
    if (kind === 2) recordEpoch = reader.uuid();
    const durability = DURABILITIES[reader.byte()];
    if (durability === undefined) throw new Refused("an unknown durability");
    const recordedAt = reader.int64();
    reader.bytes(reader.count());
    unknownCritical = reader.extensions() || unknownCritical;
    const appendLink = reader.hash();
    const count = reader.count();
    if ((count > 0) !== (kind === 1)) throw new Refused("the number of events does not fit the kind");
    const events = Array.from({ length: count }, () => readEvent(reader, aggregates, eventTypes, recordedAt));
    const previous = head;
    head = { epoch: recordEpoch, sequenceNumber: head.sequenceNumber + count, link: appendLink };
    return { kind: kind === 1 ? "append" : "epochChange", epoch: recordEpoch, durability, recordedAt: iso(recordedAt),
      link: appendLink, previous, events };
  });
  if (reader.left > 0) throw new Refused("longer than what it holds");
  return { before, appends, after: head, unknownCritical };
}

function readEvent(reader, aggregates, eventTypes, recordedAt) {
  const aggregate = aggregates[reader.length()];
  const eventType = eventTypes[reader.length()];
  if (aggregate === undefined || eventType === undefined) throw new Refused("an unknown aggregate or type");
  const version = reader.number();
  if (version < 1n || version > MAX_SAFE) throw new Refused("a version is out of range");
  const [id, digest, zigzag] = [reader.uuid(), reader.hash(), reader.number()];
  const createdAt = recordedAt + (zigzag & 1n ? -(zigzag + 1n) / 2n : zigzag / 2n);
  const [length, surplus] = [reader.length(), reader.length()];
  if (length < 2 || surplus >= length) throw new Refused("a length is out of range");
  if (reader.byte() !== 0) throw new Refused("an unknown payload format", true);
  return { ...aggregate, eventType, aggregateVersion: Number(version), id, digest, createdAt: iso(createdAt), length, surplus };
}

/** The directory of a copy in `by_aggregate` or `by_type`. */
export async function readExcerpt(bytes) {
  if (bytes[0] > 1) throw new Refused("a later format", true);
  const content = bytes.subarray(0, -8);
  if (hex((await sha256(content)).subarray(0, 8)) !== hex(bytes.subarray(-8))) throw new Refused("the checksum does not fit");
  const reader = new Reader(content);
  if (reader.byte() !== 1) throw new Refused("no format number");
  let sequenceNumber = 0;
  const entries = Array.from({ length: reader.count() }, () => {
    sequenceNumber += Number(reader.number());
    return { sequenceNumber, aggregateVersion: Number(reader.number()), length: reader.length(), surplus: reader.length() };
  });
  if (reader.left > 0) throw new Refused("longer than what it holds");
  return entries;
}

/** The events' texts, cut twice: by bytes of UTF-8 and by UTF-16 units, as JavaScript does without encoding anything. */
export function cutText(text, events) {
  const bytes = utf8.encode(text);
  let [byte, unit] = [0, 0];
  const cut = events.map(({ length, surplus }, index) => {
    const part = bytes.subarray(byte, byte + length);
    if (part.length < length) throw new Refused("the text is too short");
    if ((part[0] & 0xc0) === 0x80 || (bytes[byte + length] & 0xc0) === 0x80) throw new Refused("an event begins inside a character");
    const units = text.slice(unit, unit + length - surplus);
    if (index + 1 < events.length && bytes[byte + length] !== 0x2c) throw new Refused("no comma between two events");
    byte += length + 1;
    unit += length - surplus + 1;
    return { fromBytes: strictUtf8.decode(part), fromUnits: units };
  });
  if (bytes.length !== Math.max(0, byte - 1)) throw new Refused("the text has another length");
  return cut;
}
