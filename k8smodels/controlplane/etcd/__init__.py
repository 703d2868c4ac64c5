"""etcd as a replicated log: Raft, in virtual time.

An `EtcdCluster` has members that elect a leader, write one log in common, crash, restart and lose sight of each other.
Clients write with `propose` and read with `read`; each answer has its reason, and `transitions` tells what every
member did and why. `quorum` and `tolerates` are the arithmetic behind it.
"""

from k8smodels.controlplane.etcd.cluster import EtcdCluster
from k8smodels.controlplane.etcd.log import Entry, EntryId
from k8smodels.controlplane.etcd.majority import quorum, tolerates
from k8smodels.controlplane.etcd.member import Timing
from k8smodels.controlplane.etcd.records import MemberStatus, Transition, status_table
from k8smodels.controlplane.etcd.requests import Proposal, Read, Request

__all__ = [
    "Entry",
    "EntryId",
    "EtcdCluster",
    "MemberStatus",
    "Proposal",
    "Read",
    "Request",
    "Timing",
    "Transition",
    "quorum",
    "status_table",
    "tolerates",
]
