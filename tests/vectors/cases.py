"""The inputs of the test vectors. generate.py computes what belongs to them."""

EPOCH = "6f1d2c3b-4a59-4867-8f7e-6d5c4b3a2918"
EPOCH_2 = "0b9e8d7c-6b5a-4948-b736-251403f2e1d0"
AT = "2026-11-24T07:22:35.123Z"


def event(**given):
    content = {
        "id": "017f22e2-79b0-7cc3-98c4-dc0c0c07398f", "aggregateId": "wallet-1", "aggregateType": "wallet",
        "eventType": "FundsDeposited", "schemaVersion": 1, "createdAt": AT, "tags": [], "causedBy": None, "causationId": None,
        "correlationId": None, "metadata": None, "eventData": '{"amount":"10.00"}',
    }
    return {**content, **given}


def event_id(at):
    return f"01932f5a-{at:04x}-7abc-8def-0123456789ab"


def single_events():
    """(name, event, sequence number, recordedAt, version)"""
    sixteen = ["a", "b", "b", "$price", "\u2028", "\u007f", "x" * 255, 'quote"', "back\\slash", "é", "e\u0301", "\u65e5\u672c", "👛",
               " ", "\n", "z"]
    cases = [
        ("the least that an event has", event()),
        ("all that an event can have", event(
            tags=["vip", "eur"], causedBy="user-7", causationId="cmd-1", correlationId="order-9", schemaVersion=3,
            metadata='{"device":"phone"}', createdAt="2026-11-23T00:00:00.000Z")),
        ("only causedBy", event(causedBy="x")),
        ("only causationId", event(causationId="x")),
        ("only correlationId", event(correlationId="x")),
        ("names outside ASCII", event(
            aggregateId="portefeuille-é-钱包-👛", aggregateType="Geldbörse", eventType="ВнесеныСредства", causedBy="Zoë",
            eventData='{"note":"¿Cuánto? 10 € 👛"}')),
        ("an id in NFC", event(aggregateId="\u00e9-1")),
        ("the same id in NFD", event(aggregateId="e\u0301-1")),
        ("names that JSON escapes", event(
            aggregateId='a"b\\c/d\n\r\t\u0001\u001f\u007f\u2028', aggregateType="__proto__", eventType="constructor")),
        ("sixteen tags, two of them equal", event(tags=sixteen)),
        ("names of the greatest length", event(
            aggregateId="i" * 255, aggregateType="t" * 100, eventType="é" * 50, causedBy="c" * 255)),
        ("escapes in the payload stay as written", event(
            eventData=r'{"a":"\u00e9\u00E9é","b":"\"\\\/\b\f\n\r\t","c":"\ud83d\udc5b","nul":"\u0000","lone":"\ud800"}')),
        ("numbers in the payload stay as written", event(
            eventData='{"a":1.10,"b":9007199254740993,"c":-0,"d":1E+2,"e":0.10e-7,"f":1e400}')),
        ("white space and repeated keys in the payload stay as written", event(
            eventData='{ "k" : [ 1 ,\t2 ] ,\r\n "k" : { } }', metadata="{ }")),
        ("metadata is an empty object", event(metadata="{}")),
        ("the payload is null", event(eventData="null")),
        ("the payload is true", event(eventData="true")),
        ("the payload is a number", event(eventData="-12.5e+10")),
        ("the payload is an empty text", event(eventData='""')),
        ("the payload is 128 levels deep", event(eventData="[" * 128 + "]" * 128)),
        ("the greatest schema version", event(schemaVersion=65535)),
        ("created in the last millisecond before 1970", event(createdAt="1969-12-31T23:59:59.999Z")),
        ("created in 1970", event(createdAt="1970-01-01T00:00:00.000Z")),
        ("created on a leap day", event(createdAt="2000-02-29T12:00:00.500Z")),
        ("created at the first moment that can be told", event(createdAt="0001-01-01T00:00:00.000Z")),
        ("created at the last moment that can be told", event(createdAt="9999-12-31T23:59:59.999Z")),
        ("an id of version 4", event(id="c9b1f3a0-8d2e-4f6b-a1c7-5e3d9b7f2a10")),
        ("the id of a command", event(id="7aca07f6-db70-8a8a-b34d-3eb94a6edf99")),
        ("the nil id", event(id="00000000-0000-0000-0000-000000000000")),
        ("the max id", event(id="ffffffff-ffff-ffff-ffff-ffffffffffff")),
    ]
    placed = [(title, content, 1, AT, 1) for title, content in cases]
    return [*placed, ("the greatest numbers", event(), 2**53 - 1, "9999-12-31T23:59:59.999Z", 2**53 - 1)]


def vectors(g):
    nothing = {"epoch": EPOCH, "sequenceNumber": 0, "link": g.NO_LINK.hex()}
    records = []

    def store(title, before, *steps):
        """Adds a record of appends; a step takes the head before it."""
        appends, head = [], before
        for step in steps:
            entry, head = step(head)
            appends.append(entry)
        records.append(g.record(title, before, appends, head))
        return head

    def append(recorded_at, durability, *events):
        return lambda head: g.append(head, recorded_at, durability, events)

    def change(epoch, recorded_at, durability):
        return lambda head: g.epoch_change(head, epoch, recorded_at, durability)

    head = store("genesis", nothing, change(EPOCH, "2026-11-24T07:00:00.000Z", "strict"))
    head = store("one event", head, append(AT, "strict", (1, event(id=event_id(1)))))
    head = store("several events of several aggregates in one append", head, append(
        "2026-11-24T07:22:35.123Z", "relaxed",
        (2, event(id=event_id(2), eventType="FundsWithdrawn", createdAt="2026-11-20T00:00:00.000Z")),
        (1, event(id=event_id(3), aggregateId="wallet-2", correlationId="transfer-1")),
        (1, event(id=event_id(4), aggregateId="конверт-👛", aggregateType="конверт", eventType="Geöffnet", tags=["é", "👛"],
                  metadata='{"ünï":"👛"}', eventData='"👛"')),
        (3, event(id=event_id(5), createdAt="2030-01-01T00:00:00.000Z"))))
    head = store("a group of three appends, two of them of one event", head,
                 append("2026-11-24T07:23:00.000Z", "strict", (4, event(id=event_id(6)))),
                 append("2026-11-24T07:23:00.000Z", "strict", (2, event(id=event_id(7), aggregateId="wallet-2")),
                        (3, event(id=event_id(8), aggregateId="wallet-2"))),
                 append("2026-11-24T07:23:00.001Z", "strict",
                        (5, event(id=event_id(9), createdAt="0001-01-01T00:00:00.000Z", causedBy="u"))))
    head = store("a change of epoch", head, change(EPOCH_2, "2026-11-25T00:00:00.000Z", "memory"))
    head = store("the first append of the new epoch", head, append(
        "2026-11-25T00:00:00.000Z", "remote",
        (6, event(id=event_id(10), createdAt="9999-12-31T23:59:59.999Z", schemaVersion=65535))))
    joined = list(records)
    records.append(g.record("all records above, joined", nothing, [a for r in joined for a in r["appends"]], head,
                            [r["name"] for r in joined]))
    late = {"epoch": EPOCH, "sequenceNumber": 2**53 - 3, "link": "ab" * 32}
    store("the greatest numbers", late, append(
        "9999-12-31T23:59:59.999Z", "memory", (2**53 - 2, event(id=event_id(11), createdAt="0001-01-01T00:00:00.000Z")),
        (2**53 - 1, event(id=event_id(12), createdAt="9999-12-31T23:59:59.999Z"))))
    store("an epoch that changes twice at one place", late, change(EPOCH_2, AT, "memory"), change(EPOCH, AT, "memory"))
    many = [(at + 1, event(id=event_id(100 + at), aggregateId=f"wallet-{at % 130}", eventType=f"Type{at % 129}"))
            for at in range(131)]
    store("more than 127 aggregates, types and events", nothing, append(AT, "memory", *many))

    return {
        "format": 1,
        "about": "Written by generate.py from docs/storage-format.md. Do not edit. Bytes are hexadecimal, payloads are texts.",
        "events": [{"name": title, **g.placed(content, *place)} for title, content, *place in single_events()],
        "records": records,
        "excerpts": [
            g.excerpt("one aggregate", records[6], lambda content: content["aggregateId"] == "wallet-1"),
            g.excerpt("one event outside ASCII", records[6], lambda content: content["aggregateType"] == "конверт"),
            g.excerpt("one type of event", records[6], lambda content: content["eventType"] == "FundsDeposited"),
        ],
        **readable(g, records), **texts(g, head, nothing),
    }


def spoil(parts, **changes):
    """The same fields with the first of a name replaced."""
    out = []
    for key, value in parts:
        out.append((key, changes.pop(key, value)))
    assert not changes, changes
    return out


def readable(g, records):
    one, group, epoch = records[1], records[2], records[0]
    parts = g.fields(one["before"], one["appends"])
    text = one["text"]
    extended = [
        ("an extension of the record that may be ignored", False, spoil(parts, extensions=b"\1" + g.number(1000) + b"\3abc")),
        ("an empty extension of the record that may be ignored", False, spoil(parts, extensions=b"\1\2\0")),
        ("a critical extension of the record", True, spoil(parts, extensions=b"\1\1\0")),
        ("two extensions of the record, the second critical", True, spoil(parts, extensions=b"\2\2\1x\3\2yz")),
        ("a critical extension of the append", True, spoil(parts, appendExtensions=b"\1" + g.number(129) + b"\1x")),
    ]
    refused = []

    def refuse(title, directory, text=text, unsupported=False):
        refused.append({"name": title, "unsupported": unsupported, "directory": directory, "text": text})

    def refuse_field(title, unsupported=False, **change):
        refuse(title, g.sealed(spoil(parts, **change)), unsupported=unsupported)

    good = one["directory"]
    refuse("a later format", g.sealed(spoil(parts, format=b"\2")), unsupported=True)
    refuse("a later format, whatever follows", "02", unsupported=True)
    refuse_field("an unknown kind of append", True, kind=b"\3")
    refuse_field("an unknown payload format", True, payloadFormat=b"\1")
    refuse("no bytes", "")
    refuse("shorter than a checksum", "01" + "00" * 6)
    refuse("a format number and nothing else", g.sealed([("format", b"\1")]))
    refuse_field("format 0", format=b"\0")
    refuse("one bit of the checksum", good[:-1] + format(int(good[-1], 16) ^ 1, "x"))
    refuse("another digest under the old checksum", good.replace(one["appends"][0]["events"][0]["digest"], "0" * 64))
    refuse("the last byte is missing", good[:-2])
    refuse("ends inside an event", g.sealed(parts[:-3]))
    refuse("a byte too many", g.sealed([*parts, ("more", b"\0")]))
    refuse_field("a sequence number above 2^53 - 1", sequenceNumber=g.number(2**53))
    refuse_field("a number of ten bytes", sequenceNumber=b"\x80" * 9 + b"\0")
    refuse_field("a number that is longer than it has to be", version=b"\x81\0")
    refuse_field("more aggregates than bytes", aggregates=g.number(2**31))
    refuse_field("a length above 2^32 - 1", length=g.number(2**32))
    refuse_field("an aggregate id that is not UTF-8", aggregateId=b"\2\xc3\x28")
    refuse_field("an aggregate id with NUL", aggregateId=g.name("a\0b"))
    refuse_field("an empty aggregate id", aggregateId=g.name(""))
    refuse_field("an aggregate id of 256 bytes", aggregateId=g.name("i" * 256))
    refuse_field("a reserved aggregate id", aggregateId=g.name("$all"))
    refuse_field("an aggregate type of 101 bytes", aggregateType=g.name("t" * 101))
    refuse_field("an event type with NUL", eventType=g.name("\0"))
    refuse_field("an unknown durability", durability=b"\4")
    refuse_field("an author block longer than the directory", author=g.number(100_000))
    refuse_field("an append without events", events=b"\0")
    refuse_field("an aggregate that the directory lacks", aggregate=b"\1")
    refuse_field("an event type that the directory lacks", type=b"\1")
    refuse_field("version 0", version=b"\0")
    refuse_field("a version above 2^53 - 1", version=g.number(2**53))
    refuse_field("an event of one byte", length=b"\1")
    refuse_field("a surplus as great as the length", surplus=g.number(len(text)))
    eventful = g.fields(epoch["before"], epoch["appends"])
    refuse("a change of epoch with an event", g.sealed([*eventful[:-1], ("events", b"\1"), *parts[-9:]]), text)
    refuse("the text is a byte too short", good, text[:-1])
    refuse("the text is a byte too long", good, text + ",")
    refuse("events without their text", good, "")
    lengths = [at for at, (key, _) in enumerate(g.fields(group["before"], group["appends"])) if key == "length"]
    shifted = g.fields(group["before"], group["appends"])
    for at, step in ((lengths[1], 1), (lengths[2], -1)):
        # The third event's JSON begins with ASCII, so the boundary is moved up to a character of two bytes.
        events = group["appends"][0]["events"]
        third = events[2]["text"].encode()
        inside = third.index("к".encode()) + 1
        size = len(events[1 if step == 1 else 2]["text"].encode())
        shifted[at] = ("length", g.number(size + step * inside))
    refuse("an event begins inside a character", g.sealed(shifted), group["text"])
    named = [{"name": title, "unknownCritical": critical, "directory": g.sealed(fields), "text": text}
             for title, critical, fields in extended]
    return {"extended": named, "refused": refused}


def texts(g, head, nothing):
    def head_json(place):
        return f'{{"epoch":"{place["epoch"]}","sequenceNumber":{place["sequenceNumber"]},"link":"{place["link"]}"}}'

    def cursor(place):
        return {"head": place, "cursor": f'{place["epoch"]}:{place["sequenceNumber"]}:{place["link"]}', "json": head_json(place)}

    def snapshot(title, **fields):
        s = {"aggregateId": "wallet-1", "aggregateType": "wallet", "reducer": "wallet@1", "aggregateVersion": 5, "place": head,
             "createdAt": AT, "data": '{"balance":"10.00"}', **fields}
        names = ",".join(f'"{key}":{g.json_string(s[key])}' for key in ("aggregateId", "aggregateType", "reducer"))
        text = (f'{{{names},"aggregateVersion":{s["aggregateVersion"]},"place":{head_json(s["place"])},'
                f'"createdAt":"{s["createdAt"]}","data":{s["data"]}}}')
        return {"name": title, "snapshot": s, "text": text}

    def command(text, index):
        raw = bytearray(g.sha256(g.COMMAND_DOMAIN + text.encode() + b"\0" + g.be(index, 4))[:16])
        raw[6], raw[8] = 0x80 | raw[6] & 0x0F, 0x80 | raw[8] & 0x3F
        return {"commandId": text, "index": index, "id": str(g.uuid.UUID(bytes=bytes(raw)))}

    last = {"epoch": EPOCH, "sequenceNumber": 2**53 - 1, "link": "ff" * 32}
    kept = snapshot("a snapshot")
    rows = [
        id_row(g, ["01a20ddc-8670-7328-9499-2673e48d38ed", "01a20ddc-8653-7002-a32e-062bac4cb072", "01a20ddc-8653-70dc-a526-54182fd0340a"], 8),
        id_row(g, ["ffffffff-ffff-7fff-bfff-ffffffffffff"], 2**53 - 1),
    ]
    both = g.fnv(rows[0]["key"].encode()) ^ g.fnv(rows[1]["key"].encode())
    return {
        "cursors": [cursor(nothing), cursor(head), cursor(last)],
        "snapshots": [
            kept,
            snapshot("names that JSON escapes", aggregateId='a"\n', aggregateType="é", reducer="\u0001 w\\", data="1.10", place=last,
                     aggregateVersion=2**53 - 1, createdAt="0001-01-01T00:00:00.000Z"),
        ],
        "commands": [command("pay-1", 0), command("pay-1", 1), command("", 0), command("zahlung-é-👛", 4294967295)],
        "idRows": rows,
        "checked": [
            checked(g, "sealed", "6  0"),
            checked(g, "sealed", f'8 01a20ddc-8670-7328-9499-2673e48d38ed {g.fnv(rows[0]["key"].encode())}'),
            checked(g, "sealed", f"{2**53 - 1} ffffffff-ffff-7fff-bfff-ffffffffffff {both}"),
            checked(g, "wallet-1\0wallet@1", kept["text"]),
            checked(g, "é\0👛", "a:b"),
        ],
    }


def checked(g, key, text):
    """A value of `meta` or `snapshots` with its checksum."""
    return {"name": key, "key": key, "text": text, "value": f"{g.fnv(key.encode() + text.encode())}:{text}"}


def id_row(g, ids, last):
    """A row of `seg_ids`."""
    ids = sorted(ids)
    value = b"".join(g.uuid_bytes(text) for text in ids)
    key = ids[0] + ids[-1] + g.base36(last)
    return {"name": f"ids up to sequence number {last}", "ids": ids, "lastSequenceNumber": last,
            "key": key + str(g.fnv(key.encode() + value)), "value": value.hex()}
