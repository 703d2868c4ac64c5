"""The image of the chapter that lies on the disk: ``book/files/tiny-image``, an OCI image layout."""

from __future__ import annotations

from k8smodels.images import Image, build, build_image, file, file_tree, image_layer

__all__ = ["TINY", "tiny_image"]

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
