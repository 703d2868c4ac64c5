"""What a node has, what it keeps for itself, and what is left for pods.

Left out: devices, swap, and the huge page sizes other than 2 MiB.

References
----------
pkg/kubelet/nodestatus/setters.go: MachineInfo; pkg/kubelet/cm/node_container_manager_linux.go:
GetNodeAllocatableReservation, GetNodeAllocatableAbsolute, validateNodeAllocatable; pkg/kubelet/cm/helpers.go:
hardEvictionReservation (v1.37)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from k8smodels.api.errors import invalid, unsupported
from k8smodels.api.pod import ResourceList
from k8smodels.api.quantity import Quantity, QuantityError
from k8smodels.isolation.cpu import milli_cpu_to_shares
from k8smodels.isolation.requests import ZERO, milli_cpu, value
from k8smodels.isolation.threshold_settings import parse_thresholds

Texts = Mapping[str, str]
"""Amounts by resource, as they stand in a KubeletConfiguration."""

RESERVABLE = ("cpu", "memory", "ephemeral-storage", "pid")

_EVICTION_RESERVES: Mapping[str, str] = {"memory.available": "memory", "nodefs.available": "ephemeral-storage"}
_POWERS = {"n": -9, "u": -6, "m": -3, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_DECIMAL = re.compile(r"[+-]?[0-9]*\.?([0-9]*)([a-zA-Z]?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineInfo:
    """The hardware as the kubelet finds it, and its bound on pods.

    Attributes
    ----------
    cores
        Number of CPUs.
    memory_bytes, ephemeral_storage_bytes
        All there is.
    hugepages_2mi
        Pages of 2 MiB that are set aside.
    max_pods, pods_per_core
        ``maxPods`` and ``podsPerCore``; the smaller bound counts, 0 for none a core.

    Raises
    ------
    FieldError
        A negative number.
    """

    cores: int
    memory_bytes: int
    ephemeral_storage_bytes: int = 0
    hugepages_2mi: int = 0
    max_pods: int = 110
    pods_per_core: int = 0

    def __post_init__(self) -> None:
        for part in fields(self):
            if getattr(self, part.name) < 0:
                raise invalid(part.name, getattr(self, part.name), "must be greater than or equal to 0")

    @property
    def resources(self) -> ResourceList:
        """What can be reserved from."""
        pages = {"hugepages-2Mi": _binary(self.hugepages_2mi << 21)} if self.hugepages_2mi else {}
        storage = _binary(self.ephemeral_storage_bytes)
        cpu = Quantity.from_milli(self.cores * 1000)
        return {"cpu": cpu, "memory": _binary(self.memory_bytes), "ephemeral-storage": storage, **pages}

    @property
    def capacity(self) -> ResourceList:
        """``status.capacity`` of the node."""
        per_core = self.cores * self.pods_per_core if self.pods_per_core > 0 else self.max_pods
        return {**self.resources, "pods": Quantity.from_value(min(per_core, self.max_pods))}


@dataclass(frozen=True, slots=True)
class NodeAllocatable:
    """How a node is divided.

    Attributes
    ----------
    capacity
        What there is.
    system_reserved, kube_reserved, eviction_reserved
        The parts kept for the system, for Kubernetes' own daemons, and below the hard eviction thresholds.
    reservation
        Their sum, where it is not zero.
    allocatable
        What the scheduler may give to pods: capacity less reservation, and memory less huge pages.
    kubepods
        What the cgroup of all pods is limited to: eviction thresholds and huge pages are not taken off.
    errors
        Why the kubelet would not start: more reserved than there is. The amounts stand there as Go prints their fields.
    """

    capacity: ResourceList
    system_reserved: ResourceList
    kube_reserved: ResourceList
    eviction_reserved: ResourceList
    reservation: ResourceList
    allocatable: ResourceList
    kubepods: ResourceList
    errors: tuple[str, ...]

    @property
    def kubepods_memory_bytes(self) -> int:
        """``memory.max`` of the cgroup ``kubepods``."""
        return value(self.kubepods, "memory")

    @property
    def kubepods_cpu_shares(self) -> int:
        """``cpu.shares`` of the cgroup ``kubepods``; see `k8smodels.isolation.cpu.kubelet_weight`."""
        return milli_cpu_to_shares(milli_cpu(self.kubepods))


def node_allocatable(
    machine: MachineInfo,
    *,
    system_reserved: Texts | None = None,
    kube_reserved: Texts | None = None,
    eviction_hard: Texts | None = None,
) -> NodeAllocatable:
    """Divide `machine`.

    Parameters
    ----------
    machine
        The node.
    system_reserved, kube_reserved, eviction_hard
        ``systemReserved``, ``kubeReserved`` and ``evictionHard`` as they are written; no defaults are added.

    Raises
    ------
    FieldError
        A reservation that is no quantity, or is negative, or of a resource that cannot be reserved.
    ThresholdError
        A threshold that the kubelet refuses.
    """
    resources = machine.resources
    system = _reserved("systemReserved", system_reserved or {})
    kube = _reserved("kubeReserved", kube_reserved or {})
    eviction = _eviction_reserved(resources, eviction_hard or {})
    reservation = {
        name: total for name in resources if (total := _sum(parts.get(name) for parts in (system, kube, eviction))).sign
    }
    left = {name: _less(amount, reservation.get(name)) for name, amount in machine.capacity.items()}
    pages = resources.get("hugepages-2Mi")
    return NodeAllocatable(
        capacity=machine.capacity,
        system_reserved=system,
        kube_reserved=kube,
        eviction_reserved=eviction,
        reservation=reservation,
        allocatable={**left, "memory": _less(left["memory"], pages)},
        kubepods={name: _less(amount, system.get(name), kube.get(name)) for name, amount in resources.items()},
        errors=tuple(
            _too_much(name, reserved, _scale(name, system_reserved, kube_reserved), resources[name])
            for name, reserved in sorted(reservation.items())
            if reserved > resources[name]
        ),
    )


def _reserved(path: str, texts: Texts) -> ResourceList:
    amounts = {}
    for name, text in texts.items():
        if name not in RESERVABLE:
            raise unsupported(f"{path}[{name}]", name, RESERVABLE)
        amounts[name] = _amount(f"{path}[{name}]", text)
    return amounts


def _amount(path: str, text: str) -> Quantity:
    try:
        amount = Quantity.parse(text)
    except QuantityError as error:
        raise invalid(path, text, str(error)) from None
    if amount.sign < 0:
        raise invalid(path, text, "must be greater than or equal to 0")
    return amount


def _eviction_reserved(resources: ResourceList, eviction_hard: Texts) -> ResourceList:
    """Below a hard threshold pods are evicted: what lies there cannot be given to them."""
    return {
        resource: threshold.value.of(resources[resource])
        for threshold in parse_thresholds(hard=eviction_hard)
        if (resource := _EVICTION_RESERVES.get(threshold.signal))
    }


def _sum(amounts: Iterable[Quantity | None]) -> Quantity:
    return sum((amount for amount in amounts if amount is not None), ZERO)


def _less(amount: Quantity, *taken: Quantity | None) -> Quantity:
    """What is left of `amount`, at least zero."""
    left = amount - _sum(taken)
    return left if left.sign > 0 else Quantity.from_value(0, amount.format)


def _binary(amount: int) -> Quantity:
    return Quantity.from_value(amount, "BinarySI")


def _too_much(name: str, reserved: Quantity, scale: int, capacity: Quantity) -> str:
    there = _fields(capacity, -3 if name == "cpu" else 0)
    kept = f"a reservation of {_fields(reserved, scale)} but capacity of {there}"
    return f'Resource "{name}" has {kept}. Expected capacity >= reservation.'


def _fields(amount: Quantity, scale: int) -> str:
    """How Go prints a quantity's fields: the number, its power of ten, no big decimal, no cached text, the format."""
    number = amount.nanos * 10 ** max(-scale, 0) // 10 ** (9 + max(scale, 0))
    return f"{{{{{number} {scale}}} {{<nil>}}  {amount.format}}}"


def _scale(name: str, *texts: Texts | None) -> int:
    """The power of ten in which Go keeps the sum of what is reserved: the smallest of those that were written."""
    written = [reserved[name] for reserved in texts if reserved and name in reserved]
    scales = [_scale_of(text) for text in written if Quantity.parse(text).sign]
    return min(scales, default=0)


def _scale_of(text: str) -> int:
    match = _DECIMAL.fullmatch(text)
    return _POWERS.get(match.group(2), 0) - len(match.group(1)) if match else 0
