"""Signs of life of workers and the clock."""

from __future__ import annotations

from django.db import models


class WorkerHeartbeat(models.Model):
    """When a worker of a queue, or the clock, was last heard: `/readyz` reads it. `name`: the queue, a space, where."""

    name = models.CharField(max_length=120, unique=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
