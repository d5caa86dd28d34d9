"""A receiver on this machine, and what stands for its network in the tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

Reply = tuple[int, dict[str, str], bytes]


@dataclass(kw_only=True)
class Receiver:
    """`got`: path, headers in lower case and body of each request; `reply`: what it answers."""

    url: str = ""
    got: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    reply: Callable[[str], Reply] = lambda path: (204, {}, b"")

    def verified(self, secret: str) -> list[Any]:
        """The events, each checked as the guide tells receivers to."""
        return [Webhook(secret).verify(body, headers) for _path, headers, body in self.got]


@contextmanager
def receiving(host: str = "127.0.0.1") -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            receiver.got.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
            status, headers, content = receiver.reply(self.path)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer((host, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    receiver.url = f"http://{host}:{server.server_port}"
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
