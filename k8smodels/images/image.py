"""An image: layers, a configuration and a manifest, each named by the digest of its bytes.

References
----------
opencontainers/image-spec v1.1.1 config.md, manifest.md, descriptor.md
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from k8smodels.api.gotext import marshal
from k8smodels.images.digest import chain_ids, digest_of
from k8smodels.images.layer import Entry, Layer
from k8smodels.images.tar_write import digest_and_size, gzip, layer_blocks

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
LAYER_GZIP = f"{LAYER}+gzip"

Compression = Literal["none", "gzip"]


@dataclass(frozen=True, slots=True)
class Descriptor:
    """How one document names another.

    Attributes
    ----------
    media_type
        What it is.
    digest, size_bytes
        The digest and the number of its bytes.
    """

    media_type: str
    digest: str
    size_bytes: int

    def to_json(self) -> dict[str, Any]:
        """The API's form."""
        return {"mediaType": self.media_type, "digest": self.digest, "size": self.size_bytes}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One step of the build.

    Attributes
    ----------
    created_by
        The instruction.
    empty_layer
        Whether it changed the configuration only, so that no layer belongs to it.
    """

    created_by: str
    empty_layer: bool = False

    def to_json(self) -> dict[str, Any]:
        """The API's form."""
        return {"created_by": self.created_by} | ({"empty_layer": True} if self.empty_layer else {})


@dataclass(frozen=True, slots=True)
class ImageLayer:
    """A layer of an image.

    Attributes
    ----------
    entries
        Its changeset.
    diff_id
        The digest of its archive, uncompressed. Says what is in it.
    blob
        What is stored and moved: the archive, compressed or not. Says which bytes to ask for.
    size_bytes
        The size of the archive, uncompressed.
    """

    entries: Layer
    diff_id: str
    blob: Descriptor
    size_bytes: int

    @property
    def compression(self) -> Compression:
        """How the blob is compressed."""
        return "none" if self.blob.digest == self.diff_id else "gzip"

    @property
    def files_bytes(self) -> int:
        """The sizes of its files together."""
        return sum(entry.size_bytes for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Image:
    """An image with the exact bytes of its documents.

    Attributes
    ----------
    layers
        The layers, the lowest first.
    config
        The configuration's bytes; their digest is the image's id.
    manifest
        The manifest's bytes; their digest is what ``NAME@sha256:…`` names. Empty in archives of old ``docker save``.
    history
        The steps of the build.
    names
        What the archive calls it.
    """

    layers: tuple[ImageLayer, ...]
    config: bytes
    manifest: bytes = b""
    history: tuple[HistoryEntry, ...] = ()
    names: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The digest of the configuration, which names the layers by their diff ids: the image by content."""
        return digest_of(self.config)

    @property
    def digest(self) -> str | None:
        """The digest of the manifest, which names the layers as they are stored; None without a manifest."""
        return digest_of(self.manifest) if self.manifest else None

    @property
    def chain_ids(self) -> list[str]:
        """What the unpacked layers are called on a node."""
        return chain_ids(layer.diff_id for layer in self.layers)

    @property
    def blob_bytes(self) -> int:
        """What a registry sends for the whole image, the documents included."""
        return len(self.config) + len(self.manifest) + sum(layer.blob.size_bytes for layer in self.layers)

    @property
    def run_config(self) -> dict[str, Any]:
        """How a container of it is run: ``Cmd``, ``Env``, ``WorkingDir``, ..."""
        found = json.loads(self.config).get("config")
        return found if isinstance(found, dict) else {}

    def steps_of_layers(self) -> tuple[str, ...]:
        """For each layer the instruction that made it, empty where the history does not tell."""
        made = [step.created_by for step in self.history if not step.empty_layer]
        return tuple(made) if len(made) == len(self.layers) else ("",) * len(self.layers)


def image_layer(entries: Iterable[Entry], compression: Compression = "none") -> ImageLayer:
    """The layer that these entries make, with its real digests."""
    layer = tuple(entries)
    diff_id, size = digest_and_size(layer_blocks(layer))
    if compression == "none":
        return ImageLayer(layer, diff_id, Descriptor(LAYER, diff_id, size), size)
    digest, compressed = digest_and_size(gzip(layer_blocks(layer)))
    return ImageLayer(layer, diff_id, Descriptor(LAYER_GZIP, digest, compressed), size)


def build_image(
    layers: Sequence[ImageLayer],
    *,
    config: Mapping[str, Any] | None = None,
    history: Sequence[HistoryEntry] = (),
    architecture: str = "amd64",
    os: str = "linux",
) -> Image:
    """The image of these layers, with configuration and manifest in their compact form.

    Parameters
    ----------
    layers
        The layers, the lowest first.
    config
        What a container of it runs: ``Cmd``, ``Entrypoint``, ``Env``, ``User``, ``WorkingDir``, ...
    history
        The steps of the build. Without them each layer counts as one step of unknown origin.
    architecture, os
        The platform.
    """
    document: dict[str, Any] = {"architecture": architecture, "os": os, "config": dict(config or {})}
    document["rootfs"] = {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]}
    if history:
        document["history"] = [step.to_json() for step in history]
    raw = marshal(document).encode("utf-8", "surrogateescape")
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": Descriptor(CONFIG, digest_of(raw), len(raw)).to_json(),
        "layers": [layer.blob.to_json() for layer in layers],
    }
    return Image(tuple(layers), raw, marshal(manifest).encode(), tuple(history))
