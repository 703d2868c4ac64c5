"""Pulling: a registry sends what a node has not yet, and a node stores each thing once.

References
----------
opencontainers/distribution-spec v1.1 (pulling manifests and blobs); containerd v2.2.0 core/unpack/unpacker.go
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from k8smodels.images.image import Image
from k8smodels.images.reference import ImageReference

Verdict = Literal["pulled", "already exists"]


class NotFoundError(LookupError, ValueError):
    """A name that the registry does not know."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Images by their full names; each blob is kept once."""

    images: Mapping[str, Image] = field(default_factory=dict)

    def push(self, name: str, image: Image) -> Registry:
        """The registry with the image under this name, which may move from another image."""
        return Registry({**self.images, str(ImageReference.parse(name).pulled()): image})

    def resolve(self, name: str) -> Image:
        """The image of that name, or of that digest.

        Raises
        ------
        NotFoundError
            It is not there.
        """
        wanted = ImageReference.parse(name).pulled()
        if wanted.digest is None:
            found = self.images.get(str(wanted))
        else:
            names = [ImageReference.parse(known) for known in self.images]
            here = [self.images[str(known)] for known in names if known.name == wanted.name]
            found = next((image for image in here if image.digest == wanted.digest), None)
        if found is None:
            raise NotFoundError(f"failed to resolve reference {wanted}: {wanted}: not found")
        return found

    @property
    def stored_bytes(self) -> int:
        """What the registry stores: each blob, configuration and manifest once."""
        return sum(_blobs([*self.images.values()]).values())


@dataclass(frozen=True, slots=True)
class LayerPull:
    """What became of one layer in a pull.

    Attributes
    ----------
    digest, chain_id
        The blob that is moved; the stack that it is unpacked to.
    size_bytes
        The size of the blob.
    verdict
        Whether it had to be moved.
    because
        The image through which the node has it, None for a new one.
    """

    digest: str
    chain_id: str
    size_bytes: int
    verdict: Verdict
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Pull:
    """What a pull did.

    Attributes
    ----------
    store
        The node's store afterwards.
    layers
        Each layer, the lowest first.
    moved_bytes
        What the registry sent: manifest, configuration and layers that were missing.
    without_sharing_bytes
        What it would have sent to an empty node.
    """

    store: NodeStore
    layers: tuple[LayerPull, ...]
    moved_bytes: int
    without_sharing_bytes: int


@dataclass(frozen=True, slots=True)
class NodeStore:
    """What a node has: images by name, their blobs and unpacked layers by digest.

    A layer counts as there if the same stack is unpacked (its chain id) or the same blob is there. Partly pulled images
    and what compression costs on the disk are left out.

    Attributes
    ----------
    images
        Full name to image, in the order they were pulled.
    """

    images: Mapping[str, Image] = field(default_factory=dict)

    def pull(self, registry: Registry, name: str) -> Pull:
        """Fetch what is missing of an image.

        Raises
        ------
        NotFoundError
            The registry does not have it.
        """
        image = registry.resolve(name)
        full = str(ImageReference.parse(name).pulled())
        layers = self._layers(image)
        documents = 0 if self._holder_of_document(image) else len(image.config) + len(image.manifest)
        moved = documents + sum(_missing_sizes(layers).values())
        return Pull(replace(self, images={**self.images, full: image}), layers, moved, image.blob_bytes)

    def remove(self, name: str) -> NodeStore:
        """The store without an image; layers of others stay."""
        full = str(ImageReference.parse(name).pulled())
        return NodeStore({known: image for known, image in self.images.items() if known != full})

    @property
    def stored_bytes(self) -> int:
        """What the blobs of all images take, each counted once."""
        return sum(_blobs([*self.images.values()]).values())

    @property
    def unshared_bytes(self) -> int:
        """What they would take if every image had its own; also what the images' sizes add up to."""
        return sum(image.blob_bytes for image in self.images.values())

    @property
    def snapshots(self) -> Mapping[str, int]:
        """The unpacked layers by chain id, with the sizes of their files."""
        return {
            chain: layer.files_bytes
            for image in self.images.values()
            for chain, layer in zip(image.chain_ids, image.layers, strict=True)
        }

    def _layers(self, image: Image) -> tuple[LayerPull, ...]:
        chains = {chain: name for name, other in self.images.items() for chain in other.chain_ids}
        blobs = {layer.blob.digest: name for name, other in self.images.items() for layer in other.layers}
        pulls = []
        for chain, layer in zip(image.chain_ids, image.layers, strict=True):
            holder = chains.get(chain) or blobs.get(layer.blob.digest)
            verdict: Verdict = "already exists" if holder else "pulled"
            pulls.append(LayerPull(layer.blob.digest, chain, layer.blob.size_bytes, verdict, holder))
        return tuple(pulls)

    def _holder_of_document(self, image: Image) -> bool:
        return any((other.config, other.manifest) == (image.config, image.manifest) for other in self.images.values())


def shared_layers(left: Image, right: Image) -> int:
    """How many unpacked layers two images share: those before the first difference, whatever comes after it."""
    pairs = zip(left.chain_ids, right.chain_ids, strict=False)
    return sum(ours == theirs for ours, theirs in pairs)


def _missing_sizes(layers: tuple[LayerPull, ...]) -> dict[str, int]:
    return {layer.digest: layer.size_bytes for layer in layers if layer.verdict == "pulled"}


def _blobs(images: list[Image]) -> dict[str, int]:
    found: dict[str, int] = {}
    for image in images:
        found |= {image.id: len(image.config)} | ({image.digest: len(image.manifest)} if image.digest else {})
        found |= {layer.blob.digest: layer.blob.size_bytes for layer in image.layers}
    return found
