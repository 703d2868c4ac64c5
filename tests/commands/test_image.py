"""The command shows what is in an image, and refuses what it should not read with exit code 2."""

from __future__ import annotations

import argparse
import json

import pytest

from k8smodels.api.yaml_text import read_documents
from k8smodels.commands import image as command
from k8smodels.images import Entry, build_image, image_layer, write_layout_tar
from k8smodels.images.image import HistoryEntry

MIB = 1024 * 1024


@pytest.fixture
def archive(tmp_path) -> str:
    layers = [
        image_layer([Entry("lib/big", "file", size_bytes=2 * MIB), Entry("lib/small", "file", size_bytes=10)]),
        image_layer([Entry("lib/.wh.small", "file"), Entry("lib/big", "file", 0o755, 2 * MIB)]),
    ]
    history = [
        HistoryEntry("ADD rootfs.tar /"),
        HistoryEntry("RUN chmod +x\t\x1b[31m/lib/big"),
        HistoryEntry("CMD sh", True),
    ]
    path = tmp_path / "image.tar"
    write_layout_tar(build_image(layers, history=history), path, "app:1")
    return str(path)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    command.add_to(parser.add_subparsers())
    options = parser.parse_args(["image", *words])
    return int(options.run(options))


def test_layers_files_steps_and_waste_are_shown(archive, capsys) -> None:
    assert run(archive) == 0
    out = capsys.readouterr().out
    assert "Names:   app:1" in out
    assert "    1      2.0 MiB      2.0 MiB  ADD rootfs.tar /" in out
    assert "    2.0 MiB      2  lib/big  (RUN chmod +x" in out
    assert "WASTED 2.0 MiB" in out
    assert "    2.0 MiB      1  lib/big  (overwritten by layer 2, the same content)" in out
    assert "       10 B      1  lib/small  (deleted by layer 2)" in out
    assert "STEPS WITHOUT A LAYER\nCMD sh" in out
    assert "\x1b" not in out, "a terminal obeys nothing that the image says"


def test_json_and_yaml_say_the_same(archive, capsys) -> None:
    run(archive, "-o", "json", "--top", "1")
    shown = json.loads(capsys.readouterr().out)
    run(archive, "-o", "yaml", "--top", "1")
    assert read_documents(capsys.readouterr().out) == [shown]
    assert shown["wastedBytes"] == 2 * MIB + 10
    assert [row["path"] for row in shown["largestFiles"]] == ["lib/big"]
    assert shown["layers"][0]["createdBy"] == "ADD rootfs.tar /"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "No such file or directory"),
        (b"hello" * 200, "must be a tar archive"),
        (b"", "an archive has an index.json or a manifest.json"),
        (b"\x1f\x8bjunk", "must be intact gzip data"),
    ],
)
def test_bad_input_is_one_clear_error(tmp_path, content, message) -> None:
    path = tmp_path / "bad.tar"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=message) as refused:
        run(str(path))
    assert len(str(refused.value)) < 600


def test_a_number_of_files_is_a_number(archive, capsys) -> None:
    with pytest.raises(SystemExit):
        run(archive, "--top", "-1")
    assert "must be a number from 0 to 999999" in capsys.readouterr().err
