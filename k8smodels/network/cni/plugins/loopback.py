"""loopback: switches ``lo`` on in the pod. containerd runs it for each pod, before the plugins of the network.

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/main/loopback/loopback.go
"""

from __future__ import annotations

from k8smodels.network.cni.addresses import parse_cidr
from k8smodels.network.cni.effects import set_down, set_up
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.result import Interface, IPConfig, Result
from k8smodels.network.cni.spec import CURRENT_VERSION


def add(run: Execution) -> Result:
    """Switch ``lo`` on; whatever name of an interface was given."""
    _lo_is_there(run)
    run.do(set_up(run.call.netns, "lo"))
    previous = run.previous()
    if previous is not None:
        return previous
    lo = run.pod().link("lo")
    ips = tuple(IPConfig(parse_cidr(address), interface=0) for address in lo.addresses) if lo else ()
    return Result(CURRENT_VERSION, (Interface("lo", "00:00:00:00:00:00", sandbox=run.call.netns),), ips)


def delete(run: Execution) -> None:
    """Switch ``lo`` off, if the namespace is still there."""
    if run.call.netns in run.node.namespaces:
        run.do(set_down(run.call.netns, "lo"))


def check(run: Execution) -> None:
    """Whether ``lo`` is on."""
    _lo_is_there(run)
    lo = run.pod().link("lo")
    if lo is not None and not lo.up:
        raise PluginError("loopback interface is down")


def _lo_is_there(run: Execution) -> None:
    if run.pod().link("lo") is None:
        raise PluginError("Link not found")


LOOPBACK = Program("loopback", {"ADD": add, "DEL": delete, "CHECK": check})
