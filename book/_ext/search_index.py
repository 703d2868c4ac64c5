"""The search index has the book's sentences and the package's names, not more: every page of results loads it whole.

What figures print is left out, since its words stand glued together in raw HTML. So are the members of classes, whose
class can be found, and the packages that draw and check.
"""

from __future__ import annotations

import sphinx.search
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

MACHINERY = ("k8smodels.views", "k8smodels.explore", "k8smodels.conformance")


class SentenceIndex(sphinx.search.IndexBuilder):
    """Sphinx's index, without raw HTML and without members of classes."""

    def feed(self, docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        """Take in a page."""
        text = doctree.deepcopy()
        for raw in list(text.findall(nodes.raw)):
            raw.parent.remove(raw)
        super().feed(docname, filename, title, text)

    def get_objects(self, fn2index: dict[str, int]) -> dict[str, list[tuple[int, int, int, str, str]]]:
        """Modules, classes and functions of the models, by what they stand in."""
        found = super().get_objects(fn2index)
        return {prefix: rows for prefix, rows in found.items() if _is_sought(prefix)}


def _is_sought(prefix: str) -> bool:
    """Whether a reader may look for what stands in a module: not in a class, nor in the machinery of pages."""
    return not prefix.rpartition(".")[2][:1].isupper() and not prefix.startswith(MACHINERY)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Put the index in the place of Sphinx's own, which has no setting for this."""
    del app
    sphinx.search.IndexBuilder = SentenceIndex  # type: ignore[misc]
    return {"parallel_read_safe": True, "parallel_write_safe": True}
