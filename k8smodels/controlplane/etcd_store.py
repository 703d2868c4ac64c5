"""etcd below the API server: whether a write can be committed now.

A write goes through in no time while a majority of the members has a leader. The members' own messages are simulated
only from the first failure on: before it nothing would come of them.
"""

from __future__ import annotations

from collections.abc import Collection

from k8smodels.controlplane.clock import Clock
from k8smodels.controlplane.etcd import EtcdCluster, quorum

_ELECTION_SECONDS = 5.0
"""Time enough for members that have just started to elect a leader."""


class EtcdStore:
    """The members, and the clock that they share with the rest of the cluster.

    Parameters
    ----------
    clock
        The time.
    members
        How many there are.
    seed
        Decides on the members' waits.
    """

    def __init__(self, clock: Clock, members: int = 3, seed: int = 1) -> None:
        self._clock = clock
        self._began_seconds = 0.0
        self._members, self._seed = members, seed
        self._cluster: EtcdCluster | None = None

    @property
    def members(self) -> EtcdCluster:
        """The members as they are now."""
        if self._cluster is None:
            self._cluster = EtcdCluster(self._members, self._seed)
            self._cluster.advance(_ELECTION_SECONDS)
            self._began_seconds = self._clock.seconds
        passed = _ELECTION_SECONDS + self._clock.seconds - self._began_seconds
        if passed > self._cluster.now:
            self._cluster.advance(passed - self._cluster.now)
        return self._cluster

    @property
    def has_quorum(self) -> bool:
        """Whether a leader reaches a majority of the members."""
        if self._cluster is None:
            return True
        cluster = self.members
        down = {status.member for status in cluster.status() if status.role == "down"}
        leader = cluster.leader
        reached: Collection[str] = next((group for group in cluster.groups if leader in group), ())
        return leader is not None and len(set(reached) - down) >= quorum(len(cluster.members))
