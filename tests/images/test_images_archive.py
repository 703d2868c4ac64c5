"""Reading archives from anywhere: what is right is read, what is wrong is one clear error that names the member."""

from __future__ import annotations

import gzip
import io
import json
import os
import shutil
import subprocess
import tarfile
import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from archives import as_json, descriptor, docker_save, layout, sha, special, tar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from image_strategies import images

from k8smodels.api.errors import FieldError
from k8smodels.images import (
    ArchiveError,
    Entry,
    Image,
    Limits,
    build_image,
    image_layer,
    image_usage,
    read_image,
    write_layout_directory,
    write_layout_tar,
)
from k8smodels.images.layout import layout_tar

LAYER = tar({"etc/hosts": b"127.0.0.1", "bin/": special("bin/", tarfile.DIRTYPE)})
TINY = Limits(max_members=4, max_total_bytes=20_000, max_member_bytes=8_000, max_json_bytes=1_000, max_path_bytes=2_000)


def read(members: dict, **options) -> Image:
    return read_image(io.BytesIO(tar(members)), **options)


@given(images())
def test_what_is_written_is_read_again(image) -> None:
    again = read_image(io.BytesIO(b"".join(layout_tar(image, "v1"))))
    assert (again.config, again.manifest, again.history, again.names) == (
        image.config,
        image.manifest,
        image.history,
        ("v1",),
    )
    for ours, theirs in zip(image.layers, again.layers, strict=True):
        assert (ours.diff_id, ours.blob, ours.size_bytes) == (theirs.diff_id, theirs.blob, theirs.size_bytes)
        assert [_shape(entry) for entry in ours.entries] == [_shape(entry) for entry in theirs.entries]
        assert all(entry.content is None for entry in theirs.entries)


def _shape(entry: Entry) -> tuple:
    digest = entry.digest or (f"sha256:{sha(entry.content or b'')}" if entry.type == "file" else "")
    return entry.name, entry.type, entry.mode, entry.size_bytes, entry.link, digest


def test_the_same_image_is_the_same_bytes(tmp_path) -> None:
    image = build_image([image_layer([Entry("x" * 300, "file", size_bytes=5)])])
    assert b"".join(layout_tar(image)) == b"".join(layout_tar(image))
    write_layout_tar(image, tmp_path / "a.tar")
    write_layout_directory(image, tmp_path / "a")
    assert read_image(tmp_path / "a.tar") == read_image(tmp_path / "a")


def test_an_image_that_was_read_cannot_be_written_for_its_contents_are_gone(tmp_path) -> None:
    image = read(layout(LAYER))
    with pytest.raises(FieldError, match=r"layers\[0\]: Forbidden: its files were read from an archive"):
        write_layout_tar(image, tmp_path / "x.tar")
    assert not (tmp_path / "x.tar").exists()


def test_a_directory_that_holds_something_is_not_written_to(tmp_path) -> None:
    (tmp_path / "mine").write_text("x")
    with pytest.raises(FieldError, match="must be empty"):
        write_layout_directory(build_image([]), tmp_path)


@pytest.mark.parametrize("outer", [bytes, gzip.compress])
@pytest.mark.parametrize("inner", [bytes, gzip.compress, lambda raw: gzip.compress(raw[:99]) + gzip.compress(raw[99:])])
def test_layers_and_archives_may_be_compressed(outer, inner) -> None:
    members = layout(inner(LAYER), diff_id=f"sha256:{sha(LAYER)}")
    image = read_image(io.BytesIO(outer(tar(members))))
    assert [(entry.name, entry.type) for entry in image.layers[0].entries] == [("etc/hosts", "file"), ("bin/", "dir")]
    assert image.layers[0].diff_id == f"sha256:{sha(LAYER)}"


def test_docker_save_is_read_with_its_links_between_equal_layers() -> None:
    members = docker_save({"a/layer.tar": LAYER, "b/layer.tar": LAYER})
    members["b/layer.tar"] = special("b/layer.tar", tarfile.SYMTYPE, "../a/layer.tar")
    image = read(members)
    assert (image.names, image.digest, len(image.layers)) == (("app:1",), None, 2)
    assert image.steps_of_layers() == ("ADD x", "ADD x")


def test_of_several_images_one_must_be_named() -> None:
    first, second = layout(LAYER), layout(tar({"other": b"x"}))
    manifests = []
    for name, files in (("one", first), ("two", second)):
        item = json.loads(files.pop("index.json"))["manifests"][0]
        manifests.append(item | {"annotations": {"org.opencontainers.image.ref.name": name}})
    members = first | second | {"index.json": as_json({"manifests": manifests})}
    assert read(members, name="two").layers[0].entries[0].name == "other"
    with pytest.raises(ArchiveError, match=r"index.json: Too many: 2: name one image and platform of: one, two"):
        read(members)
    with pytest.raises(ArchiveError, match="Not found"):
        read(members, name="three")


def test_of_several_platforms_the_one_that_is_there_is_read() -> None:
    files = layout(LAYER)
    here = json.loads(files.pop("index.json"))["manifests"][0]
    absent = descriptor(b"absent") | {"platform": {"os": "linux", "architecture": "arm64"}}
    attested = here | {"platform": {"os": "unknown", "architecture": "unknown"}}
    nested = as_json({"manifests": [absent, attested, here | {"platform": {"os": "linux", "architecture": "amd64"}}]})
    outer = descriptor(nested) | {"mediaType": "application/vnd.oci.image.index.v1+json"}
    members = files | {f"blobs/sha256/{sha(nested)}": nested, "index.json": as_json({"manifests": [outer]})}
    assert len(read(members).layers) == 1
    assert len(read(members, platform="linux/amd64").layers) == 1
    with pytest.raises(ArchiveError, match="Not found"):
        read(members, platform="linux/arm64")


ESCAPES = {
    "../../etc/cron.d/x": b"x",
    "a/../../x": b"x",
    "/etc/passwd": b"x",
    "null": special("null", tarfile.CHRTYPE),
    "disk": special("disk", tarfile.BLKTYPE),
    "pipe": special("pipe", tarfile.FIFOTYPE),
    "hard": special("hard", tarfile.LNKTYPE, "../../etc/shadow"),
}


@pytest.mark.parametrize("name", ESCAPES)
def test_what_leads_out_and_devices_are_refused_in_the_archive_and_in_layers(name) -> None:
    with pytest.raises(ArchiveError) as outer:
        read({name: ESCAPES[name], **layout(LAYER)})
    layer = tar({name: ESCAPES[name]})
    with pytest.raises(ArchiveError) as inner:
        read(layout(layer))
    for refused in (outer, inner):
        assert name in str(refused.value)
        assert "must " in str(refused.value)
    assert f"blobs/sha256/{sha(layer)}" in str(inner.value)


BLOB, PACKED, DIFF_ID = f"blobs/sha256/{sha(LAYER)}", gzip.compress(LAYER), f"sha256:{sha(LAYER)}"
WHOLE = layout(LAYER)
MANIFEST = descriptor(next(blob for blob in WHOLE.values() if blob.startswith(b'{"schemaVersion"')))


def index(*manifests: object) -> dict[str, bytes]:
    return layout(LAYER, index=as_json({"manifests": manifests}))


DAMAGED = {
    "other bytes in a layer": WHOLE | {BLOB: tar({"evil": b"x"})},
    "layer missing": {path: content for path, content in WHOLE.items() if path != BLOB},
    "truncated gzip": layout(PACKED[: len(PACKED) // 2], DIFF_ID),
    "broken gzip": layout(PACKED[:-8] + bytes(8), DIFF_ID),
    "truncated tar": layout(LAYER[:600]),
    "zstd": layout(b"\x28\xb5\x2f\xfd rest"),
    "not a tar": layout(b"hello world" * 100),
    "wrong diff id": layout(LAYER, "sha256:" + "0" * 64),
    "duplicate key": layout(LAYER, index=b'{"manifests": [], "manifests": []}'),
    "malformed": layout(LAYER, index=b'{"manifests": ['),
    "wrong type": layout(LAYER, index=b'{"manifests": {"a": 1}}'),
    "deep": layout(LAYER, index=b'{"a":' * 100_000),
    "bad digest": index({"digest": "sha256:../../x", "size": 1}),
    "wrong size": index(MANIFEST | {"size": 1}),
    "a thousand and one manifests": index(*[MANIFEST] * 1001),
    "no image": {"readme": b"x"},
    "no manifest": index(),
}


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("other bytes in a layer", "must have the digest sha256:"),
        ("layer missing", "Not found"),
        ("truncated gzip", "must be intact gzip data"),
        ("broken gzip", "must be intact gzip data"),
        ("truncated tar", '"unexpected EOF": must be a whole archive'),
        ("zstd", '"zstd": must be uncompressed or compressed with gzip'),
        ("not a tar", "must be a tar archive"),
        ("wrong diff id", "rootfs.diff_ids[0]: Invalid value"),
        ("duplicate key", 'index.json: Invalid value: "key \\"manifests\\" is there twice": must be a JSON document'),
        ("malformed", "index.json: Invalid value"),
        ("wrong type", "index.json.manifests: Invalid value: {"),
        ("deep", "index.json: Invalid value"),
        ("bad digest", "index.json.manifests[0].digest: Invalid value"),
        ("wrong size", "must have the size 1"),
        ("a thousand and one manifests", "indexes may name 1000 manifests"),
        ("no image", "an archive has an index.json or a manifest.json"),
        ("no manifest", "the archive holds no image"),
    ],
)
def test_a_damaged_archive_is_one_error_that_names_the_member(what, message, tmp_path) -> None:
    members = DAMAGED[what]
    with pytest.raises(ArchiveError) as refused:
        read(members)
    assert message in str(refused.value)
    assert len(str(refused.value)) < 1000
    for path, content in members.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    with pytest.raises(ArchiveError, match=r"."):
        read_image(tmp_path)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({f"f{i}": b"" for i in range(9)}, "must have at most 4 members"),
        ({"big": b"x" * 9_000}, "may not be more than 8000 bytes"),
        ({"a": b"x" * 7_000, "b": b"x" * 7_000, "c": b"x" * 7_000}, "may not unpack to more than 20000 bytes"),
        ({"x": gzip.compress(tar({"bomb": b"\0" * 7_900, "bomb2": b"\0" * 7_900}))}, "may not unpack to more than"),
        ({"a/" * 60 + "x": b""}, "the paths must have at most 2000 bytes"),
        ({f"{i}.json": b"{" + b" " * 950 + b"}" for i in range(9)}, "must have at most 4 members"),
        ({"index.json": b"{" + b" " * 2_000 + b"}"}, "a document may not be more than 1000 bytes"),
    ],
)
def test_what_is_too_much_is_refused(members, message) -> None:
    with pytest.raises(ArchiveError, match=message):
        read(members, limits=TINY)


def test_an_extended_header_cannot_fill_the_memory() -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 1 << 30
    with pytest.raises(ArchiveError, match="an extended header must have at most 1048576 bytes"):
        read_image(io.BytesIO(header.tobuf(tarfile.USTAR_FORMAT) + bytes(2048)))


def test_a_path_may_be_in_the_archive_once() -> None:
    twice = tar({"index.json": b"{}"})[:1024] + tar(layout(LAYER))
    with pytest.raises(ArchiveError, match=r"index.json: Duplicate value"):
        read_image(io.BytesIO(twice))


def test_no_content_is_held_in_memory() -> None:
    image = build_image([image_layer([Entry("big", "file", size_bytes=40 * 1024**2)])])
    archive = LayoutStream(image)
    tracemalloc.start()
    try:
        read_image(archive)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * 1024**2


class LayoutStream:
    """A layout as a stream that is made while it is read."""

    def __init__(self, image: Image) -> None:
        self._blocks, self._left = layout_tar(image), b""

    def read(self, size: int) -> bytes:
        while not self._left:
            self._left = next(self._blocks, None)
            if self._left is None:
                self._left = b""
                return b""
        piece, self._left = self._left[:size], self._left[size:]
        return piece


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_no_bytes_make_anything_but_the_one_error(data) -> None:
    packed = data.draw(st.booleans())
    layer = gzip.compress(LAYER) if packed else LAYER
    archive = bytearray(tar(layout(layer, diff_id=f"sha256:{sha(LAYER)}")))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(archive) - 1))
        piece = data.draw(st.binary(min_size=1, max_size=20))
        archive[at : at + data.draw(st.integers(0, 20))] = piece
    with suppress(ArchiveError):
        image_usage(read_image(io.BytesIO(bytes(archive[: data.draw(st.integers(0, len(archive)))]))))


@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.sampled_from(b"0123567gxLKS"), st.text(max_size=30), st.binary(max_size=40))
    )
)
def test_no_members_make_anything_but_the_one_error(drawn) -> None:
    raw = b""
    for name, kind, link, content in drawn:
        item = tarfile.TarInfo(name)
        item.type, item.linkname, item.size = bytes([kind]), link, len(content)
        raw += item.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogatepass") + content + bytes(-len(content) % 512)
    for archive in (raw, tar(layout(raw + bytes(1024)))):
        with suppress(ArchiveError):
            image_usage(read_image(io.BytesIO(archive)))


def test_usage_tells_who_added_each_file_and_what_is_wasted() -> None:
    layers = [
        image_layer(
            [Entry("a", "file", size_bytes=10), Entry("b", "file", size_bytes=20), Entry("k", "file", size_bytes=1)]
        ),
        image_layer(
            [Entry("a", "file", 0o755, size_bytes=10), Entry(".wh.b", "file"), Entry("h", "hardlink", link="k")]
        ),
        image_layer([Entry(".wh.k", "file"), Entry("t", "file", size_bytes=9), Entry(".wh.t", "file")]),
    ]
    usage = image_usage(build_image(layers))
    assert [(item.path, item.layer) for item in usage.files] == [("a", 1), ("h", 0)]
    wasted = [(item.path, item.layer, item.gone_in, item.how, item.same_content) for item in usage.wasted]
    assert wasted == [("b", 0, 1, "deleted", False), ("a", 0, 1, "overwritten", True)]
    assert (usage.visible_bytes, usage.wasted_bytes) == (11, 30)


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _example() -> Image:
    first = [Entry("etc/", "dir", 0o755), Entry("etc/os", "file", 0o600, 4, b"base"), Entry("etc/gone", "file")]
    second = [
        Entry("etc/.wh.gone", "file"),
        Entry("n" * 120, "symlink", link="etc/os"),
        Entry("h", "hardlink", link="etc/os"),
    ]
    return build_image([image_layer(first), image_layer(second, "gzip")], config={"Cmd": ["sh"]})


@pytest.mark.skipif(shutil.which("umoci") is None or os.geteuid() != 0, reason="needs umoci, and root to unpack")
def test_umoci_unpacks_what_we_write(tmp_path: Path) -> None:
    write_layout_directory(_example(), tmp_path / "oci", "v1")
    _run("umoci", "unpack", "--image", f"{tmp_path}/oci:v1", f"{tmp_path}/bundle")
    root = tmp_path / "bundle" / "rootfs"
    assert {path.relative_to(root).as_posix() for path in root.rglob("*")} == {"etc", "etc/os", "n" * 120, "h"}
    assert (root / "h").stat().st_ino == (root / "etc/os").stat().st_ino


@pytest.mark.skipif(shutil.which("skopeo") is None, reason="needs skopeo")
def test_skopeo_reads_what_we_write_and_we_read_what_it_writes(tmp_path: Path) -> None:
    image = _example()
    write_layout_tar(image, tmp_path / "oci.tar", "v1")
    inspected = json.loads(_run("skopeo", "inspect", f"oci-archive:{tmp_path}/oci.tar:v1"))
    assert (inspected["Digest"], inspected["Layers"]) == (image.digest, [layer.blob.digest for layer in image.layers])
    _run("skopeo", "copy", f"oci-archive:{tmp_path}/oci.tar:v1", f"docker-archive:{tmp_path}/docker.tar:team/app:v1")
    again = read_image(tmp_path / "docker.tar")
    assert (again.names, again.id) == (("docker.io/team/app:v1",), image.id)
    assert again.chain_ids == image.chain_ids
