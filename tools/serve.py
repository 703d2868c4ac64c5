"""Serve a built site on this machine, compressed as a real web server would send it.

`python tools/serve.py FOLDER [--port N]` prints the address and serves until interrupted. `serving(folder)` does the
same inside a test, on a free port, in the background.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import gzip
import http.server
import io
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

COMPRESSED = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/x-ipynb+json")


class Handler(http.server.SimpleHTTPRequestHandler):
    """A file handler that compresses text for clients that accept gzip, and keeps quiet."""

    protocol_version = "HTTP/1.1"
    quiet = True

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """The answer's headers; returns the body to send, compressed where that helps."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.split("?")[0].endswith("/"):
            path = path / "index.html"
        if not path.is_file():
            return super().send_head()  # a redirect to the folder's address, or 404
        kind, body = self.guess_type(str(path)), path.read_bytes()
        packed = kind.startswith(COMPRESSED) and "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body, 6, mtime=0) if packed else body
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-cache")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the name is the base class's)
        """Nothing for answers that went well."""
        if not self.quiet:
            super().log_message(format, *args)


def server(folder: Path, port: int = 0) -> http.server.ThreadingHTTPServer:
    """A server of `folder` on this machine only; port 0 takes any free one."""
    handler = functools.partial(Handler, directory=str(folder))
    return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve `folder` in the background; gives the address, without a slash at its end."""
    with server(folder) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()


def main() -> int:
    """Serve until the reader presses Ctrl+C."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    asked = parser.parse_args()
    if not (asked.folder / "index.html").is_file():
        print(f"{asked.folder}: no site here yet; `make site` builds it", file=sys.stderr)
        return 2
    with server(asked.folder, asked.port) as running:
        print(f"The book is at http://127.0.0.1:{running.server_port}/  (Ctrl+C ends)", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            running.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
