"""Prints what the measures say of histories without a trend: `benchmarks/calibration > benchmarks/calibration.md`."""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Sequence
from itertools import product
from time import monotonic

from benchmarks.calibrating.histories import Way
from benchmarks.calibrating.runs import CORRELATIONS, GROWTHS, Run, run_all, wishes
from benchmarks.calibrating.shares import is_kept, summary

QUICK = 450  # runs of each way and correlation
WHOLE = 700
GROWN = 20  # of each way, correlation and growth
WITH_SMALLEST = 6
COMMITMENTS = 60
QUICK_COMMITMENTS = 12
WAITS = 60
QUICK_WAITS = 20
PROCESSES = os.cpu_count() or 1
# What the quick run judges: cells that are large enough for a share to be more than its own chance.
JUDGED = ("way", "correlation", "history")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="benchmarks/calibration", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer runs, and only false trends: some minutes")
    parser.add_argument("--json", action="store_true", help="one object with the worst shares, and no tables")
    parser.add_argument("--commitments", action="store_true", help="what measures say of commitments, instead")
    parser.add_argument("--waits", action="store_true", help="whether the hard ones wait, instead")
    options = parser.parse_args(arguments)
    warnings.simplefilter("ignore", RuntimeWarning)
    if options.commitments:
        return _commitments(each=QUICK_COMMITMENTS if options.quick else COMMITMENTS)
    if options.waits:
        return _waits(each=QUICK_WAITS if options.quick else WAITS)
    began = monotonic()
    runs = list(run_all(wishes(QUICK if options.quick else WHOLE), processes=PROCESSES))
    found = summary(runs, JUDGED)
    print(json.dumps(found) if options.json else _markdown(runs, found, is_quick=options.quick, began=began))
    return 0 if is_kept(found["falling"], found["rising"], found["contradicted"]) else 1


def _commitments(*, each: int) -> int:
    from benchmarks.calibrating import movements, promises

    still = list(movements.run_all(wishes(each), processes=PROCESSES))
    better = list(movements.run_all(wishes(each // 4), processes=PROCESSES, step=0.5))
    said, is_promise_kept = promises.report(runs=promises.RUNS // 2 if each == QUICK_COMMITMENTS else promises.RUNS)
    print(movements.report(still, better), said, sep="\n\n")
    return 0 if movements.is_kept(movements.worst(still)) and is_promise_kept else 1


def _waits(*, each: int) -> int:
    from benchmarks.calibrating import waits

    still = list(waits.run_all(wishes(each), processes=PROCESSES))
    slow = list(waits.run_all(wishes(each // 4), processes=PROCESSES, slower=True))
    print(waits.report(still, slow))
    return 0 if waits.is_kept(still) else 1


def _markdown(runs: list[Run], found: dict[str, float], *, is_quick: bool, began: float) -> str:
    from benchmarks.calibrating import report, series

    grown: list[Run] = []
    smallest: list[Run] = []
    compared: report.Compared = []
    if not is_quick:
        wished = [(number, *of) for number in range(GROWN) for of in product(Way, CORRELATIONS, GROWTHS)]
        grown = list(run_all(wished, processes=PROCESSES))
        smallest = list(run_all(wishes(WITH_SMALLEST), processes=PROCESSES, with_smallest=True))
        compared = list(series.compared_all(processes=PROCESSES))
    text = report.report(runs, found, grown, smallest, compared)
    return f"{text}\nTook {monotonic() - began:.0f} seconds."


if __name__ == "__main__":  # a process that helps imports this too
    sys.exit(main())
