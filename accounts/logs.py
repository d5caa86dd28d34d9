"""What never stands in a log: the tokens in the addresses of mailed links, and people's mail addresses.

Every line passes here, those of Django, gunicorn and Celery too: `config/settings.py` names `without_tokens` as a
processor of all of them.
"""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

HIDDEN = "…"
# What follows is a token.
SECRETS = (
    "/invitation/",
    "/calendar/",
    "/password/reset/key/",
    "/vendor-link/",
    "/commitments-link/",
    "/pulse/",
)
MARKS = "/?&#"  # what ends a token in an address


def _however_encoded(text: str) -> str:
    """A pattern for the text with any of its characters percent-encoded, once or several times over.

    A page that asks for a sign-in carries the address of the page before it in its own, encoded: `next=%2Finvitation…`.
    """
    return "".join(f"(?:{re.escape(one)}|%(?:25)*{ord(one):02x})" for one in text)


_ENDS = "|".join(_however_encoded(mark) for mark in MARKS)
# A link that was copied by hand or put together anew may have a slash too many, or one of the other kind.
_SLASHES = rf"(?:{_however_encoded('/')}|{_however_encoded(chr(92))})+"
_STARTS = "|".join(_however_encoded(start.removesuffix("/")) for start in SECRETS)
SECRET = re.compile(rf"((?:{_STARTS}){_SLASHES})(?:(?!{_ENDS})[^\s\"'<>\\])+", re.IGNORECASE)
# What a provider's answer to a sign-in carries.
CARRIED = re.compile(
    r"([?&](?:code|state|SAMLResponse|SAMLRequest|RelayState|Signature|id_token_hint)=)[^&\s\"'<>]+", re.IGNORECASE
)
# The mail server repeats the address that it refuses. The domain stays: it says whose server to ask.
_AT = _however_encoded("@")
MAIL_ADDRESS = re.compile(rf"[\w.+%-]{{1,64}}({_AT}[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)


def redacted(text: str) -> str:
    """The text without tokens and without the part of mail addresses that names a person."""
    hidden = CARRIED.sub(rf"\1{HIDDEN}", SECRET.sub(rf"\1{HIDDEN}", text))
    return MAIL_ADDRESS.sub(rf"{HIDDEN}\1", hidden)


def without_tokens(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: every value of the line, however deep, is redacted."""
    for key, value in event.items():
        if not key.startswith("_"):  # structlog's own
            event[key] = _redacted_value(value)
    return event


def _redacted_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {_redacted_value(key): _redacted_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted_value(inner) for inner in value]
    return redacted(value if isinstance(value, str) else repr(value))


def is_news(record: logging.LogRecord) -> bool:
    """A filter for `django.request`: its line on a refused or failed request repeats the one of `RequestLog`, and
    brings a traceback even for a page that somebody may not see."""
    return not hasattr(record, "status_code")
