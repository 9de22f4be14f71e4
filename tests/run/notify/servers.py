"""Real servers on this computer that behave as a test asks."""

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

CERTIFICATE = Path(__file__).with_name("localhost.pem")


@dataclass
class Answer:
    """What the server answers; ``raw`` in place of a status line, ``hold`` to answer only when it is set."""

    status: int = 200
    body: str = "ok"
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    hold: Event | None = None


@dataclass
class Hook:
    """A running server: its address and what was posted to it (path, body)."""

    url: str
    posts: list[tuple[str, dict[str, Any]]]


@contextmanager
def serve_hook(*answers: Answer, tls: bool = False) -> Iterator[Hook]:
    """Serve ``answers`` one after the other, the last one for ever."""
    posts: list[tuple[str, dict[str, Any]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer = answers[min(len(posts), len(answers) - 1)]
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posts.append((self.path, json.loads(body)))
            if answer.hold:
                answer.hold.wait(30)
            if answer.raw is not None:
                self.wfile.write(answer.raw)
                return
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body.encode())

        def do_GET(self) -> None:
            posts.append((self.path, {}))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Hook(f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}/send?key=s3cret-key-1", posts)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
