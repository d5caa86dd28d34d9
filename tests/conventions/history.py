"""Goes through the whole history of migrations in a fifth of the time: every operation is carried out, by Django's own
code, but of the models that it keeps beside the tables only the one that changes is made anew.

Django makes anew whatever is related to it, too, which here is most of a hundred models, a thousand times. That what
comes of it is the same is held where it is used, by the schema that the models say; and an installation of an earlier
version goes the whole way, as set-up does, in `tests/upgrade/`. The short cut that an empty database takes, one
migration an app, is left out here: `tests/conventions/test_short_cut.py` holds it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import RunPython
from django.db.migrations.state import ProjectState

_carry_out = RunPython.database_forwards
_load_disk = MigrationLoader.load_disk


def _make_it_anew(state: Any, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" in state.__dict__:
        state._reload({(app_label, model_name)})


def _with_all_models_anew(operation: Any, app_label: str, editor: Any, from_state: Any, to_state: Any) -> None:
    """What moves rows looks at models through each other."""
    from_state.__dict__.pop("apps", None)
    _carry_out(operation, app_label, editor, from_state, to_state)


def _without_the_short_cut(loader: MigrationLoader) -> None:
    _load_disk(loader)
    loader.disk_migrations = {key: one for key, one in loader.disk_migrations.items() if not one.replaces}


@contextmanager
def step_by_step() -> Iterator[None]:
    with patch.object(MigrationLoader, "load_disk", _without_the_short_cut):
        yield


@contextmanager
def _quickly() -> Iterator[None]:
    with (
        step_by_step(),
        patch.object(ProjectState, "reload_model", _make_it_anew),
        patch.object(RunPython, "database_forwards", _with_all_models_anew),
    ):
        yield


def go_to(*where: str) -> None:
    """To that migration, or to the last."""
    with _quickly():
        call_command("migrate", *where, verbosity=0)
