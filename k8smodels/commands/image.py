"""``python -m k8smodels image``: what is in an image, which step added it, and what is wasted."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from k8smodels.api.yaml_text import write_documents
from k8smodels.images.archive import read_image
from k8smodels.images.gc_records import format_size
from k8smodels.images.image import Image
from k8smodels.images.limits import member
from k8smodels.images.usage import FileUsage, ImageUsage, Waste, image_usage

DESCRIPTION = """\
Show the layers of an image, its largest files with the step that added each, and the bytes that are wasted: files that
a later layer deletes or writes anew. The archive is read once from front to back, and nothing is unpacked to the disk.

  docker save nginx | gzip > nginx.tar.gz
  python -m k8smodels image nginx.tar.gz

exit codes: 0 the image was read, 2 the archive was refused"""

_MAX_STEP = 90


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "image",
        help="what is in this image, which step added it, and what is wasted?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("-o", "--output", choices=("text", "json", "yaml"), default="text", help="default: text")
    parser.add_argument("--name", help="which image of an archive of several")
    parser.add_argument("--platform", metavar="OS/ARCH", help="which platform of an archive of several")
    parser.add_argument("--top", type=_count, default=10, metavar="N", help="how many files to list, default: 10")
    parser.add_argument("archive", metavar="ARCHIVE", help="OCI layout (directory or tar) or docker save, also gzip")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    image = read_image(Path(options.archive), name=options.name, platform=options.platform)
    print(_PRINTERS[options.output](_described(image, image_usage(image), options.top)))
    return 0


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise argparse.ArgumentTypeError(f"{text[:20]!r} must be a number from 0 to 999999")
    return int(text)


def _described(image: Image, usage: ImageUsage, top: int) -> dict[str, Any]:
    return {
        "names": [member("", name) for name in image.names],
        "id": image.id,
        "digest": image.digest,
        "layers": _layers(image),
        "history": [step.to_json() for step in image.history],
        "visibleBytes": usage.visible_bytes,
        "wastedBytes": usage.wasted_bytes,
        "largestFiles": [_file(item) for item in usage.files[:top]],
        "wastedFiles": [_waste(item) for item in usage.wasted[:top]],
    }


def _layers(image: Image) -> list[dict[str, Any]]:
    rows = zip(image.layers, image.chain_ids, image.steps_of_layers(), strict=True)
    return [
        {
            "digest": layer.blob.digest,
            "diffID": layer.diff_id,
            "chainID": chain,
            "blobBytes": layer.blob.size_bytes,
            "filesBytes": layer.files_bytes,
            "entries": len(layer.entries),
            "createdBy": step,
        }
        for layer, chain, step in rows
    ]


def _file(item: FileUsage) -> dict[str, Any]:
    return {"path": member("", item.path), "bytes": item.size_bytes, "layer": item.layer + 1, "createdBy": item.step}


def _waste(item: Waste) -> dict[str, Any]:
    what = {"path": member("", item.path), "bytes": item.size_bytes, "layer": item.layer + 1}
    return what | {"how": item.how, "goneInLayer": item.gone_in + 1, "sameContent": item.same_content}


def _as_text(image: dict[str, Any]) -> str:
    head = [f"Names:   {', '.join(image['names']) or '<none>'}", f"ID:      {image['id']}"]
    head += [f"Digest:  {image['digest'] or '<none>'}"]
    layers = [_layer_row(number, row) for number, row in enumerate(image["layers"], 1)]
    files = [
        f"{format_size(row['bytes']):>11}  {row['layer']:>5}  {row['path']}  ({_step(row['createdBy'])})"
        for row in image["largestFiles"]
    ]
    wasted = [
        f"{format_size(row['bytes']):>11}  {row['layer']:>5}  {row['path']}  ({_how(row)})"
        for row in image["wastedFiles"]
    ]
    empty = [_step(step["created_by"]) for step in image["history"] if step.get("empty_layer")]
    parts = [
        head,
        ["LAYER         BLOB        FILES  STEP", *layers],
        ["STEPS WITHOUT A LAYER", *empty] if empty else [],
        [f"LARGEST FILES of {format_size(image['visibleBytes'])}", "       SIZE  LAYER  PATH (STEP)", *files],
        [f"WASTED {format_size(image['wastedBytes'])}", *(["       SIZE  LAYER  PATH", *wasted] if wasted else [])],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part)


def _layer_row(number: int, row: dict[str, Any]) -> str:
    blob, files = format_size(row["blobBytes"]), format_size(row["filesBytes"])
    return f"{number:>5}  {blob:>11}  {files:>11}  {_step(row['createdBy'])}"


def _how(row: dict[str, Any]) -> str:
    same = ", the same content" if row["sameContent"] else ""
    return f"{row['how']} by layer {row['goneInLayer']}{same}"


def _step(created_by: str) -> str:
    """An instruction as it may be printed: one line, not too long, without what a terminal would obey."""
    shown = member("", " ".join(created_by.split())).replace('\\"', '"')
    return (shown if len(shown) <= _MAX_STEP else f"{shown[:_MAX_STEP]}…") or "<unknown>"


def _as_json(image: dict[str, Any]) -> str:
    return json.dumps(image, indent=2)


def _as_yaml(image: dict[str, Any]) -> str:
    return write_documents([image]).rstrip()


_PRINTERS = {"text": _as_text, "json": _as_json, "yaml": _as_yaml}
