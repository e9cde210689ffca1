"""Makes the seeds of fuzzing from the test vectors: `python3 tests/fuzz_properties/make_seeds.py`.

Each file is one input of the target whose name its folder has; `properties/mod.rs` says what the bytes mean.
"""

import json
import pathlib

HERE = pathlib.Path(__file__).parent
VECTORS = HERE.parent / "vectors"
CHECKSUM = 8
# Larger inputs slow the fuzzer down and hold nothing that smaller ones lack.
MOST = 6_000


def write(target, inputs):
    folder = HERE / "seeds" / target
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    small = [data for data in dict.fromkeys(inputs) if len(data) <= MOST]
    for number, data in enumerate(small):
        (folder / f"{number:02}").write_bytes(data)
    print(f"{target}: {len(small)} seeds")


def framed(choice, part):
    directory = bytes.fromhex(part["directory"])[:-CHECKSUM]
    return bytes([choice]) + len(directory).to_bytes(2, "big") + directory + part["text"].encode()


def new_event(content):
    """The text of an event to append; the payloads are texts already."""
    given = {name: value for name, value in content.items() if value not in (None, [])}
    payloads = {name: given.pop(name) for name in ("metadata", "eventData") if name in given}
    members = [f"{json.dumps(name)}:{json.dumps(value)}" for name, value in given.items()]
    members += [f"{json.dumps(name)}:{text}" for name, text in payloads.items()]
    return "{" + ",".join(members) + "}"


def option_lines():
    link, epoch = "5a" * 32, "6f1d2c3b-4a59-4867-8f7e-6d5c4b3a2918"
    yield {"expectedVersion": 0}
    yield {"expectedVersions": [["a", "any"], ["b", "exists"], ["c", "no_aggregate"], ["d", 7]]}
    yield {"epoch": epoch, "sequenceNumber": 42, "link": link}
    yield {
        "aggregateIds": ["a", "b"],
        "aggregateType": "t",
        "eventTypes": ["x"],
        "tags": ["p", "q"],
        "fromSequence": 1,
        "toSequence": 9007199254740991,
        "fromVersion": 1,
        "toVersion": 2,
        "fromRecordedAt": "2026-11-24T07:22:35Z",
        "toRecordedAt": None,
        "causedBy": "u",
        "correlationId": "c",
    }


def bodies(events, options, export):
    """The bodies of docs/protocol.md."""
    link, epoch, id = "5a" * 32, "6f1d2c3b-4a59-4867-8f7e-6d5c4b3a2918", "01932f5a-0001-7abc-8def-0123456789ab"
    head = {"epoch": epoch, "sequenceNumber": 7, "link": link}
    cursor = f"{epoch}:7:{link}"
    time = "2026-11-24T07:22:35.123Z"
    content = {"aggregateId": "a", "aggregateType": "t", "eventType": "e", "eventData": [1.10]}
    append = {"events": [{"id": id, **content}], "expectedVersions": [["a", "any"]]}
    yield append
    yield {
        **append,
        "condition": {"filter": {"tags": ["x"]}, "after": 3},
        "checkpoint": {"name": "mailer", "from": None, "to": cursor},
    }
    yield {
        "firstSequenceNumber": 6,
        "lastSequenceNumber": 7,
        "versions": [["a", 2]],
        "head": head,
        "durability": "remote",
        "replayed": False,
    }
    yield {"filter": options[-1], "from": 5, "backward": True, "withPlace": False, "maxEvents": 10, "maxBytes": 1000}
    lengths = [[number, number, len(event.encode())] for number, event in enumerate(events, 1)]
    yield f'{{"position":7,"place":{json.dumps(head)},"done":true,"entries":{lengths},"events":[{",".join(events)}]}}'
    yield {"aggregateType": "t", "aggregateVersion": 3}
    yield head
    key = {"id": id, "digest": link, "createdAt": time, "aggregateId": "a", "aggregateVersion": 4}
    yield {"firstSequenceNumber": 7, "recordedAt": time, "durability": "remote", "head": head, "events": [key]}
    yield {"cursor": cursor}
    yield {"name": "mailer", "from": cursor, "to": cursor}
    yield {"head": head, "mirror": True}
    yield export
    yield '{"step":"begin"}\n' + export
    yield {"after": cursor, "filter": {}, "events": False}
    yield f'{{"events":[{events[0]}],"cursor":"{cursor}","caughtUp":true}}'
    yield {"end": "problem", "cursor": cursor, "problem": {"code": "closed"}}
    problem = {"type": "about:blank", "title": "Conflict", "status": 409, "detail": "load again", "retryable": False}
    conflict = {"aggregateId": "a", "expected": "exists", "actual": 0}
    yield {**problem, "code": "concurrency_conflict", "conflicts": [conflict], "outcome": "not_committed"}
    yield {**problem, "code": "duplicate_event", "eventId": id, "sequenceNumber": 3, "requestId": "r"}
    yield {**problem, "code": "aggregate_type_mismatch", "aggregateId": "a", "actual": "t", "given": "u"}
    yield {**problem, "code": "checkpoint_conflict", "checkpoint": "mailer", "actual": cursor}
    yield {**problem, "code": "log_diverged", "head": head, "sequenceNumber": 3}
    yield {**problem, "code": "invalid_event", "field": "events[0].id", "detail": "events[0].id: is missing"}


def main():
    vectors = json.loads((VECTORS / "format-1.json").read_text())
    records = [framed(0, part) for part in vectors["records"] + vectors["extended"]]
    # One refused directory is enough: each differs from the sound one in a few bytes only.
    records += [framed(0, part) for part in vectors["refused"][-1:]]
    write("records", records + [framed(1, part) for part in vectors["excerpts"]])

    events = [new_event(event["content"]) for event in vectors["events"]]
    minimal = '{"aggregateId":"a","aggregateType":"t","eventType":"e","eventData":[1.10,"\\ud83d\\ude00"]}'
    appends = [f"[{event}]" for event in events] + [f"[{minimal},{minimal}]"]
    options = [json.dumps(option) for option in option_lines()]
    lines = appends + [f"[{minimal}]\n{option}" for option in options] + options
    lines += [event["text"] for event in vectors["events"][:3] if "text" in event]
    write("inputs", [line.encode() for line in lines])

    whole = (VECTORS / "export-1.jsonl").read_text()
    header, genesis, first, *rest = whole.splitlines()
    exports = [whole, (VECTORS / "export-1-after-1.jsonl").read_text(), "\n".join([header, genesis, first, rest[-1]])]
    write("exports", [export.encode() for export in exports])

    values = [cursor[form] for cursor in vectors["cursors"] for form in ("cursor", "json")]
    values += [snapshot["text"] for snapshot in vectors["snapshots"]]
    values += ["2026-11-24T07:22:35.123Z", "2024-02-29T23:59:59.9Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]
    write("values", [value.encode() for value in values])

    stored = [event["text"] for event in vectors["events"][:2] if "text" in event] or [minimal]
    written = [body if isinstance(body, str) else json.dumps(body) for body in bodies(stored, list(option_lines()), exports[2])]
    snapshots = [snapshot["text"] for snapshot in vectors["snapshots"]]
    write("wire", [body.encode() for body in written + snapshots])


main()
