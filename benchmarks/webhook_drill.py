"""A thousand events to a receiver that fails at random, by workers that are killed all the time.

`python -m benchmarks.webhook_drill [--events 1000] [--seed 1]`, with DATABASE_URL of an empty PostgreSQL database and
REDIS_URL; without them on SQLite and files. Celery's own workers, killed with SIGKILL, children and all, after some
dozen requests; a sweep a second, as beat would send it. Waits between tries are a hundredth of the usual ones, so that
a day takes minutes. Prints what was counted; the exit status is 1 where an event was lost, came out of order, or came
unsigned.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import mkdtemp
from typing import Any

FASTER = 100
ENVIRONMENT = {
    "DJANGO_SETTINGS_MODULE": "config.settings",
    "WEBHOOK_SECONDS": "2",
    "WEBHOOK_LEASE_SECONDS": "5",
    "RENDERING_NUDGE_SECONDS": "1",
    "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.1/32",
    "LOG_LEVEL": "ERROR",
}
WORKERS = 3
THINGS = 60
REFUSES, HANGS_UP, IS_SLOW, TAKES_AND_HANGS_UP = 0.22, 0.27, 0.28, 0.33  # up to these, of each request


class Receiver:
    """What it took, in order: the ids of events whose request it understood whole, whatever it answered then."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.secret = chance, ""
        self.taken: list[str] = []
        self.answers: Counter[str] = Counter()
        self.unsigned = 0
        self._lock = threading.Lock()

    def decide(self) -> str:
        drawn = self.chance.random()
        if drawn < REFUSES:
            return "refused (500)"
        if drawn < HANGS_UP:
            return "hung up before it took it"
        if drawn < IS_SLOW:
            return "too slow"
        return "took it and hung up" if drawn < TAKES_AND_HANGS_UP else "took it (204)"

    def take(self, headers: dict[str, str], body: str) -> str:
        from standardwebhooks import Webhook, WebhookVerificationError

        with self._lock:
            try:
                Webhook(self.secret).verify(body, headers)
            except WebhookVerificationError:
                self.unsigned += 1
            answer = self.decide()
            self.answers[answer] += 1
            if answer.startswith("took"):
                self.taken.append(headers["webhook-id"])
        return answer


def serve(receiver: Receiver) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            answer = receiver.take({name.lower(): value for name, value in self.headers.items()}, body)
            if "hung up" in answer:
                self.close_connection = True
                return
            if answer == "too slow":
                time.sleep(3)
            self.send_response(204 if answer == "took it (204)" else 500)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *arguments: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(OSError):  # whoever asked was killed
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def faster() -> None:
    from accounts.webhooks import job

    job.WAITS = tuple(wait / FASTER for wait in job.WAITS)


def work() -> None:
    """What a worker's process does."""
    import django

    django.setup()
    faster()
    from config.celery import app

    quiet = ["--loglevel", "CRITICAL", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    app.worker_main(["worker", "--queues", "webhooks", "--pool", "prefork", "--concurrency", "2", *quiet])


def start_worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "benchmarks.webhook_drill", "--work"]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill(process: subprocess.Popen[bytes]) -> None:
    """At once, with its children: nothing is finished, nothing is said."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def drill(events: int, seed: int) -> int:
    import django

    django.setup()
    faster()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    receiver = Receiver(random.Random(seed))  # noqa: S311
    server = serve(receiver)
    member, endpoint = _listen(receiver, server.server_port)
    workers = [start_worker() for _one in range(WORKERS)]
    began = time.monotonic()
    try:
        chance = random.Random(seed + 1)  # noqa: S311
        kills, again = _under_kills((member, endpoint), events, workers, receiver, chance)
    finally:
        for process in workers:
            kill(process)
    server.shutdown()
    return _report(receiver, kills=kills, again=again, seconds=time.monotonic() - began)


def _listen(receiver: Receiver, port: int) -> tuple[Any, Any]:
    from accounts.models import Membership, Organisation, Role, User
    from accounts.webhooks import changes

    organisation = Organisation.objects.get_or_create(name="Drill", slug="drill")[0]
    user = User.objects.get_or_create(email="drill@example.org", name="Drill")[0]
    member, _made = Membership.objects.get_or_create(organisation=organisation, user=user, role=Role.ADMIN)
    made = changes.add(member, name="Drill", address=f"http://127.0.0.1:{port}/", kinds=[])
    receiver.secret = made.secret
    return member, made.endpoint


def _under_kills(
    told: tuple[Any, Any],
    events: int,
    workers: list[subprocess.Popen[bytes]],
    receiver: Receiver,
    chance: random.Random,
) -> tuple[int, int]:
    """How many workers were killed, and given-up events sent again by hand."""
    from django.utils import timezone

    from accounts.models import WebhookDelivery, WebhookEndpoint
    from accounts.webhooks import changes, delivering

    (member, endpoint), number, kills, again = told, 0, 0, 0
    next_kill, next_sweep = 40, 0.0
    while number < events or WebhookDelivery.objects.unfinished().exists():
        for _one in range(min(20, events - number)):
            _tell(member.organisation_id, chance.randrange(THINGS), number)
            number += 1
        if time.monotonic() >= next_sweep:
            delivering.sweep(timezone.now())
            next_sweep = time.monotonic() + 1
            WebhookEndpoint.objects.filter(is_active=False).update(is_active=True)
        if sum(receiver.answers.values()) >= next_kill:  # in the middle of its work, however slow the machine is
            victim = chance.randrange(len(workers))
            kill(workers[victim])
            workers[victim] = start_worker()
            kills += 1
            next_kill = sum(receiver.answers.values()) + chance.randrange(20, 70)
        if number == events and not WebhookDelivery.objects.unfinished().exists():
            again += changes.send_all_again(member, endpoint, now=timezone.now())
        time.sleep(0.05)
    return kills, again


def _tell(organisation: int, thing: int, number: int) -> None:
    from django.db import transaction
    from django.utils import timezone

    from accounts.webhooks.kinds import Kind
    from accounts.webhooks.telling import tell

    with transaction.atomic():
        tell(
            Kind.SCORECARD_MADE,
            organisation,
            about=f"assessment:{thing}",
            data=lambda: {"number": number},
            now=timezone.now(),
        )


def _report(receiver: Receiver, *, kills: int, again: int, seconds: float) -> int:
    from django.db import connection

    from accounts.models import DeliveryState, WebhookDelivery

    rows = list(WebhookDelivery.objects.select_related("event").order_by("pk"))
    place = {str(row.event.uuid): (row.about, row.pk) for row in rows}
    first = list(dict.fromkeys(receiver.taken))  # the first arrival of each
    by_thing: dict[str, list[int]] = defaultdict(list)
    for id in first:
        about, pk = place[id]
        by_thing[about].append(pk)
    lost = len(place.keys() - set(first))
    undelivered = sum(row.state != DeliveryState.DELIVERED for row in rows)
    disordered = sum(numbers != sorted(numbers) for numbers in by_thing.values())
    strange = sum(id not in place for id in receiver.taken)
    print(f"on {connection.vendor}, {WORKERS} workers of 2, {seconds:.0f} s")
    print(f"events {len(rows)} about {len(by_thing)} things; requests {sum(receiver.answers.values())}")
    for answer, count in receiver.answers.most_common():
        print(f"  {answer}: {count}")
    print(f"workers killed {kills}; sent again by hand {again}")
    print(f"arrived at least once {len(first)}; lost {lost}; not marked as delivered {undelivered}")
    print(f"duplicates {len(receiver.taken) - len(first)}, all under an id that was known: {strange == 0}")
    print(f"things whose events came out of order {disordered}; requests not rightly signed {receiver.unsigned}")
    return 1 if lost or undelivered or disordered or strange or receiver.unsigned else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    os.environ.update(ENVIRONMENT)
    if arguments.work:
        work()
        return 0
    os.environ["DATA_DIR"] = mkdtemp(prefix="webhook-drill-")
    return drill(arguments.events, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
