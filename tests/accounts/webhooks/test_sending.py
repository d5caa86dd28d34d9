"""One try over a real connection: what is signed, what is read, and where it never goes."""

from __future__ import annotations

import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from accounts.webhooks import sending
from accounts.webhooks.sending import Message, Outcome
from tests.accounts.webhooks.receiver import Receiver, receiving

SECRET = sending.new_secret(b"a" * 32)
FORMER = sending.new_secret(b"b" * 32)
LOCAL = "127.0.0.1/32"


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORKS = [LOCAL]
    with receiving() as one:
        yield one


def message(*secrets: str) -> Message:
    body = json.dumps({"type": "webhook.test", "timestamp": "2026-03-02T09:30:00+00:00", "data": {}})
    return Message(id="5f0c9b1e-1111-4111-8111-111111111111", body=body, secrets=secrets or (SECRET,))


def post(address: str) -> Outcome:
    return sending.post(address, message(), now=timezone.now())


def names(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Each question for an address gets the next of these answers; returns what was asked for, as it grows."""
    asked: list[str] = []
    known = socket.getaddrinfo

    def resolve(host: str, port: Any, *args: Any, flags: int = 0, **kwargs: Any) -> Any:
        if flags & socket.AI_NUMERICHOST or not host.endswith(".example"):
            return known(host, port, *args, flags=flags, **kwargs)
        asked.append(host)
        address = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return asked


# What is sent, and what comes back -----------------------------------------------------------------------------------
def test_the_receiver_can_verify_who_sent_it(receiver: Receiver) -> None:
    assert post(receiver.url + "/hooks?team=1") == Outcome(status=204, seconds=pytest.approx(0, abs=5))
    assert receiver.verified(SECRET) == [json.loads(message().body)]
    path, headers, _body = receiver.got[0]
    assert path == "/hooks?team=1"
    assert headers["webhook-id"] == message().id
    assert headers["content-type"] == "application/json; charset=utf-8"


def test_with_two_secrets_each_of_them_verifies_it(receiver: Receiver) -> None:
    sending.post(receiver.url, message(SECRET, FORMER), now=timezone.now())
    assert receiver.verified(SECRET) == receiver.verified(FORMER)


def test_another_secret_does_not_verify_it(receiver: Receiver) -> None:
    post(receiver.url)
    with pytest.raises(Exception, match="No matching signature"):
        receiver.verified(FORMER)


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of Standard Webhooks’ own libraries."""
    one = Message(
        id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        body='{"test": 2432232314}',
        secrets=("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
    )
    at = datetime.fromtimestamp(1614265330, tz=UTC)
    assert one.headers(at)["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("status", "failure"),
    [(200, ""), (202, ""), (299, ""), (302, "redirected"), (400, "refused"), (410, "gone"), (500, "refused")],
)
def test_only_an_answer_of_the_two_hundreds_is_an_arrival(receiver: Receiver, status: int, failure: str) -> None:
    receiver.reply = lambda path: (status, {"location": "/elsewhere"}, b"as it is")
    outcome = post(receiver.url)
    assert (outcome.status, outcome.failure, outcome.said) == (status, failure, "as it is")
    assert len(receiver.got) == 1


def test_of_a_long_answer_only_its_beginning_is_read_and_kept(receiver: Receiver) -> None:
    receiver.reply = lambda path: (500, {}, b"\x00oh <b>no</b>\n" + b"x" * 10_000_000)
    outcome = post(receiver.url)
    assert outcome.said.startswith("oh <b>no</b> xxx")
    assert len(outcome.said) == sending.SHOWN


def test_an_answer_that_comes_byte_by_byte_ends_when_the_time_is_over(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [LOCAL]
    settings.WEBHOOK_SECONDS = 0.5
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        made, _ = listener.accept()
        with made:
            try:
                made.sendall(b"HTTP/1.1 200 OK\r\n")
                for _ in range(1_200):
                    made.sendall(b"x")
                    time.sleep(0.05)
            except OSError:
                return

    threading.Thread(target=drip, daemon=True).start()
    with listener:
        outcome = post(f"http://127.0.0.1:{listener.getsockname()[1]}/")
    assert outcome.failure == "too_slow"
    assert outcome.seconds < 30  # of the minute that it drips


def test_a_receiver_that_is_not_there_and_one_that_speaks_no_http(settings: Any) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [LOCAL]
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def hang_up() -> None:
            listener.accept()[0].close()

        threading.Thread(target=hang_up, daemon=True).start()
        assert post(f"http://127.0.0.1:{port}/").failure == "broken_off"
    assert post(f"http://127.0.0.1:{port}/").failure == "unreachable"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (BrokenPipeError(), "broken_off"),
        (ConnectionResetError(), "broken_off"),
        (ConnectionAbortedError(), "broken_off"),
        (ConnectionRefusedError(), "unreachable"),
        (OSError("no route to host"), "unreachable"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
def test_whoever_hangs_up_has_broken_off_whether_we_listened_or_still_wrote(
    fault: Exception, code: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_PRIVATE_NETWORKS = [LOCAL]

    def hang_up(*_arguments: Any) -> Any:
        raise fault

    monkeypatch.setattr(sending, "_asked", hang_up)
    assert post("http://127.0.0.1:9/").failure == code


# Where it never goes -------------------------------------------------------------------------------------------------
def test_a_name_that_resolves_to_a_private_network_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "127.0.0.1")
    with receiving() as receiver:
        port = receiver.url.rsplit(":", 1)[1]
        assert post(f"https://receiver.example:{port}/").failure == "private"
        assert receiver.got == []


def test_a_name_is_resolved_once_and_what_was_judged_is_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rebinding: public for whoever judges, this machine for whoever connects. There is no second question."""
    asked = names(monkeypatch, "93.184.215.14", "127.0.0.1")
    tried: list[Any] = []

    def connect(address: tuple[str, int], *args: Any, **kwargs: Any) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert post("https://receiver.example:8443/").failure == "unreachable"
    assert asked == ["receiver.example"]
    assert tried == [("93.184.215.14", 8443)]
    assert post("https://receiver.example:8443/").failure == "private"  # the next try judges anew
    assert len(tried) == 1


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.2:{port}/", "https://2130706434:{port}/", "http://[::ffff:7f00:2]:{port}/", "//127.0.0.2:{port}/"],
)
def test_a_redirect_into_a_private_network_is_not_followed(receiver: Receiver, location: str) -> None:
    with receiving("127.0.0.2") as inside:
        port = inside.url.rsplit(":", 1)[1]
        receiver.reply = lambda path: (307, {"location": location.format(port=port)}, b"")
        assert post(receiver.url).failure == "private"
        assert inside.got == []


@pytest.mark.parametrize(
    ("location", "failure"),
    [("https://user@receiver.example/", "names_a_user"), ("gopher://receiver.example/", "no_address")],
)
def test_a_redirect_is_judged_like_the_first_address(receiver: Receiver, location: str, failure: str) -> None:
    receiver.reply = lambda path: (308, {"location": location}, b"")
    assert post(receiver.url).failure == failure


def test_a_redirect_that_keeps_the_request_is_followed_with_its_signature(receiver: Receiver) -> None:
    receiver.reply = lambda path: (307, {"location": "/new"}, b"") if path == "/old" else (200, {}, b"")
    assert post(receiver.url + "/old").has_arrived
    assert [path for path, _headers, _body in receiver.got] == ["/old", "/new"]
    assert len(receiver.verified(SECRET)) == 2


def test_redirects_in_a_circle_end(receiver: Receiver) -> None:
    receiver.reply = lambda path: (307, {"location": "/again"}, b"")
    assert post(receiver.url).failure == "redirected"
    assert len(receiver.got) == sending.MOST_REDIRECTS + 1


def test_no_proxy_of_the_environment_is_asked_instead(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert post(receiver.url).has_arrived


# TLS -----------------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of receiver.example, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "receiver.example")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("receiver.example")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "receiver.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(pem))
    return path


Secure = Callable[[str], tuple[Outcome, list[str | None], bytes]]


@pytest.fixture
def asked_by_name(settings: Any, monkeypatch: pytest.MonkeyPatch, certificate: Path) -> Iterator[Secure]:
    """Post to a name that resolves to this machine, where a receiver with that certificate listens."""
    settings.WEBHOOK_PRIVATE_NETWORKS = [LOCAL]
    names(monkeypatch, "127.0.0.1")
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(sending, "_trusting", lambda: trusting)
    shown: list[str | None] = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: shown.append(name)

    def post_to(host: str) -> tuple[Outcome, list[str | None], bytes]:
        got: list[bytes] = []

        def serve() -> None:
            try:
                with context.wrap_socket(listener.accept()[0], server_side=True) as made:
                    while not b"".join(got).endswith(message().body.encode()):
                        got.append(made.recv(65536))
                    made.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
            except OSError:
                return

        with socket.create_server(("127.0.0.1", 0)) as listener:
            thread = threading.Thread(target=serve, daemon=True)
            thread.start()
            outcome = post(f"https://{host}:{listener.getsockname()[1]}/")
            thread.join(5)
        return outcome, shown, b"".join(got)

    yield post_to


def test_the_certificate_and_the_host_are_those_of_the_name(asked_by_name: Secure) -> None:
    outcome, shown, request = asked_by_name("receiver.example")
    assert outcome.has_arrived
    assert shown == ["receiver.example"]
    assert b"Host: receiver.example:" in request


def test_a_certificate_of_another_name_is_refused(asked_by_name: Secure) -> None:
    outcome, _shown, request = asked_by_name("other.example")
    assert outcome.failure == "certificate"
    assert request == b""
