"""The brokers: messages as files for an installation without Redis, and Redis with one fault of kombu's mended.

Kombu's own filesystem transport writes a message in place. A worker that looked in between, or after a sender was
killed half-way, read an empty file and ended with "Unrecoverable error: JSONDecodeError". Here a message appears whole
or not at all, and one that cannot be read is dropped: its row brings it back.
"""

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic_ns
from typing import Any
from uuid import uuid4

from kombu.transport import filesystem, redis
from kombu.utils.json import dumps
from redis import ConnectionError as RedisConnectionError

logger = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """Kombu's channel with whole messages and a locked table of queues."""

    def _put(self, queue: str, message: dict[str, Any], **_: object) -> None:  # type: ignore[override]
        name = f"{monotonic_ns() // 1_000_000}_{uuid4()}.{queue}.msg"
        folder = Path(self.data_folder_out)
        unfinished = folder / f"{name}.part"
        unfinished.write_text(dumps(message))
        unfinished.rename(folder / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """The next message; raises Empty where there is none."""
        while True:
            try:
                return super()._get(queue)
            except ValueError:
                logger.warning("An unreadable message was dropped from the queue %s.", queue)

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        with self._table_lock():
            return list(super().get_table(exchange))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._table_lock():
            super()._queue_bind(exchange, routing_key, pattern, queue)

    @contextmanager
    def _table_lock(self) -> Iterator[None]:
        """Kombu empties a table before it locks it: web and worker, started together, read nothing."""
        with (self.control_folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel


class RedisChannel(redis.Channel):
    """Kombu's channel on Redis, which may be asked for its address after its connection was closed under it.

    That ended in an AttributeError ("NoneType … hostname"), for which a worker ends itself; an error of the connection
    lets it connect anew.
    """

    def _connparams(self, *args: Any, **options: Any) -> dict[str, Any]:
        if self.connection.client is None:
            raise RedisConnectionError("The connection was closed in the meantime.")
        return dict(super()._connparams(*args, **options))


class RedisTransport(redis.Transport):
    Channel = RedisChannel
