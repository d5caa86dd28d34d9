"""What never stands in a log: the tokens in the addresses of mailed links."""

import re
from collections.abc import MutableMapping
from typing import Any

SECRETS = ("/invitation/", "/calendar/", "/password/reset/key/", "/vendor-link/", "/pulse/")  # what follows is a token
SECRET_IN_PATH = re.compile("|".join(rf"(?<={start})[^/?\s\"']+" for start in SECRETS))


def without_tokens(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog, for the lines of Django too: it tells the address of every page that it refuses."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = SECRET_IN_PATH.sub("…", value)
    return event
