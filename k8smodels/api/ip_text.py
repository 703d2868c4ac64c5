"""IP addresses as text.

References
----------
k8s.io/utils/internal/third_party/forked/golang/net/ip.go: parseIPv4
"""

from __future__ import annotations

import re

_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


def without_leading_zeros(text: str) -> str:
    """An IPv4 address as it is written today; older API servers stored ``010.0.0.1``, and meant ten. IPv6 as it is."""
    return text if ":" in text else _LEADING_ZEROS.sub("", text)
