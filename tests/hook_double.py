"""A receiver of webhooks over real HTTP, with faults on demand."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Got:
    """One message as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Answers with what stands first in `plan` (a status, or the name of a fault), then with 200."""

    plan: list[Any] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


@contextmanager
def receiving(*plan: Any) -> Iterator[Receiver]:
    told = Receiver(list(plan))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append(Got(self.path, dict(self.headers), body))
            act = told.plan.pop(0) if told.plan else 200
            if act == "hangs up":
                self.connection.close()
            elif act == "nonsense":
                self.wfile.write(b"\x00\x01 nonsense\r\n\r\n")
            elif act in ("drips", "drips a body"):
                try:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X: " if act == "drips" else b"\r\n"))
                    for _ in range(600):
                        self.wfile.write(b"x")
                        self.wfile.flush()
                        time.sleep(0.05)
                except OSError:
                    pass
            elif act == "endless":
                try:
                    self.send_response(200)
                    self.end_headers()
                    for _ in range(100_000):
                        self.wfile.write(b"y" * 1000)
                except OSError:
                    pass
            elif act == "redirects":
                self.send_response(302)
                self.send_header("Location", f"http://127.0.0.1:{told.port}/elsewhere")
                self.end_headers()
            else:
                self.send_response(act)
                self.end_headers()
                self.wfile.write(b"thank you \x00 <script>alert(1)</script>")

        def log_message(self, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
