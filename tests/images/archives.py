"""Archives made by hand for the tests: honest ones and hostile ones."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Mapping

Members = Mapping[str, bytes | tarfile.TarInfo]


def tar(members: Members) -> bytes:
    """A tar archive of files and of whatever a `TarInfo` says."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, what in members.items():
            if isinstance(what, tarfile.TarInfo):
                archive.addfile(what)
            else:
                item = tarfile.TarInfo(name)
                item.size = len(what)
                archive.addfile(item, io.BytesIO(what))
    return out.getvalue()


def special(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    """A member that is no regular file."""
    item = tarfile.TarInfo(name)
    item.type, item.linkname = kind, link
    return item


def sha(content: bytes) -> str:
    """The hexadecimal digest."""
    return hashlib.sha256(content).hexdigest()


def layout(layer: bytes, diff_id: str | None = None, **changes: bytes) -> dict[str, bytes]:
    """The files of an OCI layout with one layer; `changes` replaces config, manifest or index by other bytes."""
    unpacked = diff_id or f"sha256:{sha(layer)}"
    config = changes.get("config") or as_json({"rootfs": {"type": "layers", "diff_ids": [unpacked]}, "history": None})
    manifest = changes.get("manifest") or as_json(
        {"schemaVersion": 2, "config": descriptor(config), "layers": [descriptor(layer)]}
    )
    index = changes.get("index") or as_json({"manifests": [descriptor(manifest)]})
    blobs = {f"blobs/sha256/{sha(blob)}": blob for blob in (layer, config, manifest)}
    return {**blobs, "index.json": index, "oci-layout": b"{}"}


def docker_save(layers: Mapping[str, bytes], name: str = "app:1") -> dict[str, bytes]:
    """The files of an archive of ``docker save`` as it was before it had an index."""
    diff_ids = [f"sha256:{sha(layer)}" for layer in layers.values()]
    history = [{"created_by": "ADD x"} for _ in layers]
    config = as_json(
        {"rootfs": {"diff_ids": diff_ids}, "history": [*history, {"created_by": "CMD", "empty_layer": True}]}
    )
    manifest = [{"Config": f"{sha(config)}.json", "RepoTags": [name], "Layers": list(layers)}]
    return {f"{sha(config)}.json": config, **layers, "manifest.json": as_json(manifest)}


def descriptor(blob: bytes) -> dict[str, object]:
    """What names the blob."""
    return {"mediaType": "", "digest": f"sha256:{sha(blob)}", "size": len(blob)}


def as_json(value: object) -> bytes:
    """The document's bytes."""
    return json.dumps(value).encode()
