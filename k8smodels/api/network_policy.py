"""Which traffic of pods is allowed.

References
----------
staging/src/k8s.io/api/networking/v1/types.go; pkg/apis/networking/v1/defaults.go (v1.37)
"""

from __future__ import annotations

from typing import ClassVar

from k8smodels.api.meta import KubernetesObject
from k8smodels.api.selectors import LabelSelector
from k8smodels.api.structure import Struct, struct

INGRESS, EGRESS = "Ingress", "Egress"


@struct
class NetworkPolicyPort(Struct):
    """Ports of one protocol, else of TCP: a number, a range up to `end_port`, a port's name, or all of them."""

    protocol: str | None = None
    port: int | str | None = None
    end_port: int | None = None


@struct
class IPBlock(Struct):
    """The addresses of `cidr` without those of `except_`."""

    cidr: str = ""
    except_: tuple[str, ...] = ()


@struct
class NetworkPolicyPeer(Struct):
    """The other end: pods of the policy's namespace, pods of selected namespaces, or a block of addresses.

    Both selectors in one peer must hold at once. An empty selector selects all; an absent one does not.
    """

    pod_selector: LabelSelector | None = None
    namespace_selector: LabelSelector | None = None
    ip_block: IPBlock | None = None


@struct
class NetworkPolicyIngressRule(Struct):
    """Traffic that matches one of `ports` and comes from one of `from_`; an empty list matches everything."""

    ports: tuple[NetworkPolicyPort, ...] = ()
    from_: tuple[NetworkPolicyPeer, ...] = ()


@struct
class NetworkPolicyEgressRule(Struct):
    """Traffic that matches one of `ports` and goes to one of `to`; an empty list matches everything."""

    ports: tuple[NetworkPolicyPort, ...] = ()
    to: tuple[NetworkPolicyPeer, ...] = ()


@struct
class NetworkPolicySpec(Struct):
    """The pods that are isolated, and what they are allowed all the same."""

    pod_selector: LabelSelector = LabelSelector()
    ingress: tuple[NetworkPolicyIngressRule, ...] = ()
    egress: tuple[NetworkPolicyEgressRule, ...] = ()
    policy_types: tuple[str, ...] = ()

    @property
    def directions(self) -> tuple[str, ...]:
        """`policy_types`; without any, ``Ingress``, and ``Egress`` if there is an egress rule."""
        return self.policy_types or ((INGRESS, EGRESS) if self.egress else (INGRESS,))


@struct
class NetworkPolicy(KubernetesObject):
    """A list of what is allowed to and from the pods that it selects. There is no way to forbid."""

    unmodelled: ClassVar[frozenset[str]] = frozenset({"status"})  # older servers wrote an empty one
    api_version: ClassVar[str] = "networking.k8s.io/v1"
    kind: ClassVar[str] = "NetworkPolicy"

    spec: NetworkPolicySpec = NetworkPolicySpec()
