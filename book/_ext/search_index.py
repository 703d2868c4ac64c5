"""The search index has the book's sentences, not what figures print: their words stand glued together in raw HTML."""

from __future__ import annotations

import sphinx.search
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata


class SentenceIndex(sphinx.search.IndexBuilder):
    """Sphinx's index, without raw HTML."""

    def feed(self, docname: str, filename: str, title: str, doctree: nodes.document) -> None:
        """Take in a page."""
        text = doctree.deepcopy()
        for raw in list(text.findall(nodes.raw)):
            raw.parent.remove(raw)
        super().feed(docname, filename, title, text)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Put the index in the place of Sphinx's own, which has no setting for this."""
    del app
    sphinx.search.IndexBuilder = SentenceIndex  # type: ignore[misc]
    return {"parallel_read_safe": True, "parallel_write_safe": True}
