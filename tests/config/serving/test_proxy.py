"""The proxy of compose.yaml, where an nginx is at hand: it takes requests in whole and keeps secrets out of its log."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest

from accounts.logs import SECRETS
from tests.config.serving.servers import answers, proxy_before, senders, status_of, web_server
from tests.config.serving.test_web_worker import BROKEN_OFF, HALF_A_HEADER, PATIENT
from tests.conventions.test_house import ROOT
from tests.reports.servers import wait_until

TOKEN = "k3yk3yk3y"


class Echo(BaseHTTPRequestHandler):
    """Tells what it was asked."""

    def do_GET(self) -> None:
        self._answer(0)

    def do_POST(self) -> None:
        self._answer(len(self.rfile.read(int(self.headers["Content-Length"]))))

    def _answer(self, length: int) -> None:
        content = json.dumps({"headers": dict(self.headers), "length": length}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("proxy")


@pytest.fixture(scope="module")
def proxy(folder: Path) -> Iterator[int]:
    """Before an app that tells what it was asked."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as app:
        Thread(target=app.serve_forever, daemon=True).start()
        with proxy_before(app.server_port, folder) as port:
            yield port
        app.shutdown()


def asked(port: int, **headers: str) -> dict[str, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/my-work/", headers={"Host": "manifesto.example.org", **headers})
    told: dict[str, str] = json.loads(connection.getresponse().read())["headers"]
    return told


def test_twelve_silent_senders_do_not_reach_an_app_of_two_threads(tmp_path: Path) -> None:
    with (
        web_server(tmp_path, WEB_THREADS="2", **PATIENT) as app,
        proxy_before(app, tmp_path) as port,
        senders(port, 12, BROKEN_OFF),
        senders(port, 12, HALF_A_HEADER),
    ):
        assert answers(port)
        assert answers(app)


def test_the_app_hears_one_address_and_the_scheme_that_the_visitor_used(proxy: int) -> None:
    told = asked(proxy, **{"X-Forwarded-For": "192.0.2.9, 203.0.113.7", "X-Forwarded-Proto": "https"})
    assert told["X-Forwarded-For"] == "203.0.113.7"  # what the proxy before added; the rest anybody can write
    assert told["X-Forwarded-Proto"] == "https"
    assert told["Host"] == "manifesto.example.org"
    told = asked(proxy)
    assert (told["X-Forwarded-For"], told["X-Forwarded-Proto"]) == ("127.0.0.1", "http")


@pytest.mark.parametrize(("megabytes", "status"), [(100, 200), (102, 413)])
def test_it_takes_the_largest_file_and_no_larger_one(proxy: int, megabytes: int, status: int) -> None:
    connection = HTTPConnection("127.0.0.1", proxy, timeout=30)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", str(megabytes * 2**20))
    connection.endheaders()
    if status == 200:
        for _ in range(megabytes):
            connection.send(bytes(2**20))
    response = connection.getresponse()
    assert response.status == status
    if status == 200:
        assert json.loads(response.read())["length"] == megabytes * 2**20


def test_no_secret_of_an_address_stands_in_its_log(proxy: int, folder: Path) -> None:
    paths = []
    for secret in SECRETS:
        paths += [f"{secret}{TOKEN}/", f"/nl{secret}{TOKEN}", f"/account/login/?next={secret}{TOKEN}/"]
        paths += [f"/account/login/?next={quote(secret + TOKEN, safe='')}", f"/?next={quote(quote(secret, ''))}{TOKEN}"]
    for number, path in enumerate(paths):
        assert status_of(proxy, f"{path}{'&' if '?' in path else '?'}n={number}", Referer=f"https://x{path}") == 200
    assert status_of(proxy, "/my-work/?last") == 200
    log = folder / "proxy.log"
    wait_until(lambda: "/my-work/?last" in log.read_text(), "the log is written", seconds=60)
    lines = log.read_text()
    assert TOKEN not in lines
    assert lines.count("...") == len(paths)


def test_the_proxy_knows_the_secrets_that_the_log_of_the_app_knows() -> None:
    """Also where there is no nginx to try it."""
    pattern = re.search(r'"~\*\^\(\?<told>(.*)\)" "\$told\.\.\.";', (ROOT / "config" / "nginx.conf").read_text("utf-8"))
    assert pattern is not None
    in_python = re.compile(pattern[1], re.IGNORECASE)
    for secret in SECRETS:
        for path in (secret, f"/x?next={quote(secret, safe='')}", f"/x?next={quote(quote(secret, safe=''), safe='')}"):
            found = in_python.match(path + TOKEN)
            assert found is not None, path
            assert found[0] == path
