"""Names of objects: usable in DNS, or at least in a path.

References
----------
staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go: IsDNS1123Label, IsDNS1123Subdomain;
staging/src/k8s.io/apimachinery/pkg/api/validate/content/path.go: IsPathSegmentName (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_LABEL}(\.{_LABEL})*"
_ENDS = "must start and end with an alphanumeric character"
# The comma before "or" is the API server's own.
_LABEL_RULE = (
    f"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and {_ENDS}"
    f" (e.g. 'my-name',  or '123-abc', regex used for validation is '{_LABEL}')"
)
_SUBDOMAIN_RULE = (
    f"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and {_ENDS}"
    f" (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)


def dns_label_problems(name: str) -> list[str]:
    """What is wrong with a name that must be one label of at most 63 characters, in the API server's words."""
    problems = _too_long(name, 63)
    if re.fullmatch(_LABEL, name) is None:
        has_dots = re.fullmatch(_SUBDOMAIN, name) is not None
        problems.append("must not contain dots" if has_dots else _LABEL_RULE)
    return problems


def dns_subdomain_problems(name: str) -> list[str]:
    """What is wrong with a name that must be labels joined by dots, of at most 253 characters in all."""
    problems = _too_long(name, 253)
    if re.fullmatch(_SUBDOMAIN, name) is None:
        problems.append(_SUBDOMAIN_RULE)
    return problems


def path_segment_problems(name: str) -> Iterator[str]:
    """What is wrong with a name that only has to fit into a path."""
    if name in (".", ".."):
        yield f"may not be '{name}'"
        return
    yield from (f"may not contain '{char}'" for char in "/%" if char in name)


def _too_long(name: str, most: int) -> list[str]:
    length = len(name.encode(errors="surrogatepass"))
    return [f"must be no more than {most} characters"] if length > most else []
