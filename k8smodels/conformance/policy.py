"""The suites ``policy/...`` and ``pods/...``: what is refused, and what a pod's containers share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from k8smodels.api.errors import InvalidObject
from k8smodels.api.meta import ObjectMeta
from k8smodels.api.network_policy import NetworkPolicy, NetworkPolicySpec
from k8smodels.api.pod import Pod, PodSpec
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.network.policy import validate_network_policy
from k8smodels.pods import namespaces_of, validate_pod_sharing

T = TypeVar("T")


def validation(case: JSON) -> JSON:
    """The errors of a policy's spec, and its directions."""
    spec = NetworkPolicySpec.from_json(case["spec"])
    policy = NetworkPolicy(metadata=ObjectMeta(name="policy"), spec=spec)
    return {"errors": _errors(validate_network_policy, policy), "policyTypes": list(spec.directions)}


def sharing(case: JSON) -> JSON:
    """The errors of a pod's spec, and whose namespaces its regular containers are in."""
    pod = Pod(metadata=ObjectMeta(name="web"), spec=PodSpec.from_json(case["spec"]))
    first = next(each for each in namespaces_of(pod) if each.container == pod.spec.containers[0].name)
    modes = {"net": first.mode("net"), "ipc": first.mode("ipc"), "pid": first.mode("pid")}
    return {"errors": _errors(validate_pod_sharing, pod), "modes": modes}


def _errors(check: Callable[[T], None], item: T) -> list[str]:
    try:
        check(item)
    except InvalidObject as refused:
        return [str(error) for error in refused.errors]
    return []


SUITES: Mapping[str, Adapter] = {"pods/sharing": Adapter(sharing), "policy/validation": Adapter(validation)}
