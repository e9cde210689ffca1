#!/usr/bin/env python3
"""Writes format-1.json and the golden exports: what docs/storage-format.md and docs/export-format.md say, computed without the code
of this repository.

    python3 tests/vectors/generate.py          writes the file next to this one
    python3 tests/vectors/generate.py --check  fails if the file is another

Only the standard library is used. The same input gives the same bytes.
"""

import datetime
import hashlib
import json
import pathlib
import sys
import uuid

FILE = pathlib.Path(__file__).with_name("format-1.json")
EVENT_DOMAIN = b"foldlog.event.1\0"
LINK_DOMAIN = b"foldlog.link.1\0\0"
COMMAND_DOMAIN = b"foldlog.command\0"
NO_LINK = bytes(32)
DURABILITY = {"memory": 0, "relaxed": 1, "strict": 2, "remote": 3}
KIND = {"append": 1, "epochChange": 2}
MAX_SAFE = 2**53 - 1
MEMBERS = ("id", "aggregateId", "aggregateType", "eventType", "schemaVersion", "createdAt", "tags", "causedBy", "causationId",
           "correlationId", "metadata", "eventData")


# --- Parts ---------------------------------------------------------------------------------------------------------------------


def be(number, size):
    return number.to_bytes(size, "big", signed=number < 0)


def i64(number):
    return number.to_bytes(8, "big", signed=True)


def sha256(data):
    return hashlib.sha256(data).digest()


def uuid_bytes(text):
    return uuid.UUID(text).bytes


def millis(text):
    """2026-11-24T07:22:35.123Z as milliseconds since 1970, by the calendar of the standard library."""
    day = datetime.date(int(text[0:4]), int(text[5:7]), int(text[8:10])).toordinal() - datetime.date(1970, 1, 1).toordinal()
    seconds = int(text[11:13]) * 3600 + int(text[14:16]) * 60 + int(text[17:19])
    return (day * 86_400 + seconds) * 1000 + int(text[20:23])


def short(text):
    """A text in a preimage: four bytes of length, then UTF-8."""
    data = text.encode()
    return be(len(data), 4) + data


def number(value):
    """Unsigned LEB128, as short as possible."""
    out = bytearray()
    while True:
        low, value = value & 0x7F, value >> 7
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def zigzag(value):
    return 2 * value if value >= 0 else -2 * value - 1


def name(text):
    """A text in a directory: its length as a number, then UTF-8."""
    data = text.encode()
    return number(len(data)) + data


def json_string(text):
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
    body = (escapes.get(c) or ("\\u%04x" % ord(c) if ord(c) < 0x20 else c) for c in text)
    return '"' + "".join(body) + '"'


def utf16_units(text):
    return len(text.encode("utf-16-le")) // 2


# --- Digest, link, text --------------------------------------------------------------------------------------------------------


def digest_preimage(event):
    def optional(text):
        return b"\0" if text is None else b"\1" + short(text)

    def payload(text):
        return b"\0" b"\0" b"\0" + short(text)  # format JSON text, no key id, no content tag

    out = EVENT_DOMAIN + uuid_bytes(event["id"])
    out += short(event["aggregateId"]) + short(event["aggregateType"]) + short(event["eventType"])
    out += be(event["schemaVersion"], 2) + i64(millis(event["createdAt"]))
    out += be(len(event["tags"]), 4) + b"".join(short(tag) for tag in event["tags"])
    out += optional(event["causedBy"]) + optional(event["causationId"]) + optional(event["correlationId"])
    out += payload("null" if event["metadata"] is None else event["metadata"]) + payload(event["eventData"])
    return out + be(0, 4)


def link_preimage(kind, epoch, previous, recorded_at, linked):
    out = LINK_DOMAIN + bytes([KIND[kind]]) + uuid_bytes(epoch) + bytes.fromhex(previous["link"])
    out += be(previous["sequenceNumber"] + 1, 8) + be(len(linked), 4) + i64(millis(recorded_at))
    out += b"\0" + be(0, 4)  # no author, no extensions
    return out + b"".join(be(version, 8) + digest for version, digest in linked)


def event_text(event, sequence_number, recorded_at, version):
    def label(value):
        return "null" if value is None else json_string(value)

    tags = ",".join(json_string(tag) for tag in event["tags"])
    members = [
        ("sequenceNumber", str(sequence_number)), ("recordedAt", json_string(recorded_at)), ("id", json_string(event["id"])),
        ("aggregateId", json_string(event["aggregateId"])), ("aggregateType", json_string(event["aggregateType"])),
        ("aggregateVersion", str(version)), ("eventType", json_string(event["eventType"])),
        ("schemaVersion", str(event["schemaVersion"])), ("createdAt", json_string(event["createdAt"])), ("tags", f"[{tags}]"),
        ("causedBy", label(event["causedBy"])), ("causationId", label(event["causationId"])),
        ("correlationId", label(event["correlationId"])),
        ("metadata", "null" if event["metadata"] is None else event["metadata"]), ("eventData", event["eventData"]),
    ]
    return "{" + ",".join(f'"{key}":{value}' for key, value in members) + "}"


def placed(event, sequence_number, recorded_at, version):
    """An event with its position and all that follows from both."""
    preimage = digest_preimage(event)
    return {
        "sequenceNumber": sequence_number, "recordedAt": recorded_at, "aggregateVersion": version,
        "content": {key: event[key] for key in MEMBERS}, "preimage": preimage.hex(), "digest": sha256(preimage).hex(),
        "text": event_text(event, sequence_number, recorded_at, version),
    }


# --- Records -------------------------------------------------------------------------------------------------------------------


def append(previous, recorded_at, durability, events):
    """An append of (version, event) pairs right after a head; also the head after it."""
    number_of = previous["sequenceNumber"]
    stored = [placed(event, number_of + 1 + at, recorded_at, version) for at, (version, event) in enumerate(events)]
    linked = [(event["aggregateVersion"], bytes.fromhex(event["digest"])) for event in stored]
    return linked_append("append", previous["epoch"], previous, recorded_at, durability, linked, stored)


def epoch_change(previous, epoch, recorded_at, durability):
    return linked_append("epochChange", epoch, previous, recorded_at, durability, [], [])


def linked_append(kind, epoch, previous, recorded_at, durability, linked, stored):
    preimage = link_preimage(kind, epoch, previous, recorded_at, linked)
    link = sha256(preimage).hex()
    after = {"epoch": epoch, "sequenceNumber": previous["sequenceNumber"] + len(stored), "link": link}
    entry = {"kind": kind, "epoch": epoch, "recordedAt": recorded_at, "durability": durability, "events": stored,
             "preimage": preimage.hex(), "link": link}
    return entry, after


def fields(before, appends, extensions=b"\0"):
    """The fields of a directory as a list of byte strings, so that a vector can spoil one of them. No checksum."""
    aggregates, types = {}, {}
    for event in (event for entry in appends for event in entry["events"]):
        content = event["content"]
        aggregates.setdefault(content["aggregateId"], (len(aggregates), content["aggregateType"]))
        types.setdefault(content["eventType"], len(types))
    out = [("format", b"\1"), ("extensions", extensions), ("epoch", uuid_bytes(before["epoch"])),
           ("link", bytes.fromhex(before["link"])), ("sequenceNumber", number(before["sequenceNumber"])),
           ("aggregates", number(len(aggregates)))]
    for key, (_, kind) in aggregates.items():
        out += [("aggregateId", name(key)), ("aggregateType", name(kind))]
    out += [("eventTypes", number(len(types)))] + [("eventType", name(kind)) for kind in types]
    out += [("appends", number(len(appends)))]
    for entry in appends:
        out += [("kind", bytes([KIND[entry["kind"]]]))]
        if entry["kind"] == "epochChange":
            out += [("newEpoch", uuid_bytes(entry["epoch"]))]
        out += [("durability", bytes([DURABILITY[entry["durability"]]])), ("recordedAt", i64(millis(entry["recordedAt"]))),
                ("author", b"\0"), ("appendExtensions", b"\0"), ("appendLink", bytes.fromhex(entry["link"])),
                ("events", number(len(entry["events"])))]
        for event in entry["events"]:
            content, text = event["content"], event["text"]
            length = len(text.encode())
            out += [
                ("aggregate", number(aggregates[content["aggregateId"]][0])), ("type", number(types[content["eventType"]])),
                ("version", number(event["aggregateVersion"])), ("id", uuid_bytes(content["id"])),
                ("digest", bytes.fromhex(event["digest"])),
                ("createdAt", number(zigzag(millis(content["createdAt"]) - millis(entry["recordedAt"])))),
                ("length", number(length)), ("surplus", number(length - utf16_units(text))), ("payloadFormat", b"\0"),
            ]
    return out


def sealed(parts):
    data = b"".join(value for _, value in parts)
    return (data + sha256(data)[:8]).hex()


def text_of(appends):
    return ",".join(event["text"] for entry in appends for event in entry["events"])


def record(title, before, appends, after, joined=None):
    out = {"name": title, "before": before, "appends": appends, "after": after,
           "directory": sealed(fields(before, appends)), "text": text_of(appends)}
    return out if joined is None else {**out, "joins": joined}


def excerpt(title, of, keep):
    """A copy of those events of a record that `keep` says yes to."""
    events = [event for entry in of["appends"] for event in entry["events"] if keep(event["content"])]
    out, previous = b"\1" + number(len(events)), 0
    for event in events:
        length = len(event["text"].encode())
        out += number(event["sequenceNumber"] - previous) + number(event["aggregateVersion"])
        out += number(length) + number(length - utf16_units(event["text"]))
        previous = event["sequenceNumber"]
    return {"name": title, "of": of["name"], "sequenceNumbers": [event["sequenceNumber"] for event in events],
            "directory": (out + sha256(out)[:8]).hex(), "text": ",".join(event["text"] for event in events)}


# --- Checksums of small values -------------------------------------------------------------------------------------------------


def fnv(data):
    """FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/"""
    total = 2166136261
    for byte in data:
        total = (total ^ byte) * 16777619 % 2**32
    return total


def base36(value):
    digits = ""
    for _ in range(11):
        value, digit = divmod(value, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


# --- Exports -------------------------------------------------------------------------------------------------------------------


def head_json(head):
    return f'{{"epoch":"{head["epoch"]}","sequenceNumber":{head["sequenceNumber"]},"link":"{head["link"]}"}}'


def export(appends, before, end):
    """docs/export-format.md; `before` is None for an export from the beginning of the log."""
    lines = ['{"foldlogExport":1,"after":' + ("null" if before is None else head_json(before)) + "}"]
    number_of = before["sequenceNumber"] if before else 0
    for entry in appends:
        what = f'"epoch":"{entry["epoch"]}"'
        if entry["kind"] == "append":
            what = '"events":[' + ",".join(event["text"] for event in entry["events"]) + "]"
        lines.append(f'{{"firstSequenceNumber":{number_of + 1},"recordedAt":"{entry["recordedAt"]}","link":"{entry["link"]}",{what}}}')
        number_of += len(entry["events"])
    return "\n".join([*lines, '{"end":' + head_json(end) + "}"]) + "\n"


def exports(vectors):
    """The golden files: the whole log of the records, and what follows its second record."""
    whole = next(record for record in vectors["records"] if "joins" in record)
    part = vectors["records"][2]
    return {
        "export-1.jsonl": export(whole["appends"], None, whole["after"]),
        "export-1-after-1.jsonl": export(whole["appends"][2:], part["before"], whole["after"]),
    }


# --- What is in the vectors ----------------------------------------------------------------------------------------------------

sys.path.insert(0, str(FILE.parent))
sys.dont_write_bytecode = True
import cases  # noqa: E402

if __name__ == "__main__":
    vectors = cases.vectors(sys.modules[__name__])
    files = {FILE.name: json.dumps(vectors, indent=1, ensure_ascii=True) + "\n", **exports(vectors)}
    for file, made in files.items():
        path = FILE.with_name(file)
        if "--check" in sys.argv:
            if path.read_text() != made:
                sys.exit(f"{file} is not what generate.py writes")
            continue
        path.write_text(made)
        print(f"{file}: {len(made.encode())} bytes")
