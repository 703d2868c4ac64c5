"""firewall: lets traffic to and from the pod pass the host's FORWARD chain.

What is left out: firewalld, and policies for what comes in (``ingressPolicy``).

References
----------
github.com/containernetworking/plugins v1.9.1: plugins/meta/firewall/{firewall,iptables}.go
"""

from __future__ import annotations

from collections.abc import Iterator

from k8smodels.network.addresses import iptables_program
from k8smodels.network.cni.addresses import AddressWithPrefix
from k8smodels.network.cni.execution import Execution, PluginError, Program
from k8smodels.network.cni.iptables import add_rule, delete_rule, has_chain, new_chain, rules_of
from k8smodels.network.cni.plugins.attaching import require_previous
from k8smodels.network.cni.plugins.fields import word
from k8smodels.network.cni.result import Result
from k8smodels.network.cni.spec import VERSIONS

_CHAIN = "CNI-FORWARD"
_ENTRY = '-m comment --comment "CNI firewall plugin rules" -j CNI-FORWARD'
_MISSING = "missing prevResult from earlier plugin"


def add(run: Execution) -> Result:
    """Two rules an address: what answers may go to the pod, and anything may come from it."""
    previous = require_previous(run, _MISSING)
    for ip in previous.ips:
        program = iptables_program(ip.address.version)
        _ensure_chains(run, program)
        for rule in _rules(ip.address):
            if rule not in rules_of(run.node, program, "filter", _CHAIN):
                run.do(add_rule(run.node, program, "filter", _CHAIN, rule))
    return previous


def _ensure_chains(run: Execution, program: str) -> None:
    """The plugin's chain, before all others, and in it first the chain of the administrator."""
    admin = word(run.config, "iptablesAdminChainName", "CNI-ADMIN")
    for chain in (_CHAIN, admin):
        if not has_chain(run.node, program, "filter", chain):
            run.do(new_chain(program, "filter", chain))
    overrides = f'-m comment --comment "CNI firewall plugin admin overrides" -j {admin}'
    for chain, rule in (("FORWARD", _ENTRY), (_CHAIN, overrides)):
        if rule not in rules_of(run.node, program, "filter", chain):
            run.do(add_rule(run.node, program, "filter", chain, rule, first=True))


def _rules(address: AddressWithPrefix) -> Iterator[str]:
    alone = f"{address.ip}/{address.max_prefixlen}"
    yield f"-d {alone} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"
    yield f"-s {alone} -j ACCEPT"


def delete(run: Execution) -> None:
    """Remove the pod's rules; without ``prevResult`` nobody knows which they were, and they stay."""
    previous = run.previous()
    for ip in previous.ips if previous is not None else ():
        program = iptables_program(ip.address.version)
        for rule in _rules(ip.address):
            if rule in rules_of(run.node, program, "filter", _CHAIN):
                run.do(delete_rule(run.node, program, "filter", _CHAIN, rule))


def check(run: Execution) -> None:
    """Whether the pod's rules are still there."""
    for ip in require_previous(run, _MISSING).ips:
        program = iptables_program(ip.address.version)
        if _ENTRY not in rules_of(run.node, program, "filter", "FORWARD"):
            words = "-m comment --comment CNI firewall plugin rules -j CNI-FORWARD"
            raise PluginError(f"expected FORWARD rule [{words}] not found")
        for rule in _rules(ip.address):
            if rule not in rules_of(run.node, program, "filter", _CHAIN):
                raise PluginError(f"expected rule [{rule}] not found")


FIREWALL = Program(
    "firewall",
    {"ADD": add, "DEL": delete, "CHECK": check},
    VERSIONS[VERSIONS.index("0.4.0") :],
    not_modelled=("ingressPolicy", "firewalldZone"),
)
