"""What never stands in a log: the tokens in the addresses of mailed links, keys to the API and what signs webhooks,
whatever stands behind “Authorization”, and people's mail addresses.

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
# Keys begin with a mark, so they are found wherever they stand. What lists show of one, nine characters, may stay.
_KEYS = "|".join(_however_encoded(mark) for mark in ("cm_", "whsec_", "whsk_"))
KEY = re.compile(rf"({_KEYS})[A-Za-z0-9_\-+/=%]{{7,}}")
# As a header, a line of curl, a Python dictionary or what WSGI calls it; to the end of what can be a credential.
CREDENTIAL = re.compile(
    r"(authorization[\"']?\s*[:=,]\s*[\"']?\s*(?:[\"'(\[]\s*)?(?:bearer|basic|token|digest)?\s*)"
    r"(?!(?:bearer|basic|token|digest)\b)[^\s\"'<>,;)\]}]+",
    re.IGNORECASE,
)
SCHEME = re.compile(r"\b((?:bearer|basic)\s+)[A-Za-z0-9_\-+/=.~%]{12,}", re.IGNORECASE)
# The mail server repeats the address that it refuses. The domain stays: it says whose server to ask.
_AT = _however_encoded("@")
MAIL_ADDRESS = re.compile(rf"[\w.+%-]{{1,64}}({_AT}[\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)


def redacted(text: str) -> str:
    """The text without tokens and without the part of mail addresses that names a person."""
    told = KEY.sub(rf"\1{HIDDEN}", CARRIED.sub(rf"\1{HIDDEN}", SECRET.sub(rf"\1{HIDDEN}", text)))
    told = SCHEME.sub(rf"\1{HIDDEN}", CREDENTIAL.sub(rf"\1{HIDDEN}", told))
    return MAIL_ADDRESS.sub(rf"{HIDDEN}\1", told)


def without_tokens(logger: Any, name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A processor of structlog: every value of the line, however deep, is redacted."""
    for key, value in event.items():
        if not key.startswith("_"):  # structlog's own
            event[key] = HIDDEN if _is_credential(key) else _redacted_value(value)
    return event


def _is_credential(key: object) -> bool:
    """The name of a header, as it is sent or as WSGI calls it."""
    return str(key).lower().replace("-", "_").removeprefix("http_").removeprefix("proxy_") == "authorization"


def _redacted_value(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return {
            _redacted_value(key): HIDDEN if _is_credential(key) else _redacted_value(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted_value(inner) for inner in value]
    return redacted(value if isinstance(value, str) else repr(value))


def is_news(record: logging.LogRecord) -> bool:
    """A filter for `django.request`: its line on a refused or failed request repeats the one of `RequestLog`, and
    brings a traceback even for a page that somebody may not see."""
    return not hasattr(record, "status_code")
