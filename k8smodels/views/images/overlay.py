"""The union mount: what each layer holds of a path, what is seen, and who was asked."""

from __future__ import annotations

from collections.abc import Sequence

from k8smodels.i18n import _
from k8smodels.images.layer import Inode
from k8smodels.images.overlay import OverlayMount
from k8smodels.images.union import Answer, LayerDirectory, Lookup
from k8smodels.views.html import Html, el
from k8smodels.views.images.cells import grid
from k8smodels.views.images.sizes import size

__all__ = ["answer_text", "layer_matrix", "lookup_table"]


def answer_text(answer: Answer) -> str:
    """What a layer says of a path."""
    return {
        "nothing": "–",
        "whiteout": _("whiteout: gone"),
        "file": _("a file"),
        "symlink": _("a link"),
        "dir": _("a directory"),
        "opaque dir": _("an opaque directory"),
    }[answer]


def layer_matrix(
    mount: OverlayMount, paths: Sequence[str], before: OverlayMount | None = None, *, with_merged: bool = True
) -> Html:
    """A row a path: what each layer holds, the lowest first, and what is merged of it; changes are marked."""
    old = before or mount
    rows = []
    for path in paths:
        cells = [_held(layer, path) for layer in (*mount.lower, mount.upper or LayerDirectory())]
        last = [_held(layer, path) for layer in (*old.lower, old.upper or LayerDirectory())]
        if with_merged:
            cells.append(_seen(mount, path))
            last.append(_seen(old, path))
        rows.append([el("code", path, class_="nw"), *(_marked(*pair) for pair in zip(cells, last, strict=True))])
    layers = [_("lower {n}").format(n=n) for n in range(1, len(mount.lower) + 1)]
    return grid([_("path"), *layers, _("upper"), *([_("merged")] if with_merged else [])], rows)


def _held(layer: LayerDirectory, path: str) -> str:
    answer = layer.answer(path)
    if answer == "whiteout":
        return _("whiteout")
    if answer == "opaque dir":
        return _("opaque dir")
    return _shown(layer.tree.get(path))


def _seen(mount: OverlayMount, path: str) -> str:
    return _shown(mount.lookup(path).inode)


def _shown(inode: Inode | None) -> str:
    if inode is None:
        return "–"
    return size(inode.size_bytes) if inode.type == "file" else inode.type


def _marked(now: str, before: str) -> Html | str:
    return now if now == before else el("mark", now)


def lookup_table(found: Lookup, names: Sequence[str]) -> Html:
    """Each layer that was asked, in order; `names` are the layers', the lowest first. The last answers are marked."""
    rows = [
        [_("{n}.").format(n=i), el("code", step.path), names[step.layer], answer_text(step.answer)]
        for i, step in enumerate(found.steps, 1)
    ]
    marked = [i for i, step in enumerate(found.steps) if step.path == found.path and step.layer in found.layers]
    if not marked:
        marked = [len(rows) - 1]
    return grid([_("step"), _("looked for"), _("layer"), _("answer")], rows, on=marked)
