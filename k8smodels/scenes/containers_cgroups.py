"""Scenes of the chapter on containers: from a manifest to a QoS class and to files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from k8smodels.api.defaults import default_pod
from k8smodels.api.kinds import load
from k8smodels.api.pod import Pod
from k8smodels.api.validation import validate
from k8smodels.i18n import _
from k8smodels.isolation import (
    QOS,
    KubeletSettings,
    container_cgroup,
    container_resources,
    pod_cgroup,
    pod_qos,
    pod_resource_config,
)
from k8smodels.isolation.cgroup_path import CgroupDriver
from k8smodels.isolation.cpu import kubelet_weight, milli_cpu_to_shares, runtime_weight
from k8smodels.views.frame import Frame
from k8smodels.views.html import join
from k8smodels.views.resources import container_files, pod_files, qos_table
from k8smodels.views.resources.cgroups import Version
from k8smodels.views.tables import table

NODE = KubeletSettings(memory_capacity_bytes=8 << 30, memory_allocatable_bytes=7 << 30)
MOST_CONTAINERS = 20
UID = "7f3a"
"""For manifests without one: the API server gives it."""

_HEAD = """\
apiVersion: v1
kind: Pod
metadata: {name: web, uid: 7f3a}
spec:
"""


def cases() -> Mapping[str, str]:
    """Prepared manifests by what is special about them."""
    one = _HEAD + "  containers:\n  - name: app\n    image: nginx\n    resources:\n"
    return {
        _("requests below limits"): one
        + '      requests: {cpu: 250m, memory: 64Mi}\n      limits: {cpu: "1", memory: 128Mi}\n',
        _("limits only"): one + '      limits: {cpu: "1", memory: 1Gi}\n',
        _("a request, no limit"): one + "      requests: {cpu: 500m}\n",
        _("nothing at all"): _HEAD + "  containers:\n  - {name: app, image: nginx}\n",
        _("a sidecar without limits"): _HEAD
        + "  containers:\n"
        + "  - name: app\n    image: nginx\n    resources:\n      limits: {cpu: 500m, memory: 256Mi}\n"
        + "  - {name: log, image: fluent-bit}\n",
        _("resources of the Pod as a whole"): _HEAD
        + '  resources:\n    limits: {cpu: "1", memory: 1Gi}\n'
        + "  containers:\n  - {name: app, image: nginx}\n  - {name: log, image: fluent-bit}\n",
    }


def files_of(text: str, version: str, driver: str) -> Frame:
    """What becomes of the Pod in `text` on a node of 8 Gi: class with reasons, directories, files.

    Raises
    ------
    ValueError
        What the API server would refuse, or not exactly one Pod.
    """
    item = one_pod(text)
    qos, chosen, written = pod_qos(item), cast("CgroupDriver", driver), cast("Version", version)
    path = pod_cgroup(qos.qos_class, item.metadata.uid or UID, chosen)
    parts = [qos_table(qos), pod_files(path, pod_resource_config(item, NODE), written)]
    for i, container in enumerate([*item.all_containers][:MOST_CONTAINERS]):
        inside = container_cgroup(path, f"c{i}d4", chosen)
        parts.append(container_files(container.name, inside, container_resources(item, container, NODE), written))
    return Frame(join(parts), _class_says(qos))


def one_pod(text: str) -> Pod:
    """The Pod that `text` holds, with defaults filled in as the API server does.

    Raises
    ------
    ValueError
        What the API server would refuse, or not exactly one Pod.
    """
    items = load(text)
    if len(items) != 1 or not isinstance(items[0], Pod):
        raise ValueError(_("Give exactly one object of kind Pod."))
    validate(items[0])
    item = default_pod(items[0])
    # A dump names the class already; here it is worked out anew, with its reasons.
    return replace(item, status=replace(item.status, qos_class=""))


def _class_says(qos: QOS) -> str:
    texts = {
        "Guaranteed": _("**Guaranteed**: wherever it counts, CPU and memory have a request and an equal limit."),
        "Burstable": _("**Burstable**: something is set, but not everything, or not equal."),
        "BestEffort": _("**BestEffort**: nothing has a request or a limit of CPU or memory."),
    }
    return texts[qos.qos_class]


def weights(milli_cpu: int) -> Frame:
    """What a request of so many milliCPU is called on the way to a container's cgroup."""
    shares = milli_cpu_to_shares(milli_cpu)
    pod, container = kubelet_weight(shares), runtime_weight(shares)
    rows = [
        ("cpu.shares", "v1", _("Pod and container"), shares),
        ("cpu.weight", "v2", _("Pod, written by the kubelet"), pod),
        ("cpu.weight", "v2", _("container, written by runc"), container),
    ]
    head = [_("file"), _("version"), _("cgroup of the"), _("number")]
    says = _("A request of **{cpu}** CPU: {pod} for the Pod, {container} for its container.").format(
        cpu=f"{milli_cpu / 1000:g}", pod=pod, container=container
    )
    return Frame(table(head, rows), says)


def becomes(text: str, qos_class: str, weight: int) -> str:
    """Say in one sentence whether the Pod in `text` has this class, and its cgroup this ``cpu.weight``."""
    try:
        item = one_pod(text)
        files = pod_resource_config(item, NODE).v2_files()
    except ValueError as error:
        return str(error)
    found = pod_qos(item).qos_class
    if found != qos_class:
        return _("Not yet: the Pod is {found}, not {wanted}.").format(found=found, wanted=qos_class)
    if files["cpu.weight"] != str(weight):
        got = files["cpu.weight"]
        return _("{found} it is. But cpu.weight is {got}, not {wanted}.").format(found=found, got=got, wanted=weight)
    return _("Done: {found}, and cpu.weight is {wanted}.").format(found=found, wanted=weight)


def listing(text: str) -> str:
    """The files of the Pod in `text` on cgroup v2 with systemd, as plain text."""
    item = one_pod(text)
    path = pod_cgroup(pod_qos(item).qos_class, item.metadata.uid or UID, "systemd")
    found = {path: pod_resource_config(item, NODE).v2_files()}
    for container in item.spec.containers:
        inside = container_cgroup("…", container.name, "systemd")
        found[inside] = container_resources(item, container, NODE).v2_files()
    return "\n".join(
        line for where, files in found.items() for line in (where, *(f"  {n} = {v}" for n, v in sorted(files.items())))
    )


__all__ = ["becomes", "cases", "files_of", "listing", "one_pod", "weights"]
