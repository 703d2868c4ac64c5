"""What the API server makes of an object that is written: its name and UID, and which parts a write may change.

References
----------
staging/src/k8s.io/apiserver/pkg/storage/names/generate.go; pkg/registry/core/pod/strategy.go: CheckGracefulDelete
(v1.37)
"""

from __future__ import annotations

import random
from dataclasses import replace

from k8smodels.api.lease import Lease
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.pod import Pod

SUFFIX_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
"""The letters of generated names: no vowels, so that no words come about."""

_COUNTED = frozenset(
    {
        "CronJob",
        "DaemonSet",
        "Deployment",
        "EndpointSlice",
        "HorizontalPodAutoscaler",
        "Job",
        "NetworkPolicy",
        "Pod",
        "PodDisruptionBudget",
        "ReplicaSet",
        "ReplicationController",
        "StatefulSet",
    }
)
"""Kinds whose specs are counted; the others have no `metadata.generation`."""


def first_generation(kind: str) -> int:
    """The generation of a new object: 1, or 0 where specs are not counted.

    References
    ----------
    pkg/registry: PrepareForCreate of each strategy (v1.37)
    """
    return 1 if kind in _COUNTED else 0


class Names:
    """Generated names and UIDs.

    Parameters
    ----------
    seed
        Decides on all of them.
    """

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)  # noqa: S311 (not for secrets)

    def suffix(self) -> str:
        """What is put behind ``generateName``."""
        return "".join(self._dice.choices(SUFFIX_ALPHABET, k=5))

    def uid(self) -> str:
        """A random UUID, as RFC 4122 writes it."""
        text = f"{self._dice.getrandbits(128):032x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def merged(stored: KubernetesObject, item: KubernetesObject, *, status: bool) -> KubernetesObject:
    """What an update leaves: a writer of the status changes nothing else, any other writer all but that."""
    old = stored.metadata
    if status:
        return replace(stored, status=item.status)  # type: ignore[call-arg, attr-defined]
    if item.metadata is old and isinstance(item, Lease):  # no status, and no generations
        return item
    keep = {"status": stored.status} if hasattr(stored, "status") else {}
    is_new_spec = getattr(item, "spec", None) != getattr(stored, "spec", None)
    meta = replace(
        item.metadata,
        uid=old.uid,
        creation_timestamp=old.creation_timestamp,
        resource_version=old.resource_version,
        generation=old.generation + 1 if old.generation and is_new_spec else old.generation,
        deletion_timestamp=old.deletion_timestamp,
        deletion_grace_period_seconds=old.deletion_grace_period_seconds,
    )
    return replace(item, metadata=meta, **keep)


def grace_seconds_of(pod: Pod, asked: int | None) -> int:
    """How long a deleted pod may take: no time at all if it has no node yet, or has ended."""
    if not pod.spec.node_name or pod.is_finished:
        return 0
    if asked is not None:
        return asked
    own = pod.spec.termination_grace_period_seconds
    return 30 if own is None else own
