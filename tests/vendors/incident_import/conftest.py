"""Imports are killed by the same means as documents."""

import pytest

from tests.reports.conftest import production_shape, redis_server
from vendors.incident_import import batches

__all__ = ["production_shape", "redis_server"]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows each."""
    monkeypatch.setattr(batches, "BATCH", 2)
