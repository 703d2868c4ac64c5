"""Formulas as MathML, written at build time: no script, no font, no request; readable without JavaScript.

A formula that the converter does not know is a warning, so that a build with `-W` fails, and shows its source.
"""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

log = logging.getLogger(__name__)

# Sphinx numbers equations itself, so an environment that would add a number becomes its plain counterpart.
PLAIN = {"equation": "", "gather": "matrix", "gathered": "matrix", "multline": "split"}
ENVIRONMENT = re.compile(r"\\(begin|end)\{(align|aligned|eqnarray|equation|gather|gathered|multline)\*?\}")
UNKNOWN = re.compile(r"<mi>(&|\\)")
ALIGNMENT = re.compile(r' columnalign="(left|center|right)"')


def plain(tex: str) -> str:
    """`tex` in the environments that the converter knows."""

    def known(match: re.Match[str]) -> str:
        name = PLAIN.get(match[2], "split")
        return f"\\{match[1]}{{{name}}}" if name else ""

    return ENVIRONMENT.sub(known, tex)


def mathml(tex: str, display: str) -> str:
    """The `<math>` element for `tex`; `display` is "inline" or "block".

    Raises
    ------
    ValueError
        The converter passed a command or an alignment through as text.
    """
    out = str(convert(plain(tex), display=display))
    if UNKNOWN.search(out):
        raise ValueError("a command or an alignment that the converter does not know")
    return ALIGNMENT.sub(r' style="text-align:\1"', out)  # browsers know only the style


def write(translator: HTML5Translator, node: nodes.Element, display: str) -> str:
    """MathML for `node`, or its source and a warning."""
    tex = node.astext().strip()
    try:
        return mathml(tex, display)
    except Exception as error:  # noqa: BLE001  (the converter raises what it likes)
        log.warning("cannot write %r as MathML: %s", tex, error, location=node, type="mathml")
        return f"<code>{translator.encode(tex)}</code>"


def visit_inline(translator: HTML5Translator, node: nodes.Element) -> None:
    """A formula within a sentence."""
    translator.body.append(write(translator, node, "inline"))
    raise nodes.SkipNode


def visit_display(translator: HTML5Translator, node: nodes.Element) -> None:
    """A formula on a line of its own; it can be scrolled by keyboard, and has its number if it has a label."""
    anchors = "".join(f'<span id="{name}"></span>' for name in node["ids"])
    label = translator.attval(node.astext())
    opening = f'<div class="math notranslate nohighlight" tabindex="0" role="group" aria-label="{label}">'
    translator.body.append(opening + anchors)
    if node.get("number"):
        translator.body.append(f'<span class="eqno">({node["number"]})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(write(translator, node, "block") + "</div>\n")
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer that `html_math_renderer: mathml` chooses."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
