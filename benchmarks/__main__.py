"""Prints ratios to floors measured in the same run, as Markdown: `benchmarks/run > benchmarks/results.md`."""

import argparse
import os
import platform
from datetime import date
from pathlib import Path

import django


def machine() -> str:
    """What was measured on: processor, cores, system, versions."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else model
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return f"{model}, {os.cpu_count()} cores, {system}, Python {platform.python_version()}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks/run")
    parser.add_argument("--quick", action="store_true", help="a fifth of the repetitions: to try a change")
    parser.add_argument("--quarters-end", type=int, metavar="DOCUMENTS", help="so many scorecards at once, alone")
    asked = parser.parse_args()
    repetitions = 6 if asked.quick else 30
    django.setup()
    if asked.quarters_end:
        from benchmarks import quarters_end

        print(quarters_end.report(asked.quarters_end))
        return
    from benchmarks import answering, batches, exports, imports, lists, measures, pages, renderings, working

    print(f"# Results\n\nMeasured {date.today()} on {machine()}.\n")
    print(renderings.report(repetitions))
    print(batches.report(7 * repetitions))
    print(pages.report(repetitions))
    print(working.report(repetitions))
    print(answering.report(repetitions))
    print(measures.report(repetitions))
    print(lists.report(repetitions))
    print(exports.report(repetitions))
    print(imports.report(repetitions))


main()
