"""Variables in a container's command: ``$(NAME)``.

References
----------
third_party/forked/golang/expansion/expand.go; pkg/kubelet/container/helpers.go: ExpandContainerCommandAndArgs (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))")


def expand(text: str, variables: Mapping[str, str]) -> str:
    """`text` with each ``$(NAME)`` replaced; ``$$`` stands for ``$``, and an unknown name stays as it is.

    Examples
    --------
    >>> expand("$(GREETING) $(NOBODY) $$(GREETING)", {"GREETING": "hi"})
    'hi $(NOBODY) $(GREETING)'
    """
    return _REFERENCE.sub(lambda found: _value(found, variables), text)


def _value(found: re.Match[str], variables: Mapping[str, str]) -> str:
    name = found[1]
    return "$" if name is None else variables.get(name, found[0])
