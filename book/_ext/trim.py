"""One small stylesheet, only the scripts that a page needs, and repairs of the theme's markup.

Nothing of the theme is copied or forked. The stylesheet is made at the end of each build from the theme's own files: it
keeps the rules whose classes occur in the pages or in the scripts, and the icons that the kept rules name. So it
follows the content by itself.
"""

from __future__ import annotations

import hashlib
import html
import json
import posixpath
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html._assets import _JavaScript
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

from trim_css import slimmed
from trim_icons import icon_fonts
from trim_markup import repaired

log = logging.getLogger(__name__)

BUNDLE = "site.css"
THEME_STYLES = ("basic.css", "styles/pydata-sphinx-theme.css")  # the theme's own macro links them, not css_files
OURS = re.compile(r"tokens\.css|frames\.css|k8s-|site-fix")  # kept whole: their classes may sit in compressed frames
UNUSED = re.compile(r"thebe|togglebutton|toggleHint|toggleOpenOnPrint", re.IGNORECASE)
# what must stand in a page's text for a script to have work there
NEEDS = {
    "clipboard.min.js": 'class="highlight"',
    "copybutton.js": 'class="highlight"',
    "design-tabs.js": "sd-tab-set",
    "k8s-explorer.js": 'class="kf',
    "k8s-quiz.js": "data-(predict|exercise)",
}
# files that no page of this site loads
DEAD = re.compile(r"scripts/fontawesome\.js|vendor/fontawesome|thebe|togglebutton|webpack-macros\.html|\.map$")
WORD = re.compile(r"-?[A-Za-z_][\w-]*")
ATTRIBUTE = re.compile(r"""\b(?:class|id)=(?:"([^"]*)"|'([^']*)')""")
INLINE_SCRIPT = re.compile(r"<script(?![^>]*text/plain)[^>]*>(.*?)</script>", re.DOTALL)
LINKED_SCRIPT = re.compile(r'<script[^>]*src="(?:\.\./)*_static/([^"?]+)')
LINK = re.compile(rf"_static/{re.escape(BUNDLE)}(\?v=\w+)?")
SIDEBAR = '<div id="pst-primary-sidebar" class='
DESCRIPTION_LENGTH = 160
Script = Any  # Sphinx's private record of a script
Context = dict[str, Any]  # what a page's template is given
STYLES: dict[str, None] = {}  # the stylesheets that pages ask for, in their order


def idle(file: str, body: str) -> bool:
    """Whether the script `file` would find nothing to do on a page with the text `body`."""
    need = NEEDS.get(posixpath.basename(file).split("?")[0])
    return need is not None and not re.search(need, body)


def scripts(files: list[Script], text: str, *, search: bool) -> list[Script]:
    """Each script once, without those that the page has no use for, deferred so that none delays the first paint.

    The search page and the indices keep the order as it is: their inline scripts need the others at once.
    """
    kept, seen = [], set()
    for script in files:
        attributes = dict(getattr(script, "attributes", {}))
        body, file = attributes.get("body") or "", str(getattr(script, "filename", script) or "")
        if (file, body) in seen or UNUSED.search(file + body) or idle(file, text):
            continue
        seen.add((file, body))
        if not search and body.startswith("DOCUMENTATION_OPTIONS."):
            attributes["type"] = "module"  # modules run in order with deferred scripts
        elif not search and file and "async" not in attributes:
            attributes["defer"] = "defer"
        priority = getattr(script, "priority", 500)
        kept.append(_JavaScript(getattr(script, "filename", None), priority=priority, **attributes))  # type: ignore[arg-type]
    return kept


def description(doctree: nodes.document | None, title: str) -> str:
    """What a search engine shows: the first paragraph, cut at a word; the title where there is no text."""
    paragraphs = doctree.findall(nodes.paragraph) if doctree is not None else []
    text = next((p.astext().replace("\n", " ") for p in paragraphs if len(p.astext()) > 40), title)
    if len(text) <= DESCRIPTION_LENGTH:
        return text
    return text[:DESCRIPTION_LENGTH].rsplit(" ", 1)[0] + " …"


def page(_app: Sphinx, name: str, _template: str, context: Context, doctree: nodes.document | None) -> None:
    """Settle what one page loads, and repair its text."""
    styles = [str(css.filename) for css in context["css_files"] if not UNUSED.search(str(css.filename))]
    STYLES.update(dict.fromkeys(s.removeprefix("_static/").split("?")[0] for s in styles))
    context["css_files"] = [f"_static/{BUNDLE}"]  # stamped with its hash at the end of the build
    context["script_files"] = scripts(context["script_files"], context.get("body") or "", search=doctree is None)
    if context.get("body"):
        context["body"] = repaired(context["body"], name)
    if 'name="description"' not in (context.get("metatags") or ""):
        text = html.escape(description(doctree, context.get("title") or name))
        context["metatags"] = f'{context.get("metatags") or ""}<meta name="description" content="{text}" />\n'


def memo(app: Sphinx) -> Path:
    """Where the names of the stylesheets are kept between builds."""
    return Path(app.doctreedir, "trim-styles.json")


def begin(app: Sphinx) -> None:
    """The stylesheets of all pages in order, also of those that this build does not write anew."""
    STYLES.clear()
    STYLES.update(dict.fromkeys(json.loads(memo(app).read_text()) if memo(app).is_file() else []))


def used_names(texts: list[str], static: Path) -> set[str]:
    """Every class and id in the pages, and every word of the scripts that may set one."""
    used: set[str] = set()
    for text in texts:
        for double, single in ATTRIBUTE.findall(text):
            used.update((double or single).split())
        for script in INLINE_SCRIPT.findall(text):
            used.update(WORD.findall(script))
    for file in {name for text in texts for name in LINKED_SCRIPT.findall(text)}:
        if (static / file).is_file():
            used.update(WORD.findall((static / file).read_text("utf-8")))
    return used


def stylesheet(static: Path, names: list[str], used: set[str]) -> str:
    """All stylesheets as one, pruned; the icon fonts first."""
    parts = []
    for name in names:
        keep = None if OURS.search(name) else used
        parts.append(slimmed((static / name).read_text("utf-8"), posixpath.dirname(name), keep))
    css = "".join(parts)
    return '@charset "utf-8";' + icon_fonts(css) + css


def bundle(app: Sphinx, error: Exception | None) -> None:
    """Write the stylesheet, link it from every page, and delete what no page loads."""
    if error or app.builder.format != "html" or not STYLES:
        return
    memo(app).write_text(json.dumps(list(STYLES)))
    out, static = Path(app.outdir), Path(app.outdir, "_static")
    pages = [path for path in out.rglob("*.html") if "_static" not in path.relative_to(out).parts]
    texts = {path: path.read_text("utf-8") for path in pages}
    used = used_names(list(texts.values()), static) | set(app.config.trim_keep)
    css = stylesheet(static, [*THEME_STYLES, *STYLES], used)
    (static / BUNDLE).write_text(css, "utf-8")
    stamp = hashlib.sha256(css.encode()).hexdigest()[:8]
    for path, text in texts.items():
        new = LINK.sub(f"_static/{BUNDLE}?v={stamp}", text)
        new = new.replace(SIDEBAR, SIDEBAR.replace(" class=", ' role="complementary" aria-label="Book" class='))
        if new != text:
            path.write_text(new, "utf-8")
    for path in list(static.rglob("*")):
        if path.is_file() and DEAD.search(path.relative_to(static).as_posix()):
            path.unlink()
    log.info("%s: %d KB", BUNDLE, len(css) // 1024)


def setup(app: Sphinx) -> ExtensionMetadata:
    """Stand last in line, so that every other extension has said what it wants."""
    app.add_config_value("trim_keep", [], "html")
    app.connect("builder-inited", begin)
    app.connect("html-page-context", page, priority=950)
    app.connect("build-finished", bundle, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
