"""Requests that nobody thought of, on every operation: what the API answers must be what its document says, never a
500, and never a row of another organisation. Run at length by `benchmarks/api_fuzz.py`."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from django.apps import apps
from django.core import signals
from django.core.handlers.wsgi import WSGIHandler
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from accounts.models import Organisation
from config.reference.document import document
from groundwork.public_ids import PublicRow

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# The way from a row that is known outwards to its organisation.
WAYS = {"organisation": "organisation", "vendor": "vendor__organisation", "assessment": "assessment__organisation"}
WAYS |= {"scorecard": "scorecard__assessment__organisation"}


@dataclass
class Findings:
    """`statuses`: how often each was answered; `wrong`: operation, status and what is wrong with it."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)  # operations that answered below 300
    wrong: list[str] = field(default_factory=list)


@contextmanager
def kept_connection() -> Iterator[None]:
    """A request that is answered in this process leaves the connection, and the transaction around it, as they are."""
    for signal in (signals.request_started, signals.request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (signals.request_started, signals.request_finished):
            signal.connect(close_old_connections)


def rows_of(organisation: Organisation) -> dict[str, list[str]]:
    """The uuids of all rows of an organisation that are known outwards, by their model’s name in small letters."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models():
        if not issubclass(model, PublicRow):
            continue
        names = {one.name for one in model._meta.get_fields()}
        way = next((way for name, way in WAYS.items() if name in names), None)
        if way is not None:
            rows = model._default_manager.filter(**{way: organisation})
            found[model._meta.model_name or ""] = [str(one) for one in rows.values_list("uuid", flat=True)[:20]]
    return found


def fuzz(
    token: str,
    own: dict[str, list[str]],
    foreign: dict[str, list[str]],
    *,
    cases: int,
    start: int = 0,
    only: Callable[[str], bool] = lambda _name: True,
) -> Findings:
    """`cases`: for each operation, half of them as the document allows, half not. What they change is undone."""
    found, chance = Findings(), random.Random(start)
    asker = Asker(token=token, own=own, foreign=foreign, chance=chance, found=found)
    schema = schemathesis.openapi.from_dict(document())
    schema.app = WSGIHandler()
    with kept_connection():
        for operation in _operations(schema, only):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _of(operation, mode, max(1, cases // 2), start, asker.ask)
    return found


def _operations(schema: Any, only: Callable[[str], bool]) -> Iterator[Any]:
    for result in schema.get_all_operations():
        operation = result.ok()
        if only(operation.definition.raw["operationId"]):
            yield operation


def _of(operation: Any, mode: GenerationMode, cases: int, start: int, ask: Callable[[Any], None]) -> None:
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except Exception:  # an operation without anything that could be wrong
        return

    @seed(start)
    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def each(case: Any) -> None:
        ask(case)

    try:
        each()
    except Exception as error:
        if "Unsatisfiable" not in type(error).__name__ and "negat" not in str(error).lower():
            raise


@dataclass(kw_only=True)
class Asker:
    token: str
    own: dict[str, list[str]]
    foreign: dict[str, list[str]]
    chance: random.Random
    found: Findings

    def ask(self, case: Any) -> None:
        name, found = case.operation.definition.raw["operationId"], self.found
        _aim(case, self.own, self.foreign, self.chance)
        with transaction.atomic():
            response = case.call(headers={"Authorization": f"Bearer {self.token}"})
            transaction.set_rollback(True)
        found.cases += 1
        found.statuses[response.status_code] += 1
        if response.status_code < 300:
            found.reached[name] += 1
        try:
            case.validate_response(response, checks=CHECKS)
        except AssertionError as error:
            found.wrong.append(f"{name} {response.status_code}: {str(error)[:600]}")
        except BaseExceptionGroup as errors:
            found.wrong.append(f"{name} {response.status_code}: {str(errors.exceptions[0])[:600]}")
        asked = f"{case.formatted_path} {case.query} {case.body}"
        strangers = {uuid for uuids in self.foreign.values() for uuid in uuids}
        told = response.content.decode(errors="replace")  # a file is no text
        for uuid in set(UUID.findall(told)) & strangers:
            if uuid not in asked:
                found.wrong.append(f"{name} {response.status_code}: tells of {uuid}, of another organisation")


def _aim(case: Any, own: dict[str, list[str]], foreign: dict[str, list[str]], chance: random.Random) -> None:
    """Mostly at what is there: a made-up uuid is only ever not found."""
    for name, said in list((case.path_parameters or {}).items()):
        if not UUID.fullmatch(str(said)):
            continue
        draw = chance.random()
        pool = own if draw < 0.7 else foreign if draw < 0.9 else {}
        rows = fitting(pool, name, case.path)
        if rows:
            case.path_parameters[name] = chance.choice(rows)


def fitting(pool: dict[str, list[str]], name: str, path: str) -> Sequence[str]:
    """Rows of the kind that the parameter, or the part of the path before it, is called by."""
    before = path.partition("{" + name + "}")[0].rstrip("/").rpartition("/")[2]
    for word in (name.removesuffix("_uuid").removesuffix("_id"), before.removesuffix("s"), before):
        if word in pool:
            return pool[word]
    aliases = {"rater": "response", "document": "rendering", "member": "membership", "questionnaire": "response"}
    for word in (name, before.removesuffix("s")):
        if aliases.get(word) in pool:
            return pool[aliases[word]]
    return [uuid for uuids in pool.values() for uuid in uuids]
