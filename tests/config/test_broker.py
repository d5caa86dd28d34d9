"""The broker of files: whole messages or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from threading import Thread
from uuid import uuid4

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from config.broker import RedisChannel, RedisTransport


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Connection]:
    queue, control = tmp_path / "queue", tmp_path / "control"
    queue.mkdir()
    control.mkdir()
    folders = {"data_folder_in": str(queue), "data_folder_out": str(queue), "control_folder": str(control)}
    options = {**folders, "polling_interval": 0.01}
    with Connection(
        "filesystem://localhost", transport="config.broker:Transport", transport_options=options
    ) as connection:
        yield connection


@pytest.fixture
def name() -> str:
    """A queue of the test's own: kombu remembers, for the whole process, which queues it has declared."""
    return f"letters-{uuid4()}"


def test_messages_arrive_in_their_order(broker: Connection, tmp_path: Path, name: str) -> None:
    queue = SimpleQueue(broker, name)
    for number in range(3):
        queue.put({"number": number})
    received = [queue.get(timeout=60) for _ in range(3)]
    assert sorted(message.payload["number"] for message in received) == [0, 1, 2]
    assert list((tmp_path / "queue").iterdir()) == []


@pytest.mark.parametrize("content", ["", "{", '{"body": "aGVsbG8'])
def test_a_message_that_was_cut_short_is_dropped_and_the_next_one_read(
    broker: Connection, tmp_path: Path, name: str, content: str
) -> None:
    queue = SimpleQueue(broker, name)
    (tmp_path / "queue" / f"0_cut-short.{name}.msg").write_text(content)
    queue.put({"number": 1})
    assert queue.get(timeout=60).payload == {"number": 1}
    with pytest.raises(Empty):
        queue.get(timeout=0.1)


def test_nobody_reads_a_message_before_it_is_whole(broker: Connection, tmp_path: Path, name: str) -> None:
    """Many large messages, read while they are written: none is lost, and none unreadable."""
    sender = Thread(target=_send, args=[broker.clone(), name, 150])
    queue = SimpleQueue(broker, name)
    sender.start()
    received = {queue.get(timeout=60).payload["number"] for _ in range(150)}
    sender.join()
    assert received == set(range(150))


def _send(connection: Connection, name: str, count: int) -> None:
    with connection:
        queue = SimpleQueue(connection, name)
        for number in range(count):
            queue.put({"number": number, "filling": "x" * 200_000})


def test_each_kind_of_message_has_a_queue_of_its_own(broker: Connection, tmp_path: Path) -> None:
    """Two hundred of one kind do not stand before the one of another."""
    documents, mails = (SimpleQueue(broker, f"{kind}-{uuid4()}") for kind in ("documents", "mails"))
    for number in range(200):
        documents.put({"document": number})
    mails.put({"mail": 1})
    assert mails.get(timeout=60).payload == {"mail": 1}
    assert documents.get(timeout=60).payload["document"] in range(200)


def test_a_channel_whose_connection_was_closed_under_it_asks_for_a_new_one() -> None:
    """An AttributeError here ended the worker."""
    channel = RedisChannel.__new__(RedisChannel)
    channel.connection = RedisTransport(Connection("redis://127.0.0.1:1/0"))
    channel.connection.client = None  # as kombu leaves it
    with pytest.raises(RedisTransport.connection_errors, match="closed in the meantime"):
        channel._connparams()
