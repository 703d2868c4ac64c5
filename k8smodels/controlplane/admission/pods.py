"""What the API server adds to a new pod, and what may change in it later: its images, and little else.

Left out: `activeDeadlineSeconds`, and the node affinity of a pod that waits at a scheduling gate.

References
----------
pkg/apis/core/validation/validation.go: ValidatePodUpdate, validateOnlyAddedTolerations;
plugin/pkg/admission/defaulttolerationseconds/admission.go (v1.37)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from k8smodels.api.affinity import Toleration
from k8smodels.api.defaults import default_pod
from k8smodels.api.errors import FieldError, forbidden, invalid, required
from k8smodels.api.pod import Container, Pod, PodSpec, PodStatus
from k8smodels.controlplane.admission.rules import pod_spec_errors

DEFAULT_TOLERATION_SECONDS = 300
"""How long a pod stays on a node that is not ready or cannot be reached, if it says nothing itself."""

_UPDATABLE = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
)

Containers = tuple[Container, ...]


def new_pod(pod: Pod) -> Pod:
    """`pod` as it is stored first."""
    filled = default_pod(pod)
    tolerations = filled.spec.tolerations + tuple(_not_ready(filled))
    return replace(filled, spec=replace(filled.spec, tolerations=tolerations), status=PodStatus(phase="Pending"))


def changed_pod_errors(pod: Pod, before: Pod) -> Iterator[FieldError]:
    """What is wrong with a pod that replaces the one of before."""
    now, old = pod.spec, before.spec
    yield from pod_spec_errors(now)
    for name, containers, then in (
        ("containers", now.containers, old.containers),
        ("initContainers", now.init_containers, old.init_containers),
    ):
        if len(containers) != len(then):
            yield forbidden(f"spec.{name}", "pod updates may not add or remove containers")
            return
        yield from _image_errors(containers, f"spec.{name}")
    yield from _toleration_errors(now, old)
    names = {gate.name for gate in old.scheduling_gates}
    for i, gate in enumerate(now.scheduling_gates):
        if gate.name not in names:
            told = f"only deletion is allowed, but found new scheduling gate '{gate.name}'"
            yield forbidden(f"spec.schedulingGates[{i}].name", told)
    yield from _selector_errors(now, old)
    if _as_before(now, old) != old:
        yield forbidden("spec", _UPDATABLE)


def _image_errors(containers: Containers, path: str) -> Iterator[FieldError]:
    for i, container in enumerate(containers):
        if not container.image:
            yield required(f"{path}[{i}].image")
        if container.image != container.image.strip():
            yield invalid(f"{path}[{i}].image", container.image, "must not have leading or trailing whitespace")


def _toleration_errors(now: PodSpec, old: PodSpec) -> Iterator[FieldError]:
    kept = {repr(replace(each, toleration_seconds=None)) for each in now.tolerations}
    if any(repr(replace(each, toleration_seconds=None)) not in kept for each in old.tolerations):
        told = "existing toleration can not be modified except its tolerationSeconds"
        yield forbidden("spec.tolerations", told)


def _selector_errors(now: PodSpec, old: PodSpec) -> Iterator[FieldError]:
    """At a gate a pod's choice of nodes may become narrower."""
    if old.scheduling_gates and any(now.node_selector.get(key) != value for key, value in old.node_selector.items()):
        yield invalid(
            "spec.nodeSelector", dict(now.node_selector), "only additions are allowed, no mutations or deletions"
        )


def _as_before(now: PodSpec, old: PodSpec) -> PodSpec:
    """`now` with everything that may change as it was."""
    grace = now.termination_grace_period_seconds
    if grace == 1 and (old.termination_grace_period_seconds or 0) < 0:
        grace = old.termination_grace_period_seconds
    unknown = {key: value for key, value in now.unknown.items() if key != "activeDeadlineSeconds"}
    unknown |= {key: value for key, value in old.unknown.items() if key == "activeDeadlineSeconds"}
    return replace(
        now,
        containers=_with_images_of(old.containers, now.containers),
        init_containers=_with_images_of(old.init_containers, now.init_containers),
        tolerations=old.tolerations,
        scheduling_gates=old.scheduling_gates,
        node_selector=old.node_selector if old.scheduling_gates else now.node_selector,
        termination_grace_period_seconds=grace,
        unknown=unknown,
    )


def _with_images_of(old: Containers, now: Containers) -> Containers:
    return tuple(replace(each, image=then.image) for each, then in zip(now, old, strict=True))


def _not_ready(pod: Pod) -> list[Toleration]:
    """Tolerations of 300 s for a node that is lost, unless the pod tolerates that taint already."""
    added = []
    for key in ("node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"):
        own = (each for each in pod.spec.tolerations if each.key in (key, "") and each.effect in ("NoExecute", ""))
        if not any(own):
            added.append(
                Toleration(
                    key=key,
                    operator="Exists",
                    effect="NoExecute",
                    toleration_seconds=DEFAULT_TOLERATION_SECONDS,
                )
            )
    return added
