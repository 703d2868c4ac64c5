"""Reading an image from an OCI image layout or from what ``docker save`` writes; nothing is unpacked to the disk.

References
----------
opencontainers/image-spec v1.1.1 image-layout.md, image-index.md; moby/docker-image-spec v1.3 (manifest.json)
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from k8smodels.images.blobs import Blob, Blobs, DirectoryBlobs, ScannedLayer, TarBlobs
from k8smodels.images.digest import Digest, DigestError
from k8smodels.images.documents import Document
from k8smodels.images.image import LAYER, LAYER_GZIP, Descriptor, HistoryEntry, Image, ImageLayer
from k8smodels.images.layout import REF_NAME
from k8smodels.images.limits import ArchiveError, Budget, LimitError, Limits, bad, member
from k8smodels.images.streams import Readable
from k8smodels.images.tar_stream import confined

MAX_INDEX_DEPTH, MAX_MANIFESTS = 4, 1000

_CONTAINERD_NAME = "io.containerd.image.name"


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A manifest that an index names."""

    descriptor: Descriptor
    names: tuple[str, ...]
    platform: str
    where: str


def read_image(
    source: str | Path | Readable, *, name: str | None = None, platform: str | None = None, limits: Limits | None = None
) -> Image:
    """The image in an archive, with the digests of its files instead of their contents.

    Parameters
    ----------
    source
        A directory with an OCI image layout; a tar archive of one, or of ``docker save``, compressed with gzip or not;
        or such an archive as a stream, which is read once.
    name, platform
        Which image, where there are several: its name, its platform like ``linux/arm64``.
    limits
        How much to accept.

    Raises
    ------
    ArchiveError
        A damaged, contradictory or too large archive; paths that lead out of it; devices; digests that differ; several
        images and no choice. The error names the member.
    """
    blobs = _open(source, Budget(limits or Limits()))
    index = blobs.get("index.json")
    if index is not None:
        return _from_layout(blobs, index, name, platform)
    manifest = blobs.get("manifest.json")
    if manifest is None:
        raise ArchiveError("index.json", "Required value", detail="an archive has an index.json or a manifest.json")
    return _from_docker_save(blobs, manifest, name)


def _open(source: str | Path | Readable, budget: Budget) -> Blobs:
    if not isinstance(source, str | Path):
        return TarBlobs(source, budget)
    path = Path(source)
    if path.is_dir():
        return DirectoryBlobs(path, budget)
    try:
        with path.open("rb") as stream:
            return TarBlobs(stream, budget)
    except (OSError, ValueError) as error:
        if isinstance(error, ArchiveError):
            raise
        raise bad(member("", str(source)), getattr(error, "strerror", None) or str(error), "must be readable") from None


def _from_layout(blobs: Blobs, index: Blob, name: str | None, platform: str | None) -> Image:
    candidates = list(_Indexes(blobs).candidates(_document(index, "index.json")))
    chosen = _choose(candidates, name, platform)
    blob = _verified(blobs, chosen.descriptor, chosen.where)
    manifest = _document(blob, _path(chosen.descriptor.digest))
    config = _verified(blobs, _descriptor(manifest.object("config")), f"{manifest.where}.config")
    layers = [(item, _descriptor(item)) for item in manifest.objects("layers")]
    scanned = [(d.media_type, _verified(blobs, d, item.where), _path(d.digest)) for item, d in layers]
    names = chosen.names
    return replace(_image(config, _path(config.digest), scanned), manifest=blob.document or b"", names=names)


class _Indexes:
    """Walks the indexes of a layout, which may be nested."""

    def __init__(self, blobs: Blobs) -> None:
        self.blobs = blobs
        self.left = MAX_MANIFESTS

    def candidates(self, index: Document, names: tuple[str, ...] = (), depth: int = 0) -> Iterator[_Candidate]:
        """The manifests that `index` leads to; a nested one may name platforms that are not there."""
        for item in index.objects("manifests"):
            self.left -= 1
            if self.left < 0 or depth > MAX_INDEX_DEPTH:
                detail = f"indexes may name {MAX_MANIFESTS} manifests and be nested {MAX_INDEX_DEPTH} deep"
                raise LimitError(item.where, "Too many", detail=detail)
            descriptor, called = _descriptor(item), _names(item) or names
            there = self.blobs.get(_path(descriptor.digest)) is not None
            if "index" in descriptor.media_type or "manifest.list" in descriptor.media_type:
                if there:
                    blob = _verified(self.blobs, descriptor, item.where)
                    yield from self.candidates(_document(blob, _path(descriptor.digest)), called, depth + 1)
            elif _platform(item) != "unknown/unknown" and (there or depth == 0):  # unknown: what a builder attests
                yield _Candidate(descriptor, called, _platform(item), item.where)


def _platform(item: Document) -> str:
    platform = item.object("platform")
    return "/".join(filter(None, (platform.text("os", ""), platform.text("architecture", ""))))


def _names(item: Document) -> tuple[str, ...]:
    annotations = item.object("annotations")
    names = (annotations.text(_CONTAINERD_NAME, ""), annotations.text(REF_NAME, ""))
    return tuple(dict.fromkeys(filter(None, names)))


def _choose(candidates: Sequence[_Candidate], name: str | None, platform: str | None) -> _Candidate:
    named = [item for item in candidates if name is None or name in item.names]
    fitting = [item for item in named if platform is None or item.platform in ("", platform)]
    if len({item.descriptor.digest for item in fitting}) == 1:
        return fitting[0]
    there = sorted({" ".join((*item.names, item.platform)).strip() or item.descriptor.digest for item in candidates})
    if not fitting:
        raise ArchiveError("index.json", "Not found", name or platform or "image", _list_of(there))
    raise ArchiveError("index.json", "Too many", len(fitting), f"name one image and platform of: {_list_of(there)}")


def _list_of(there: Sequence[str]) -> str:
    shown = [member("", item) for item in there[:10]]
    return ", ".join([*shown, "…"] if len(there) > len(shown) else shown) or "the archive holds no image"


def _from_docker_save(blobs: Blobs, listed: Blob, name: str | None) -> Image:
    images = Document.parse_list(_raw(listed, "manifest.json"), "manifest.json")
    fitting = [item for item in images if name is None or name in item.texts("RepoTags")]
    if len(fitting) != 1:
        there = [", ".join(item.texts("RepoTags")) or item.text("Config", "") for item in images]
        reason = "Too many" if fitting else "Not found"
        raise ArchiveError("manifest.json", reason, name or len(fitting), f"name one image of: {_list_of(there)}")
    chosen = fitting[0]
    config_path = confined(chosen.text("Config"), f"{chosen.where}.Config")
    config = _present(blobs, config_path, chosen.where)
    stem = posixpath.basename(config_path).removesuffix(".json")
    if f"sha256:{stem}" != config.digest:
        raise bad(member("", config_path), config.digest, "must have the digest that its name says")
    scanned = []
    for i, path in enumerate(chosen.texts("Layers")):
        where = f"{chosen.where}.Layers[{i}]"
        scanned.append(("", _present(blobs, confined(path, where), where), path))
    return replace(_image(config, config_path, scanned), names=tuple(chosen.texts("RepoTags")))


def _image(config: Blob, config_path: str, blobs: Sequence[tuple[str, Blob, str]]) -> Image:
    """Put together what was read; the layers must be those that the configuration names."""
    document = _document(config, config_path)
    rootfs = document.object("rootfs")
    diff_ids = rootfs.texts("diff_ids")
    if len(diff_ids) != len(blobs):
        raise bad(f"{rootfs.where}.diff_ids", len(diff_ids), f"must name the {len(blobs)} layers of the manifest")
    layers = []
    for i, ((media_type, blob, path), diff_id) in enumerate(zip(blobs, diff_ids, strict=True)):
        scanned = _layer(blob, path)
        if scanned.diff_id != diff_id:
            raise bad(f"{rootfs.where}.diff_ids[{i}]", diff_id, f"layer {member('', path)} is {scanned.diff_id}")
        kind = media_type or (LAYER if blob.digest == scanned.diff_id else LAYER_GZIP)
        descriptor = Descriptor(kind, blob.digest, blob.size_bytes)
        layers.append(ImageLayer(scanned.entries, scanned.diff_id, descriptor, scanned.size_bytes))
    history = [
        HistoryEntry(item.text("created_by", ""), item.flag("empty_layer")) for item in document.objects("history")
    ]
    return Image(tuple(layers), config.document or b"", history=tuple(history))


def _layer(blob: Blob, path: str) -> ScannedLayer:
    if blob.layer is None:
        raise blob.problem or bad(member("", path), "other data", "must be a tar archive")
    return blob.layer


def _descriptor(item: Document) -> Descriptor:
    digest = item.text("digest")
    try:
        algorithm = Digest.parse(digest).algorithm
    except DigestError as error:
        raise bad(f"{item.where}.digest", digest, str(error)) from None
    if algorithm != "sha256":
        raise bad(f"{item.where}.digest", digest, "must be a sha256 digest")
    return Descriptor(item.text("mediaType", ""), digest, item.number("size"))


def _verified(blobs: Blobs, descriptor: Descriptor, where: str) -> Blob:
    """The blob, if it is what its descriptor says."""
    path = _path(descriptor.digest)
    blob = _present(blobs, path, where)
    if blob.digest != descriptor.digest:
        raise bad(path, blob.digest, f"must have the digest {descriptor.digest}")
    if blob.size_bytes != descriptor.size_bytes:
        raise bad(path, blob.size_bytes, f"must have the size {descriptor.size_bytes}")
    return blob


def _present(blobs: Blobs, path: str, where: str) -> Blob:
    blob = blobs.get(posixpath.normpath(path))
    if blob is None:
        raise ArchiveError(where, "Not found", path, "the archive must hold what it names")
    return blob


def _document(blob: Blob, path: str) -> Document:
    return Document.parse(_raw(blob, path), member("", path))


def _raw(blob: Blob, path: str) -> bytes:
    if blob.document is None:
        too_long = blob.problem if blob.problem and blob.problem.reason == "Too long" else None
        raise too_long or bad(member("", path), "other data", "must be a JSON document")
    return blob.document


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
