"""The image of the chapter that lies on the disk: ``book/files/tiny-image``, an OCI image layout."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from k8smodels.i18n import _
from k8smodels.images import Image, build, build_image, file, file_tree, image_layer
from k8smodels.views.frame import Frame
from k8smodels.views.html import Child
from k8smodels.views.images import grid

__all__ = ["TINY", "measured", "tiny_image"]

TINY = """FROM scratch
COPY hello /bin/hello
COPY draft.txt /tmp/draft.txt
RUN rm /tmp/draft.txt
ENV GREETING=hello
CMD ["/bin/hello"]"""


def tiny_image() -> Image:
    """The image, its layers compressed as a registry has them."""
    draft = "".join(f"{n:4} a line of a draft that nobody needs any more\n" for n in range(100))
    files = file_tree({"hello": file('#!/bin/sh\necho "$GREETING"\n', 0o755), "draft.txt": draft})
    done = build(TINY, files, runs={"rm /tmp/draft.txt": {"tmp/draft.txt": None}}).image
    layers = [image_layer(layer.entries, "gzip") for layer in done.layers]
    return build_image(layers, config=done.run_config, history=done.history)


def measured(path: str | Path) -> Frame:
    """What a real overlayfs did, as ``tests/reality/record_layers.py`` wrote it down."""
    record = json.loads(Path(path).read_text("utf-8"))
    copied, chance, mounted = record["copy_up"], record["agreement"], record["lower_layers_mounted"]
    rows: list[Sequence[Child]] = [
        [_("bytes changed in a lower file of 1 MiB"), f"{copied['written_bytes']:,}"],
        [_("bytes in the upper layer afterwards"), f"{copied['upper_bytes']:,}"],
        *([_("{n} lower layers").format(n=n), _("mounted") if done else _("refused")] for n, done in mounted.items()),
        [_("stacks by chance, and calls on them"), f"{chance['images']:,}, {chance['calls']:,}"],
        [_("stacks where kernel and model differ"), len(chance["differences"])],
    ]
    said = _("Linux {kernel}, {machine}, {date}: `{command}`")
    return Frame(grid([_("measured"), _("result")], rows, right=(1,)), said.format(**record))
