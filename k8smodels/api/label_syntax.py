"""What a label may be called and hold.

References
----------
staging/src/k8s.io/apimachinery/pkg/api/validate/content: kube.go, dns.go, errors.go (v1.37)
"""

from __future__ import annotations

import re
from functools import lru_cache

_NAME = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_VALUE = f"({_NAME})?"
_DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = rf"{_DNS_LABEL}(\.{_DNS_LABEL})*"

_ENDS = "must start and end with an alphanumeric character"
# The commas before "or" are the API server's own.
_NAME_RULE = (
    f"must consist of alphanumeric characters, '-', '_' or '.', and {_ENDS}"
    f" (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '{_NAME}')"
)
_VALUE_RULE = (
    f"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and {_ENDS}"
    f" (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '{_VALUE}')"
)
_SUBDOMAIN_RULE = (
    f"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and {_ENDS}"
    f" (e.g. 'example.com', regex used for validation is '{_SUBDOMAIN}')"
)
_LONGEST_NAME = 63
_LONGEST_SUBDOMAIN = 253

_is_name = re.compile(_NAME).fullmatch
_is_value = re.compile(_VALUE).fullmatch
_is_subdomain = re.compile(_SUBDOMAIN).fullmatch


@lru_cache(maxsize=4096)
def label_key_problems(key: str) -> tuple[str, ...]:
    """What is wrong with a label's key, in the API server's words; nothing if it is valid.

    A key is a name of at most 63 characters, after an optional DNS subdomain and a slash: ``app``,
    ``topology.kubernetes.io/zone``.
    """
    *prefixes, name = key.split("/")
    if len(prefixes) > 1:
        advice = "with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
        return (f"a valid label key {_NAME_RULE} {advice}",)
    problems = [f"prefix part {problem}" for prefix in prefixes for problem in _prefix_problems(prefix)]
    if not name:
        problems.append("name part must be non-empty")
    problems += [f"name part {problem}" for problem in _too_long(name, _LONGEST_NAME)]
    if _is_name(name) is None:
        problems.append(f"name part {_NAME_RULE}")
    return tuple(problems)


@lru_cache(maxsize=4096)
def label_value_problems(value: str) -> tuple[str, ...]:
    """What is wrong with a label's value, in the API server's words; nothing if it is valid. It may be empty."""
    problems = _too_long(value, _LONGEST_NAME)
    if _is_value(value) is None:
        problems.append(_VALUE_RULE)
    return tuple(problems)


def _prefix_problems(prefix: str) -> list[str]:
    if not prefix:
        return ["must be non-empty"]
    problems = _too_long(prefix, _LONGEST_SUBDOMAIN)
    if _is_subdomain(prefix) is None:
        problems.append(_SUBDOMAIN_RULE)
    return problems


def _too_long(text: str, most: int) -> list[str]:
    return [f"must be no more than {most} bytes"] if len(text.encode(errors="surrogatepass")) > most else []
