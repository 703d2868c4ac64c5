"""Simulated plugins: each is a function from a call and a node to an answer and effects."""

from __future__ import annotations

from collections.abc import Mapping

from k8smodels.network.cni.execution import Program
from k8smodels.network.cni.plugins.bandwidth import BANDWIDTH
from k8smodels.network.cni.plugins.bridge import BRIDGE
from k8smodels.network.cni.plugins.firewall import FIREWALL
from k8smodels.network.cni.plugins.flannel import FLANNEL
from k8smodels.network.cni.plugins.host_local_program import HOST_LOCAL
from k8smodels.network.cni.plugins.loopback import LOOPBACK
from k8smodels.network.cni.plugins.portmap import PORTMAP
from k8smodels.network.cni.plugins.ptp import PTP
from k8smodels.network.cni.plugins.sub_interfaces import IPVLAN, MACVLAN
from k8smodels.network.cni.plugins.tuning import TUNING

__all__ = ["PROGRAMS"]

_ALL = (BANDWIDTH, BRIDGE, FIREWALL, FLANNEL, HOST_LOCAL, IPVLAN, LOOPBACK, MACVLAN, PORTMAP, PTP, TUNING)
PROGRAMS: Mapping[str, Program] = {program.name: program for program in _ALL}
"""The simulated plugins by name."""
