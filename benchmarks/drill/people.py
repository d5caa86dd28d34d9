"""People who save: each its own answer, again and again, as autosave.js does; what was refused is tried again."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import requests

from accounts.sending.mark import FIELD

CSRF = "d" * 32
AT_ONCE = 20  # of them at a time: each reads, thinks and types for the most part


@dataclass
class Person:
    answer: int
    session: str
    number: int
    version: int = 0
    said: str = ""

    def save(self, web: str, mark: str, text: str) -> int:
        """The status of the answer; 0 where there was none."""
        name = f"a{self.answer}"
        fields = {f"{name}-version": self.version, f"{name}-reason": text, FIELD: mark, "csrfmiddlewaretoken": CSRF}
        try:
            reply = requests.post(
                f"{web}/answers/{self.answer}/",
                data=fields,
                cookies={"sessionid": self.session, "csrftoken": CSRF},
                headers={"Accept": "application/json", "Host": "localhost"},
                timeout=60,
                allow_redirects=False,
            )
        except requests.RequestException:
            return 0
        if reply.status_code == 200:
            self.version, self.said = reply.json()["version"], text
        elif reply.status_code == 409 and reply.json().get("stored", {}).get("reason") == text:
            self.version, self.said = reply.json()["stored"]["version"], text  # it had been saved; its answer was lost
        return reply.status_code


@dataclass
class Crowd:
    people: list[Person]
    webs: list[str]
    mark: str
    seconds: list[float] = field(default_factory=list)
    answers: Counter[int] = field(default_factory=Counter)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def begin(self) -> None:
        self.seconds, self.answers, self._stop = [], Counter(), threading.Event()
        self._threads = [threading.Thread(target=self._go, args=(one,), daemon=True) for one in range(AT_ONCE)]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Each finishes what it has begun."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def p95(self) -> float:
        return sorted(self.seconds)[int(len(self.seconds) * 0.95)] if self.seconds else float("nan")

    def _go(self, place: int) -> None:
        chance, mine = Random(place), self.people[place::AT_ONCE]  # noqa: S311
        while mine and not self._stop.is_set():
            person = chance.choice(mine)
            self._save(person, f"Draft {chance.randrange(10**9)}", chance)
            self._stop.wait(chance.uniform(0.5, 2.0))

    def _save(self, person: Person, text: str, chance: Random) -> None:
        while True:
            began = time.monotonic()
            status = person.save(chance.choice(self.webs), self.mark, text)
            self.answers[status] += 1
            if status == 200:
                self.seconds.append(time.monotonic() - began)
            if person.said == text or status in (400, 403, 404):
                return
            time.sleep(1)
