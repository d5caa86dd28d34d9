"""Is the process of this container alive? `python3 config/alive.py web` or `… worker` ends with 0 or 1.

Only the standard library, and none of the settings' code: a container asks this every ten seconds.
"""

import os
import sys
import time
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlsplit

PATIENCE = 5.0  # seconds
SILENCE = 90.0  # seconds that a worker or the clock may be silent; they are heard every 15


def web_is_alive(port: int, base_url: str) -> bool:
    """Whether /healthz answers 200. It is asked by the name that people use: ALLOWED_HOSTS refuses 127.0.0.1."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", "/healthz", headers={"Host": urlsplit(base_url).netloc or f"localhost:{port}"})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def was_heard(file: Path, now: float) -> bool:
    """Whether a worker or the clock has touched its file within `SILENCE`; `now` in seconds since 1970."""
    try:
        return now - file.stat().st_mtime < SILENCE
    except OSError:
        return False


def main(process: str) -> int:
    if process == "web":
        alive = web_is_alive(int(os.environ.get("PORT", "8000")), os.environ.get("BASE_URL", ""))
    else:
        alive = was_heard(Path(os.environ["HEARTBEAT_FILE"]), time.time())
    return 0 if alive else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
