"""A real local server that speaks as OpenAI-compatible endpoints do, and says what it is told."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Endpoint:
    """A server that speaks as it is told and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[str | None] = []
        self.answer: Any = None
        self.status = 200
        self.wait = threading.Event()

    def content(self, texts: list[str]) -> str:
        return json.dumps([self.answer(text) for text in texts])


@contextmanager
def serving(endpoint: Endpoint) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            endpoint.asked.append({"path": self.path, **asked})
            endpoint.headers.append(self.headers["Authorization"])
            if endpoint.answer is None:
                endpoint.wait.wait(5)
            texts = json.loads(asked["messages"][1]["content"])
            told = endpoint.content(texts) if endpoint.answer else "[]"
            body = json.dumps({"choices": [{"message": {"content": told}}]}).encode()
            self.send_response(endpoint.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        endpoint.wait.set()
        server.shutdown()
        thread.join()
        server.server_close()
