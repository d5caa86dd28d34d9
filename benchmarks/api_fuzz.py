"""Requests that nobody thought of, thousands of them, on every operation of the API, with the tokens of two
organisations of the demo: `DATA_DIR=… bin/manage …` first, then `python -m benchmarks.api_fuzz --cases 90`.

Prints how many were asked, how they were answered, which operations nobody reached, and everything that is wrong: a
500, an answer outside its schema, a row of the other organisation. Nothing that it changes stays.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ["API_REQUESTS_PER_MINUTE"] = "100000000"


def main() -> int:
    import django

    django.setup()
    from django.test.utils import setup_test_environment
    from django.utils import timezone

    from accounts.models import Membership, Organisation, Role
    from accounts.operations import OPERATIONS, Scope
    from accounts.tokens import making
    from tests.config.reference.fuzzing import fuzz, rows_of

    setup_test_environment()
    logging.disable(logging.WARNING)
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cases", type=int, default=90, help="for each operation and organisation")
    words.add_argument("--start", type=int, default=0, help="where chance begins")
    words.add_argument("--only", default="", help="operations whose name begins so")
    wanted = words.parse_args()

    first, second = Organisation.objects.order_by("pk")[:2]
    total, reached, wrong = 0, set(), []
    for own, foreign in ((first, second), (second, first)):
        for role in (Role.ASSESSOR, Role.ADMIN):
            member = Membership.objects.active().filter(organisation=own, role=role).first()
            if member is None:
                continue
            made = making.make(member, name="Fuzz", scopes=tuple(Scope), by=member.user, now=timezone.now())
            found = fuzz(
                made.secret,
                rows_of(own),
                rows_of(foreign),
                cases=wanted.cases // 2,
                start=wanted.start,
                only=lambda name: name.startswith(wanted.only),
            )
            print(own, role, found.cases, dict(sorted(found.statuses.items())), flush=True)
            total, reached = total + found.cases, reached | found.reached.keys()
            wrong += found.wrong
    print(f"{total} requests; {len(wrong)} wrong")
    print("never answered below 300:", sorted(OPERATIONS.keys() - reached))
    for one in sorted(set(wrong)):
        print("-", one.replace("\n", " ")[:700])
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
