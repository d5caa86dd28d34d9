"""Push a nightly export of incidents.

    BASE=https://manifesto.example.org TOKEN=… python push_incidents.py export.csv 2026-01-01

`export.csv`: a row an incident, with the names of the fields as headings (reference, vendor, opened_at, resolved_at,
…), all that changed since the last run or simply all; the day: since when your tool has every incident. Ends with 1
where something was refused, so that cron tells you; then it does not say that nothing is missing.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import requests

SOURCE = os.environ["BASE"] + "/api/v1/incident-sources/helpdesk"
MOST = 1000  # incidents of a request
READING = {"time_zone": "Europe/Brussels", "critical": ["P1"]}  # of your export


def main(path: str, complete_from: str) -> int:
    exported_at = datetime.fromtimestamp(os.path.getmtime(path), UTC)
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {os.environ['TOKEN']}"
    send(session, "PUT", SOURCE, {"name": "Helpdesk"})
    refused = 0
    for rows in batches(path):
        told = send(session, "POST", f"{SOURCE}/incidents", {"incidents": rows, "reading": READING})
        print(told["counts"])
        for outcome in told["outcomes"]:
            for fault in outcome["faults"]:
                refused += 1
                print(outcome["reference"], fault["path"], fault["detail"], file=sys.stderr)
    if refused:
        return 1
    known = {"complete_from": complete_from, "complete_until": exported_at.isoformat()}
    print(send(session, "POST", f"{SOURCE}/heartbeat", known))
    return 0


def batches(path: str) -> Iterator[list[dict[str, str]]]:
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for start in range(0, len(rows), MOST):
        yield rows[start : start + MOST]


def send(session: requests.Session, method: str, address: str, body: dict) -> dict:
    """Again for some minutes where the server is away or asks for patience. With the same key it is done once."""
    key = hashlib.sha256(f"{method} {address} {json.dumps(body, sort_keys=True)}".encode()).hexdigest()
    for attempt in range(6):
        try:
            answer = session.request(method, address, json=body, headers={"Idempotency-Key": key}, timeout=60)
        except requests.ConnectionError:
            time.sleep(2**attempt)
            continue
        if answer.status_code != 429 and answer.status_code < 500:
            break
        time.sleep(int(answer.headers.get("Retry-After", 2**attempt)))
    else:
        raise SystemExit(f"{address} cannot be reached")
    if not answer.ok:
        raise SystemExit(answer.text)
    return answer.json()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
