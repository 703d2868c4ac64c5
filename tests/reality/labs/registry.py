"""A registry on the loopback device: it serves OCI layouts from directories, and remembers what was asked for."""

import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class RegistryServer:
    """Serves ``{repository: directory of a layout}``, whatever the tag."""

    def __init__(self, port: int, layouts: Mapping[str, str]) -> None:
        self.layouts = {name: Path(layout) for name, layout in layouts.items()}
        self.asked: list[str] = []
        serves = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                serves.answer(self)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """``/v2/NAME/manifests/REFERENCE`` and ``/v2/NAME/blobs/DIGEST`` of the distribution specification."""
        name, _, rest = request.path.removeprefix("/v2/").partition("/")
        kind, _, reference = rest.partition("/")
        layout = self.layouts.get(name)
        if layout is None or kind not in ("manifests", "blobs"):
            request.send_error(404)
            return
        digest = reference if reference.startswith("sha256:") else _manifest_digest(layout)
        content = (layout / "blobs" / digest.replace(":", "/")).read_bytes()
        if kind == "blobs":
            self.asked.append(digest)
        request.send_response(200)
        request.send_header("Content-Type", MANIFEST if kind == "manifests" else "application/octet-stream")
        request.send_header("Content-Length", str(len(content)))
        request.send_header("Docker-Content-Digest", digest)
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(content)


def _manifest_digest(layout: Path) -> str:
    return str(json.loads((layout / "index.json").read_text())["manifests"][0]["digest"])
