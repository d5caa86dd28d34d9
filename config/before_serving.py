"""What bin/run asks before it serves. Each refusal is one line that says what to do, and the exit status 1.

`python -m config.before_serving settings`, `… port HOST PORT` (may it be served there?), `… answers HOST PORT`.
"""

import errno
import re
import socket
import sys
import traceback
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host

# Made by earlier versions, for everybody on the machine to read.
OURS = ("db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm", "mail", "media", "broker", "secret_key")
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  served there, asked here
HIGHEST_PORT = 65_535


class RefusedError(Exception):
    """Its text says what to do."""


def look_at_settings() -> None:
    """Raises RefusedError where they cannot be read, or where their data folder cannot be written."""
    try:
        folder = Path(settings.DATA_DIR)
    except Exception as error:
        raise RefusedError(what_is_wrong(error)) from error
    if not validate_host(settings.BASE_HOST, settings.ALLOWED_HOSTS):
        raise RefusedError(
            f"ALLOWED_HOSTS leaves out the host of BASE_URL, {settings.BASE_HOST!r}: add it, or unset both."
        )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / ".may_write").touch()
        (folder / ".may_write").unlink()
    except OSError as error:
        raise RefusedError(
            f"The data folder {folder} cannot be written ({error.strerror}): set DATA_DIR to a folder of your own."
        ) from error
    for path in (folder / name for name in OURS):
        with suppress(OSError):
            path.chmod(path.stat().st_mode & 0o700)


def what_is_wrong(error: Exception) -> str:
    """What our own code says; of other errors also the setting that is read in the line where it went wrong."""
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, ImproperlyConfigured) and Path(frames[-1].filename).parent == Path(__file__).parent:
        return str(error)
    lines = [frame.line or "" for frame in frames if Path(frame.filename).name == "settings.py"]
    names = re.findall(r"""env(?:\.\w+)?\(\s*"([A-Z_]+)\"""", lines[-1]) if lines else []
    which = f"The setting {names[0]} is wrong" if names else "The settings are wrong"
    return f"{which}: {error}. .env.example says what it takes."


def look_at_port(host: str, port: str) -> None:
    """Raises RefusedError where nothing can be served there."""
    if not port.isdecimal() or not 1 <= int(port) <= HIGHEST_PORT:
        raise RefusedError(f"PORT must be a number from 1 to {HIGHEST_PORT}, not {port!r}.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except (OSError, UnicodeError) as error:
        raise RefusedError(why_closed(error, host, int(port))) from error


def why_closed(error: Exception, host: str, port: int) -> str:
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            other = port + 1 if port < HIGHEST_PORT else 8000
            return f"Port {port} is taken: stop what uses it, or choose another: PORT={other} bin/run"
        case errno.EACCES:
            return f"Port {port} is kept for root: choose one from 1024 on, such as PORT=8000 bin/run"
    return f"HOST={host} is no address of this machine: set it to one, or to 0.0.0.0 for all of them."


def answers(host: str, port: str) -> bool:
    """Whether the web server is there, asked where it serves and by the name that people use."""
    connection = HTTPConnection(EVERYWHERE.get(host, host), int(port), timeout=2)
    try:
        connection.request("GET", "/healthz", headers={"Host": settings.BASE_HOST})
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def main(question: str, *arguments: str) -> int:
    try:
        match question:
            case "settings":
                look_at_settings()
            case "port":
                look_at_port(*arguments)
            case "answers":
                return 0 if answers(*arguments) else 1
    except RefusedError as refused:
        print(refused, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
