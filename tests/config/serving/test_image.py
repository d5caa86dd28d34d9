"""The image, really built and started as its own user: ready, a document made, a file taken in.

It takes some five minutes and the network, so it runs when it is asked for: `TEST_IMAGE=1 bin/test -k image`, as root,
with the packages buildah and debootstrap. There is no registry here: its base is made by debootstrap, under the name
that the Dockerfile gives, with the certificates that this machine trusts.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import pytest
import yaml

from tests.conventions.test_house import ROOT
from tests.reports.servers import free_port, wait_until

pytestmark = pytest.mark.skipif(os.environ.get("TEST_IMAGE") != "1", reason="Builds for minutes: set TEST_IMAGE=1.")
CERTIFICATES = Path("/usr/local/share/ca-certificates")


@dataclass
class Builder:
    """Buildah without a daemon, in a folder of its own."""

    folder: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def command(self, *words: str) -> list[str]:
        places = ("--root", str(self.folder / "store"), "--runroot", str(self.folder / "run"))
        return ["buildah", *places, "--storage-driver", "vfs", *words]

    def __call__(self, *words: str) -> str:
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, f"buildah {' '.join(words)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        return done.stdout.strip()

    def make_base(self, name: str) -> None:
        """What the registry would give: Debian's smallest, under that name."""
        base = self.folder / "base"
        made = subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(base)], capture_output=True, text=True, check=False
        )
        if made.returncode != 0:
            pytest.skip(f"Debian's packages cannot be fetched here: {made.stdout[-300:]}")
        if CERTIFICATES.is_dir():
            shutil.copytree(CERTIFICATES, base / str(CERTIFICATES).lstrip("/"), dirs_exist_ok=True)
        container = self("from", "scratch")
        self("add", "--quiet", container, str(base), "/")
        self("commit", "--quiet", "--rm", container, name)
        shutil.rmtree(base)

    def close(self) -> None:
        for process in self.started:
            os.killpg(process.pid, signal.SIGTERM)
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)
        subprocess.run(self.command("rm", "--all"), capture_output=True, check=False)


@dataclass
class Container:
    """What is run in it is run as the image's user, on this machine's network."""

    builder: Builder
    name: str
    settings: dict[str, str]

    def _words(self, *command: str) -> tuple[str, ...]:
        said = [word for name, value in self.settings.items() for word in ("--env", f"{name}={value}")]
        return ("run", "--isolation", "chroot", *said, self.name, "--", *command)

    def run(self, *command: str) -> str:
        return self.builder(*self._words(*command))

    def start(self, *command: str) -> None:
        log = (self.builder.folder / f"process-{len(self.builder.started)}.log").open("wb")
        words = self.builder.command(*self._words(*command))
        process = subprocess.Popen(words, stdout=log, stderr=subprocess.STDOUT, cwd=ROOT, start_new_session=True)
        self.builder.started.append(process)

    def report(self) -> str:
        return "\n".join(log.read_text()[-3000:] for log in sorted(self.builder.folder.glob("process-*.log")))


@dataclass
class Visitor:
    """A browser's least: cookies, and forms sent with all that they hide."""

    site: str
    opener: OpenerDirector = field(default_factory=lambda: build_opener(HTTPCookieProcessor(CookieJar())))

    def get(self, path: str) -> str:
        with self.opener.open(self.site + path, timeout=60) as response:
            return response.read().decode("utf-8", "replace")

    def post(self, page: str, path: str, **fields: str) -> str:
        """Send the form of a page; the address where it leads."""
        return self._send(
            path, urlencode({**self.hidden(page), **fields}).encode(), "application/x-www-form-urlencoded"
        )

    def upload(self, page: str, path: str, name: str, content: bytes) -> str:
        parts = [
            f'--sep\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in self.hidden(page).items()
        ]
        head = (
            f'--sep\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        )
        body = "".join([*parts, head]).encode() + content + b"\r\n--sep--\r\n"
        return self._send(path, body, "multipart/form-data; boundary=sep")

    def hidden(self, page: str) -> dict[str, str]:
        tags = re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", self.get(page))
        pairs = (
            (re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags if "name=" in tag
        )
        return {name[1]: value[1] if value else "" for name, value in pairs if name}

    def _send(self, path: str, body: bytes, kind: str) -> str:
        request = Request(self.site + path, body, {"Content-Type": kind})  # noqa: S310
        with self.opener.open(request, timeout=60) as response:
            return str(response.geturl()).removeprefix(self.site)


@pytest.fixture(scope="module")
def builder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Builder]:
    missing = [name for name in ("buildah", "debootstrap") if shutil.which(name) is None]
    if missing or os.getuid() != 0:
        pytest.skip(f"The image is built as root with buildah and debootstrap; missing here: {missing or 'root'}.")
    builder = Builder(tmp_path_factory.mktemp("image"))
    try:
        yield builder
    finally:
        builder.close()
        shutil.rmtree(builder.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def container(builder: Builder) -> Container:
    base = re.search(r"^ARG BASE_IMAGE=(\S+)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert base is not None
    builder.make_base(f"docker.io/library/{base[1]}")
    builder("build", "--isolation", "chroot", "--pull-never", "--tag", "customer-manifesto", ".")
    port = free_port()
    settings = {"PORT": str(port), "BASE_URL": f"http://localhost:{port}", "HEARTBEAT_FILE": "/tmp/alive"}
    made = Container(builder, builder("from", "--pull-never", "localhost/customer-manifesto"), settings)
    made.run("bin/manage", "migrate", "--noinput", "--verbosity", "0")
    made.run("bin/manage", "load_bank", "--publish")
    made.run("bin/manage", "load_demo")
    return made


@pytest.fixture(scope="module")
def site(container: Container) -> str:
    """Web, worker and clock, as compose.yaml starts them but on the embedded database and broker."""
    address = f"127.0.0.1:{container.settings['PORT']}"
    served = ("/opt/venv/bin/gunicorn", "--config", "config/gunicorn.py", "--bind", address, "config.wsgi")
    container.start(*served)
    container.start("/opt/venv/bin/celery", "-A", "config", "worker", "--pool", "threads", "--concurrency", "2")
    container.start("/opt/venv/bin/celery", "-A", "config", "beat", "--schedule", "/tmp/beat-schedule")
    site = f"http://localhost:{container.settings['PORT']}"

    def is_ready() -> bool:
        try:
            return all(json.loads(Visitor(site).get("/readyz")).values())
        except (HTTPError, OSError):
            return False

    wait_until(is_ready, "everything is ready", seconds=300, report=container.report)
    return site


@pytest.fixture
def assessor(site: str) -> Visitor:
    demo = yaml.safe_load((ROOT / "config" / "demo" / "demo.yaml").read_text(encoding="utf-8"))
    people = demo["organisations"][0]["members"]
    email = next(person["email"] for person in people if person["role"] == "assessor")
    visitor = Visitor(site)
    visitor.post("/account/login/", "/account/login/", login=email, password=demo["password"])
    assert "Sign out" in visitor.get("/my-work/")
    return visitor


def test_it_runs_as_a_user_who_can_write_uploads_and_nothing_of_the_code(container: Container) -> None:
    assert container.run("id", "-un") == "manifesto"
    assert container.run("sh", "-c", "touch /data/media/x && rm /data/media/x && echo written") == "written"
    refused = "for place in /app /app/config /opt/venv /data/static; do [ -w $place ] && echo $place; done; true"
    assert container.run("sh", "-c", refused) == ""


def test_no_key_no_installer_and_no_cache_is_left_in_it(container: Container) -> None:
    left = "ls -d /opt/venv.tools /app/.env /app/tests /app/.git; find / -xdev -name archive-v0; true"
    assert container.run("sh", "-c", f"({left}) 2>/dev/null") == ""


def test_its_checks_of_web_and_worker_say_that_they_live(container: Container, site: str) -> None:
    container.run("python3", "config/alive.py", "web")
    container.run("python3", "config/alive.py", "worker")


def test_a_document_is_made(assessor: Visitor, container: Container) -> None:
    page = re.search(r'href="(/scorecards/\d+/)"', assessor.get("/my-work/"))
    assert page is not None
    assessor.post(page[1], f"{page[1]}renderings/", language="nl")
    found: list[str] = []

    def is_ready() -> bool:
        found[:] = re.findall(r'href="(/renderings/\d+/download/)"', assessor.get(page[1]))
        return bool(found)

    wait_until(is_ready, "the document is ready", seconds=300, report=container.report)
    assert assessor.get(found[0]).startswith("%PDF")


def test_a_file_is_taken_in(assessor: Visitor, container: Container) -> None:
    content = b"Number,Opened,Priority\nINC-1,2026-10-01 09:00,1 - Critical\n"
    led_to = assessor.upload("/incidents/import/", "/incidents/import/", "tickets.csv", content)
    assert re.match(r"/incidents/imports/\d+/", led_to), led_to
    assert container.run("sh", "-c", "cat /data/media/incident-imports/*") != ""
