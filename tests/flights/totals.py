"""The totals of each aircraft, from the CSV alone. It shares no code with the page that it is compared with.

Usage: python3 tests/flights/totals.py FLIGHTS.CSV [ROWS]      prints JSON: {"rows": n, "events": n, "aircraft": {tail: totals}}
"""

import csv
import itertools
import json
import sys

NAMES = ("departures", "arrivals", "cancellations", "distance", "airMinutes", "departureDelay", "arrivalDelay", "events")


def number(text):
    return 0 if text == "NA" else int(text)


def add(totals, row):
    flown = row["dep_time"] != "NA"
    landed = flown and row["arr_time"] != "NA"
    totals["departures"] += flown
    totals["arrivals"] += landed
    totals["cancellations"] += not flown
    totals["events"] += 1 + landed
    if flown:
        totals["distance"] += int(row["distance"])
        totals["departureDelay"] += int(row["dep_delay"])
    if landed:
        totals["airMinutes"] += number(row["air_time"])
        totals["arrivalDelay"] += number(row["arr_delay"])


def main(path, rows=None):
    aircraft = {}
    count = 0
    with open(path, newline="", encoding="utf-8") as file:
        for row in itertools.islice(csv.DictReader(file), rows):
            count += 1
            name = row["tailnum"] if row["tailnum"] != "NA" else "unassigned-" + row["carrier"]
            add(aircraft.setdefault(name, dict.fromkeys(NAMES, 0)), row)
    events = sum(totals["events"] for totals in aircraft.values())
    json.dump({"rows": count, "events": events, "aircraft": aircraft}, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else None)
