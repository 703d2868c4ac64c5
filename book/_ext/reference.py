"""The API reference: `.. package:: k8smodels.api` documents every module of a package from its docstrings.

Each function and class names the chapters whose code cells use it.
"""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.statemachine import StringList
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.ext.autodoc import AttributeDocumenter
from sphinx.transforms import SphinxTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

PACKAGE = "k8smodels"
USES: dict[str, list[str]] = {}  # full name of a function or class -> the pages whose cells use it


def modules(package: str) -> list[str]:
    """The public modules of `package`, itself first, then by name."""
    root = importlib.import_module(package)
    found = pkgutil.walk_packages(root.__path__, f"{package}.")
    return [package, *sorted(m.name for m in found if not any(part.startswith("_") for part in m.name.split(".")))]


def cells(notebook: Path) -> Iterator[str]:
    """The source of each code cell, without the lines that only IPython understands."""
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "\n".join(line for line in "".join(cell["source"]).split("\n") if not line.startswith(("%", "!")))


def imported(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each name that `tree` binds to something of ours, with what it stands for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE:
            yield from ((alias.asname or alias.name, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Import):
            ours = (alias for alias in node.names if alias.name.split(".")[0] == PACKAGE)
            yield from ((alias.asname or PACKAGE, alias.name if alias.asname else PACKAGE) for alias in ours)


def dotted(node: ast.AST) -> str:
    """`a.b.c` as written, or nothing if `node` is not such a chain of names."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def home(name: str) -> str:
    """Where the thing called `name` is defined: a package may only pass it on."""
    module, _, attribute = name.rpartition(".")
    try:
        thing: Any = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        return ""
    return f"{thing.__module__}.{thing.__qualname__}" if hasattr(thing, "__qualname__") else ""


def used(notebook: Path) -> set[str]:
    """The full names of everything of ours that the notebook's cells name."""
    names: dict[str, str] = {}
    found: set[str] = set()
    for source in cells(notebook):
        tree = ast.parse(source)
        names.update(imported(tree))
        for chain in filter(None, map(dotted, ast.walk(tree))):
            first, _, rest = chain.partition(".")
            if first in names:
                found.add(home(f"{names[first]}.{rest}" if rest else names[first]))
    return found - {""}


def collect(app: Sphinx, env: BuildEnvironment, _changed: list[str]) -> None:
    """Look through the notebooks of the book before any page is read."""
    pages: defaultdict[str, list[str]] = defaultdict(list)
    for page in sorted(env.found_docs):
        notebook = Path(app.srcdir, f"{page}.ipynb")
        for name in used(notebook) if notebook.is_file() else ():
            pages[name].append(page)
    USES.clear()
    USES.update(pages)


def add_uses(_app: Sphinx, _what: str, name: str, _thing: object, _options: object, lines: list[str]) -> None:
    """Close a docstring with the chapters that use the thing."""
    if name in USES:
        lines += ["", "Used in: " + ", ".join(f":doc:`/{page}`" for page in USES[name])]


class Package(SphinxDirective):
    """A section for every module of a package, but for packages inside it that have a page of their own."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The package's own docstring, then a section for each module."""
        self.env.note_reread()  # chapters and modules may have come
        package, *others = modules(self.arguments[0])
        others = [module for module in others if not self.has_page(module)]
        return [*self.documented(package, nodes.Element()).children, *map(self.section, others)]

    def has_page(self, module: str) -> bool:
        """Whether `module` belongs to a package inside this one that has a page of its own."""
        stems = (page.stem for page in Path(self.env.srcdir, "reference").glob("*.rst"))
        pages = (f"{PACKAGE}.{stem.replace('-', '.')}" for stem in stems)
        inner = (page for page in pages if page.startswith(f"{self.arguments[0]}."))
        return any(f"{module}.".startswith(f"{page}.") for page in inner)

    def section(self, module: str) -> nodes.Element:
        """A heading with the module's name, and its public members."""
        title = nodes.title("", "", nodes.literal("", module))
        section = nodes.section("", title, ids=[nodes.make_id(module)], names=[])
        return self.documented(module, section, ":members:", ":show-inheritance:")

    def documented(self, module: str, into: nodes.Element, *options: str) -> nodes.Element:
        """What autodoc writes about `module`, put into `into`."""
        lines = [f".. automodule:: {module}", *(f"   {option}" for option in options), ""]
        self.state.nested_parse(StringList(lines, source=module), self.content_offset, into, match_titles=True)
        return into


class ShortIndex(SphinxTransform):
    """The general index names classes and functions: members stand with their class, modules in their own index."""

    default_priority = 700  # before the domain of the index collects them
    MEMBERS = (" method)", " property)", " attribute)")
    MODULE = "module; "

    def apply(self, **_arguments: object) -> None:
        """Take members and modules out of the index of a page."""
        for node in self.document.findall(addnodes.index):
            node["entries"] = [entry for entry in node["entries"] if self._is_sought(entry[1])]

    def _is_sought(self, name: str) -> bool:
        return not name.endswith(self.MEMBERS) and not name.startswith(self.MODULE)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive, the transform and the two hooks."""
    # autodoc looks for type comments, and to that end writes the annotations of a base class into the classes below it,
    # where their names mean nothing. No type stands in a comment here.
    AttributeDocumenter.update_annotations = lambda self, parent: None  # type: ignore[method-assign] # noqa: ARG005
    app.add_directive("package", Package)
    app.add_transform(ShortIndex)
    app.connect("env-before-read-docs", collect)
    app.connect("autodoc-process-docstring", add_uses)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
