"""One try: a signed request to an address that is judged where it is asked, at the moment of connecting.

A name is resolved once, here, and the connection goes to the very address that was judged, so that a name which
answers differently a moment later leads nowhere. Host and certificate are those of the name. A redirect that keeps the
request is followed a few times, each one judged like the first.
"""

from __future__ import annotations

import json
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from ipaddress import ip_address
from time import monotonic
from typing import Any
from urllib.parse import urljoin

from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from requests.certs import where
from standardwebhooks import Webhook
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError, NameResolutionError, SSLError
from urllib3.exceptions import TimeoutError as TooSlowError

from accounts.models import WebhookEvent
from accounts.webhooks.addresses import RefusedAddressError, Target, judge, target_of

AGENT = "CustomerManifesto-Webhooks/1"
MOST_READ = 64 * 1024  # bytes of an answer
SHOWN = 500  # characters of it that are kept
MOST_REDIRECTS = 3
KEEPING = frozenset({307, 308})  # redirects that keep method and body
CONNECT_SECONDS = 5.0
# Whoever hangs up may be heard while we listen, or, a moment later, while we still write; ValueError: what is no HTTP.
BROKEN_OFF = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of a try. `status`: of HTTP, where there was an answer; `said`: how it began; `failure`: a code of
    `words.Failure`, empty where it arrived."""

    status: int | None = None
    said: str = ""
    failure: str = ""
    seconds: float = 0.0

    @property
    def has_arrived(self) -> bool:
        return not self.failure


@dataclass(frozen=True, kw_only=True)
class Message:
    """What is sent: the same bytes at each try, and `secrets` (“whsec_…”) that each sign it."""

    id: str
    body: str
    secrets: tuple[str, ...]

    def headers(self, now: datetime) -> dict[str, str]:
        signatures = (Webhook(secret).sign(self.id, now, self.body) for secret in self.secrets)
        return {
            "content-type": "application/json; charset=utf-8",
            "user-agent": AGENT,
            "accept-encoding": "identity",
            "webhook-id": self.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": " ".join(signatures),
        }


def message_of(event: WebhookEvent, secrets: Iterable[str]) -> Message:
    body = {"type": event.kind, "timestamp": event.at.isoformat(), "data": event.payload}
    text = json.dumps(body, separators=(",", ":"), sort_keys=True)
    return Message(id=str(event.uuid), body=text, secrets=tuple(secrets))


def new_secret(random_bytes: bytes) -> str:
    return "whsec_" + b64encode(random_bytes).decode()


def post(address: str, message: Message, *, now: datetime) -> Outcome:
    """Try once, for WEBHOOK_SECONDS at most, whatever the receiver does. Never raises."""
    began = monotonic()
    headers = message.headers(now)
    outcome = _followed(address, message.body.encode(), headers, began + settings.WEBHOOK_SECONDS)
    return Outcome(
        status=outcome.status, said=outcome.said, failure=outcome.failure, seconds=round(monotonic() - began, 2)
    )


def _followed(address: str, body: bytes, headers: Mapping[str, str], until: float) -> Outcome:
    for _hop in range(MOST_REDIRECTS + 1):
        try:
            answer = _asked(target_of(address), body, headers, until)
        except RefusedAddressError as refused:
            return Outcome(failure=refused.code)
        except SoftTimeLimitExceeded:
            return Outcome(failure="too_slow")
        except (OSError, HTTPError, ValueError) as fault:  # ValueError: an answer that is no HTTP
            return Outcome(failure="too_slow" if monotonic() >= until else _code_of(fault))
        if not answer.goes_on:
            return answer.outcome
        address = urljoin(address, answer.location)
    return answer.outcome


def _code_of(fault: Exception) -> str:
    if isinstance(fault, NameResolutionError | socket.gaierror):
        return "unknown_host"
    if isinstance(fault, SSLError | ssl.SSLCertVerificationError):
        return "certificate"
    if isinstance(fault, TooSlowError | TimeoutError):
        return "too_slow"
    return "broken_off" if isinstance(fault, BROKEN_OFF) else "unreachable"


@dataclass(frozen=True, kw_only=True)
class _Answer:
    status: int
    said: str
    location: str

    @property
    def goes_on(self) -> bool:
        return self.status in KEEPING and bool(self.location)

    @property
    def outcome(self) -> Outcome:
        return Outcome(status=self.status, said=self.said, failure=self._failure)

    @property
    def _failure(self) -> str:
        if 200 <= self.status < 300:
            return ""
        if self.status == 410:
            return "gone"
        return "redirected" if 300 <= self.status < 400 else "refused"


def _asked(target: Target, body: bytes, headers: Mapping[str, str], until: float) -> _Answer:
    connection = _connection(target, until)
    done = threading.Event()
    threading.Thread(target=_cut_when_over, args=(connection, done, until), daemon=True).start()
    try:
        connection.request("POST", target.path, body=body, headers=headers, preload_content=False)
        answer = connection.getresponse()
        said = answer.read(MOST_READ, decode_content=False)
        if monotonic() >= until:
            raise TimeoutError  # what there is was cut off
        return _Answer(status=answer.status, said=_shown(said), location=answer.headers.get("location", ""))
    finally:
        done.set()
        connection.close()


def _cut_when_over(connection: HTTPConnection, done: threading.Event, until: float) -> None:
    """The time-outs of a connection are for each step: one that sends a byte every few seconds would hold a worker for
    hours. Again and again, since there may be no connection yet when the time is over."""
    while not done.wait(max(0.2, until - monotonic())):
        with suppress(OSError, AttributeError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _shown(said: bytes) -> str:
    text = said.decode("utf-8", errors="replace")
    return "".join(sign if sign.isprintable() else " " for sign in text[: SHOWN * 2]).strip()[:SHOWN]


def _connection(target: Target, until: float) -> HTTPConnection:
    timeout = max(0.1, min(settings.WEBHOOK_SECONDS, until - monotonic()))
    if target.is_secure:
        secure = _JudgedHTTPS(target.host, target.port, timeout=timeout, ssl_context=_trusting())
        secure.target = target
        return secure
    plain = _Judged(target.host, target.port, timeout=timeout)
    plain.target = target
    return plain


@cache
def _trusting() -> ssl.SSLContext:
    """The authorities that the system trusts, and those that browsers do."""
    context = ssl.create_default_context()
    context.load_verify_locations(where())
    return context


def connected(target: Target, timeout: float) -> socket.socket:
    """To the first of the addresses of its name that may be asked and answers. Raises RefusedAddressError where none
    may, OSError where none answers."""
    refused: RefusedAddressError | None = None
    fault: OSError | None = None
    for found in _resolved(target):
        try:
            judge(target, ip_address(found.split("%")[0]))
            return socket.create_connection((found, target.port), min(timeout, CONNECT_SECONDS))
        except RefusedAddressError as error:
            refused = refused or error
        except OSError as error:
            fault = error
    if fault is not None:
        raise fault
    raise refused or RefusedAddressError("unknown_host")


def _resolved(target: Target) -> list[str]:
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


class _Judging:
    """The one place where a connection is made."""

    target: Target

    def _new_conn(self: Any) -> socket.socket:
        made = connected(self.target, self.timeout)
        made.settimeout(self.timeout)
        return made


class _Judged(_Judging, HTTPConnection):
    pass


class _JudgedHTTPS(_Judging, HTTPSConnection):
    pass
