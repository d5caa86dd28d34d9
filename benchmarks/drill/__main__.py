"""`python -m benchmarks.drill`: see the package."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.drill.servers import Postgres, Redis, Store, wait_for

QUIET_SECONDS = 30


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drill")
    parser.add_argument("--documents", type=int, default=1000)
    parser.add_argument("--imports", type=int, default=10)
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument(
        "--kill-every",
        type=float,
        nargs=2,
        default=(8.0, 20.0),
        metavar=("FROM", "TO"),
        help="seconds; more than a start takes",
    )
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args()
    with TemporaryDirectory(prefix="drill-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres, redis, store = Postgres(folder / "postgres"), Redis(folder / "redis"), Store()
        try:
            return _drill(wanted, folder, postgres, redis, store)
        finally:
            for server in (store, redis, postgres):
                server.crash()


def _drill(wanted: argparse.Namespace, folder: Path, postgres: Postgres, redis: Redis, store: Store) -> int:
    ours = {"DATABASE_URL": postgres.url, "REDIS_URL": redis.url, "SECRET_KEY": "drill" * 12, **store.settings}
    ours |= {"DJANGO_SETTINGS_MODULE": "config.settings", "LOG_LEVEL": "ERROR", "EMAIL_URL": "memorymail://"}
    os.environ.update(ours, DATA_DIR=str(folder / "here"))
    import django

    django.setup()
    from benchmarks.drill.hosts import Hosts

    hosts = Hosts(settings=ours, folder=folder, chance=Random(wanted.seed))  # noqa: S311
    try:
        return _on(hosts, wanted, postgres, redis)
    finally:
        hosts.end()
        if (folder / "processes.log").is_file():
            print((folder / "processes.log").read_text()[-2000:], file=sys.stderr)


def _on(hosts, wanted: argparse.Namespace, postgres: Postgres, redis: Redis) -> int:  # type: ignore[no-untyped-def]
    from accounts.models import Membership
    from accounts.sending.mark import Mark
    from benchmarks.drill import work
    from benchmarks.drill.people import Crowd

    _fill()
    member = Membership.objects.select_related("user", "organisation").get(user__email="procurement@demo.example")
    cards = work.scorecards(member, wanted.documents)
    people = work.people(member.organisation, wanted.people)
    hosts.start_webs()
    crowd = Crowd(people=people, webs=hosts.webs, mark=Mark(key="drill", who="", page="/").signed())
    crowd.begin()
    time.sleep(QUIET_SECONDS)
    crowd.end()
    quiet, quiet_answers = crowd.p95(), dict(crowd.answers)
    hosts.start_workers()
    work.wish_for_documents(member, cards)
    work.wish_for_imports(member, wanted.imports)
    crowd.begin()
    began = time.monotonic()
    _until_all_is_done(hosts, postgres, redis, member, wanted.kill_every)
    seconds = time.monotonic() - began
    crowd.end()
    found = work.faults(people, wanted.documents)
    imports = f"{wanted.imports} imports of {work.ROWS} rows"
    print(f"{wanted.documents} documents, {imports}, {wanted.people} people: {seconds:.0f} s")
    print(f"workers killed {hosts.kills}; Redis restarted once, PostgreSQL crashed once")
    print(f"saves while nothing else went on: {quiet_answers}, p95 {quiet:.3f} s")
    print(f"saves meanwhile: {dict(crowd.answers)}, p95 {crowd.p95():.3f} s, {crowd.p95() / quiet:.1f} times that")
    print("everything ended once" if not found else "\n".join(found[:20]))
    return 1 if found else 0


def _fill() -> None:
    from django.core.files.storage import default_storage
    from django.core.management import call_command

    client = default_storage.connection.meta.client  # type: ignore[attr-defined]
    client.create_bucket(Bucket="drill-files", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    call_command("build_fonts", verbosity=0)
    call_command("migrate", verbosity=0)
    call_command("load_bank", publish=True, verbosity=0)
    call_command("load_demo", verbosity=0)


def _until_all_is_done(  # type: ignore[no-untyped-def]
    hosts, postgres: Postgres, redis: Redis, member, kill_every: tuple[float, float]
) -> None:
    """Workers die all the time; Redis and PostgreSQL once each, when about a third and two thirds are done."""
    from django.db import OperationalError, close_old_connections

    from benchmarks.drill import work
    from reports.models import Rendering, RenderingState

    next_kill, left = time.monotonic() + hosts.chance.uniform(*kill_every), [2 / 3, 1 / 3]
    while True:
        close_old_connections()
        try:
            work.go_on_with_imports(member)
            if work.is_over():
                return
            waiting = Rendering.objects.filter(state=RenderingState.QUEUED).count() / max(Rendering.objects.count(), 1)
        except OperationalError:
            time.sleep(1)
            continue
        if left and waiting <= left[0]:
            _crash(redis, postgres, first=len(left) == 2)
            left.pop(0)
        if time.monotonic() >= next_kill:
            hosts.kill_a_worker()
            next_kill = time.monotonic() + hosts.chance.uniform(*kill_every)
        time.sleep(1)


def _crash(redis: Redis, postgres: Postgres, *, first: bool) -> None:
    if first:
        redis.restart()
        return
    postgres.crash()
    time.sleep(3)
    postgres.start()
    wait_for(postgres.answers, "PostgreSQL")


if __name__ == "__main__":
    sys.exit(main())
