"""The addresses of a pod, and what it says about name resolution.

References
----------
staging/src/k8s.io/api/core/v1/types.go (v1.37)
"""

from __future__ import annotations

from k8smodels.api.structure import Struct, struct


@struct
class PodIP(Struct):
    """An address of a pod; it has at most one of each family."""

    ip: str = ""


@struct
class PodDNSConfigOption(Struct):
    """An option of ``resolv.conf``: ``ndots`` with the value ``2``, or ``edns0`` without one."""

    name: str = ""
    value: str | None = None


@struct
class PodDNSConfig(Struct):
    """What is added to the ``resolv.conf`` that a pod's DNS policy gives."""

    nameservers: tuple[str, ...] = ()
    searches: tuple[str, ...] = ()
    options: tuple[PodDNSConfigOption, ...] = ()
