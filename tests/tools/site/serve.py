"""Serve a folder on this machine's loopback address, with the media types that a browser insists on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

HOST = "127.0.0.1"
TYPES = {
    **{".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".mjs": "text/javascript"},
    **{".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".png": "image/png"},
    **{".ico": "image/x-icon", ".woff2": "font/woff2", ".webmanifest": "application/manifest+json"},
    "": "application/octet-stream",
}


class Handler(SimpleHTTPRequestHandler):
    """Files as they are now: a browser asks again each time, and gets a file only when it has changed."""

    protocol_version = "HTTP/1.1"
    extensions_map = TYPES  # the machine's own table may say something else

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing for every request."""


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve for the length of a `with` block, and yield the address; port 0 finds a free one."""
    server = ThreadingHTTPServer((HOST, port), partial(Handler, directory=str(folder)))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"http://{HOST}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
