"""Words that readers see, in the reader's language.

Every sentence goes through `_`; Kubernetes' own messages and object names never do. A sentence with
values is one message with named places, so that a translator may reorder it::

    _("{fit} of {total} nodes pass").format(fit=2, total=5)

The language is that of the environment variable ``K8SMODELS_LANG`` (default ``en``: the messages as
written). Catalogues are ``k8smodels/locale/<language>/LC_MESSAGES/k8smodels.mo``.
"""

from __future__ import annotations

import gettext
import os
from functools import cache
from pathlib import Path

__all__ = ["LANGUAGE_VARIABLE", "_", "language", "ngettext"]

LANGUAGE_VARIABLE = "K8SMODELS_LANG"
"""Name of the environment variable that chooses the language."""

_LOCALE_DIR = Path(__file__).parent / "locale"


@cache
def _catalogue(tag: str) -> gettext.NullTranslations:
    return gettext.translation("k8smodels", _LOCALE_DIR, languages=[tag], fallback=True)


def language() -> str:
    """The language tag in use, for example ``en`` or ``zh_CN``."""
    return os.environ.get(LANGUAGE_VARIABLE) or "en"


def _(message: str) -> str:
    """`message` in the reader's language, or as written where no catalogue has it."""
    return _catalogue(language()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form of a message that fits `count`, in the reader's language."""
    return _catalogue(language()).ngettext(singular, plural, count)
