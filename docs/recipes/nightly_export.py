#!/usr/bin/env python3
"""Every night: all that this token may see, as one file. Python 3.9 or later, nothing to install.

    MANIFESTO_URL=https://manifesto.example.org MANIFESTO_TOKEN=… python3 nightly_export.py /var/backups/manifesto

The token needs the scope documents:write, and those that read what stands in it: vendors:read, measures:read,
assessments:read, commitments:read, scorecards:read. Run twice on one day, it downloads once: the request
carries a key of the day, and the file is asked for by its ETag.
"""

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request
from datetime import date
from pathlib import Path

API = os.environ["MANIFESTO_URL"].rstrip("/") + "/api/v1"
TOKEN = os.environ["MANIFESTO_TOKEN"]
PATIENCE = 600  # seconds until it should be ready


def call(path, body=None, **headers):
    """The answer as (status, headers, bytes). A refusal ends the program with the words of the server."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers["Authorization"] = f"Bearer {TOKEN}"
    content = None
    if body is not None:
        content = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(API + path, data=content, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as refused:
        if refused.code == 304:
            return 304, refused.headers, b""
        if refused.code == 429:  # too many requests: it says when to come again
            time.sleep(int(refused.headers.get("Retry-After", "5")))
            return call(path, body, **headers)
        sys.exit(f"{refused.code} {path}: {refused.read().decode()}")


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    today = date.today().isoformat()
    file = folder / f"manifesto-{today}.json"
    etag = folder / f"manifesto-{today}.json.etag"

    # 1. Ask.
    asked = {"scope": "everything", "format": "json"}
    _status, _headers, content = call("/exports", asked, Idempotency_Key=f"nightly-{today}")
    export = json.loads(content)

    # 2. Follow: while it is being written, Retry-After says when to ask again.
    until = time.monotonic() + PATIENCE
    while True:
        _status, headers, content = call(f"/exports/{export['uuid']}")
        export = json.loads(content)
        if export["state"] == "ready":
            break
        if export["state"] not in ("queued", "writing"):
            sys.exit(f"No file: {export['failure_said'] or export['state']}")
        if time.monotonic() > until:
            sys.exit(f"Not ready after {PATIENCE} seconds: {export['uuid']}")
        time.sleep(int(headers.get("Retry-After", "2")))

    # 3. Download, unless it is here already, and check that it is whole.
    have = {"If_None_Match": etag.read_text()} if etag.exists() and file.exists() else {}
    status, headers, content = call(f"/exports/{export['uuid']}/file", **have)
    if status == 304:
        print(f"{file}: here already")
        return
    if hashlib.sha256(content).hexdigest() != export["sha256"]:
        sys.exit("What came is not what was written: its SHA-256 differs.")
    file.write_bytes(content)
    etag.write_text(headers["ETag"])
    print(f"{file}: downloaded, {len(content)} bytes")


if __name__ == "__main__":
    main()
