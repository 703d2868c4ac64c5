"""Writing an image as an OCI image layout, a directory or a tar archive, that other tools read.

References
----------
opencontainers/image-spec v1.1.1 image-layout.md
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from k8smodels.api.errors import forbidden
from k8smodels.api.gotext import marshal
from k8smodels.images.image import INDEX, MANIFEST, Descriptor, Image, ImageLayer
from k8smodels.images.tar_write import end_of_archive, file_header, gzip, layer_blocks, padding

REF_NAME = "org.opencontainers.image.ref.name"

_Member = tuple[str, int, Iterable[bytes]]


def write_layout_directory(image: Image, directory: str | Path, name: str = "latest") -> None:
    """Write the layout into `directory`, which must not exist or be empty.

    Raises
    ------
    FieldError
        The directory holds something, or the image was read from an archive: its files' contents were not kept.
    """
    root = Path(directory)
    members = list(layout_members(image, name))
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        raise forbidden(str(root), "must be empty")
    for member, _, blocks in members:
        path = root / member
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as stream:
            stream.writelines(blocks)


def write_layout_tar(image: Image, path: str | Path, name: str = "latest") -> None:
    """Write the layout as a tar archive, the same bytes for the same image; raises as `write_layout_directory`."""
    blocks = layout_tar(image, name)
    first = next(blocks)
    with Path(path).open("wb") as stream:
        stream.write(first)
        stream.writelines(blocks)


def layout_tar(image: Image, name: str = "latest") -> Iterator[bytes]:
    """The tar archive of the layout, piece by piece."""
    for member, size, blocks in layout_members(image, name):
        yield file_header(member, size)
        yield from blocks
        yield padding(size)
    yield end_of_archive()


def layout_members(image: Image, name: str = "latest") -> Iterator[_Member]:
    """The files of the layout: path, size and content."""
    _refuse_unknown_content(image)
    manifest = Descriptor(MANIFEST, image.digest or "", len(image.manifest)).to_json()
    index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [manifest | {"annotations": {REF_NAME: name}}]}
    yield _document("oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
    yield _document("index.json", marshal(index).encode())
    yield _document(_blob_path(image.digest or ""), image.manifest)
    yield _document(_blob_path(image.id), image.config)
    blobs = {layer.blob.digest: layer for layer in image.layers}
    for digest, layer in blobs.items():
        yield _blob_path(digest), layer.blob.size_bytes, _stored(layer)


def _document(path: str, content: bytes) -> _Member:
    return path, len(content), [content]


def _blob_path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _stored(layer: ImageLayer) -> Iterator[bytes]:
    blocks = layer_blocks(layer.entries)
    return blocks if layer.compression == "none" else gzip(blocks)


def _refuse_unknown_content(image: Image) -> None:
    if not image.manifest:
        raise forbidden("manifest", "an image without a manifest cannot be written")
    for i, layer in enumerate(image.layers):
        if any(entry.digest and entry.content is None for entry in layer.entries):
            raise forbidden(f"layers[{i}]", "its files were read from an archive, and their contents were not kept")
