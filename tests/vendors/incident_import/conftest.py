"""Imports are killed by the same means as documents."""

from tests.reports.conftest import production_shape, redis_server

__all__ = ["production_shape", "redis_server"]
