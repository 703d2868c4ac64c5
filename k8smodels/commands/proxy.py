"""``python -m k8smodels proxy``: the rules that kube-proxy would write on a node."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.errors import DecodeError
from k8smodels.api.kinds import load_file
from k8smodels.api.meta import KubernetesObject
from k8smodels.api.node import Node
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync as iptables_sync
from k8smodels.kubeproxy.ipvs.sync import sync as ipvs_sync
from k8smodels.kubeproxy.ipvs.text import ipset_lines, ipvsadm_lines
from k8smodels.kubeproxy.nftables.sync import full_sync as nftables_sync
from k8smodels.kubeproxy.state import ProxyState, proxy_state
from k8smodels.netfilter.addresses import Family, InvalidAddressError, canonical, family_of, network

DESCRIPTION = """\
Print the rules that kube-proxy would write on a node for Services and EndpointSlices, as the tools of the kernel read
them: --mode iptables for iptables-restore, nftables for nft -f, ipvs for ipset restore, ipvsadm --restore and
iptables-restore. Nothing is loaded anywhere.

  kubectl get services,endpointslices,nodes -A -o yaml > cluster.yaml
  python -m k8smodels proxy --mode nftables --node node-1 --cluster-cidr 10.244.0.0/16 cluster.yaml

exit codes: 0 the rules were printed, 2 the input was refused"""

MODES = ("iptables", "nftables", "ipvs")


def add_to(commands: Any) -> None:
    """Add the command to argparse's `commands`."""
    parser = commands.add_parser(
        "proxy",
        help="which rules would kube-proxy write on this node?",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--mode", choices=MODES, default="nftables", help="default: nftables")
    parser.add_argument("--node", required=True, metavar="NAME", help="the node that looks")
    parser.add_argument("--node-ip", action="append", metavar="IP", help="its addresses, if the files have no Node")
    parser.add_argument("--family", choices=("IPv4", "IPv6"), default="IPv4", help="default: IPv4")
    parser.add_argument("--cluster-cidr", metavar="CIDR", help="the pods' addresses: how local traffic is told")
    parser.add_argument(
        "--masquerade-all", action="store_true", help="rewrite the source of all traffic to cluster IPs"
    )
    parser.add_argument("--nodeport-addresses", nargs="*", default=[], metavar="CIDR", help="where node ports answer")
    parser.add_argument("--service-cidr", nargs="*", default=[], metavar="CIDR", help="the cluster IPs (nftables)")
    parser.add_argument("--scheduler", default="rr", help="how IPVS picks a server; default: rr")
    parser.add_argument("files", nargs="+", metavar="FILE", help="Services, EndpointSlices, Nodes; YAML or JSON")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asked for; the exit code."""
    objects = [item for file in options.files for item in load_file(file, keep_unknown=True)]
    services = [item for item in objects if isinstance(item, Service)]
    if not services:
        raise DecodeError(
            options.files[0], "no Service; give the output of: kubectl get services,endpointslices -o yaml"
        )
    slices = [item for item in objects if isinstance(item, EndpointSlice)]
    if not slices:
        print("warning: no EndpointSlice: every Service is without endpoints", file=sys.stderr)
    state = proxy_state(
        map(_in_namespace, services),
        map(_in_namespace, slices),
        _node(options, objects),
        _config(options),
        options.family,
    )
    print("\n".join(_PRINTERS[options.mode](state)))
    return 0


def _in_namespace(item: Any) -> Any:
    """A file may leave the namespace out; it is ``default`` then."""
    return item if item.metadata.namespace else type(item).from_json(item.to_json() | {"metadata": _metadata(item)})


def _metadata(item: KubernetesObject) -> dict[str, Any]:
    return item.metadata.to_json() | {"namespace": item.namespace}


def _node(options: argparse.Namespace, objects: Iterable[KubernetesObject]) -> ProxyNode:
    node = next((item for item in objects if isinstance(item, Node) and item.name == options.node), None)
    family: Family = options.family
    given = tuple(_checked("--node-ip", ip) for ip in options.node_ip or ())
    ips = given or tuple(_internal_ips(node))
    ours = tuple(ip for ip in ips if family_of(ip) == family)
    if not ours:
        what = "it is not in the files" if node is None else f"it has no {family} address of type InternalIP"
        raise DecodeError("--node", f'Invalid value: "{options.node}": {what}; give its addresses with --node-ip')
    return ProxyNode(options.node, ours, node.labels if node else {})


def _internal_ips(node: Node | None) -> Iterator[str]:
    status = node.to_json().get("status", {}) if node else {}
    yield from (entry["address"] for entry in status.get("addresses", ()) if entry.get("type") == "InternalIP")


def _config(options: argparse.Namespace) -> ProxyConfig:
    for option, cidrs in (
        ("--cluster-cidr", [options.cluster_cidr] if options.cluster_cidr else []),
        ("--nodeport-addresses", options.nodeport_addresses),
        ("--service-cidr", options.service_cidr),
    ):
        for cidr in cidrs:
            _checked(option, cidr)
    local = LocalDetector("ClusterCIDR", options.cluster_cidr) if options.cluster_cidr else LocalDetector()
    return ProxyConfig(
        local,
        options.masquerade_all,
        node_port_addresses=tuple(options.nodeport_addresses),
        service_cidrs=tuple(options.service_cidr),
        scheduler=options.scheduler,
    )


def _checked(option: str, text: str) -> str:
    try:
        return str(network(text)) if option != "--node-ip" else canonical(text)
    except InvalidAddressError as error:
        raise DecodeError(option, f"Invalid value: {error}") from None


def _iptables(state: ProxyState) -> list[str]:
    return iptables_sync(state).kernel.lines


def _nftables(state: ProxyState) -> list[str]:
    return nftables_sync(state).kernel.lines


def _ipvs(state: ProxyState) -> list[str]:
    kernel = ipvs_sync(state)
    return [
        "# ipset restore",
        *ipset_lines(kernel),
        "# ip address add ADDRESS dev kube-ipvs0",
        *(f"# {address}" for address in kernel.bound),
        "# ipvsadm --restore",
        *ipvsadm_lines(kernel),
        "# iptables-restore",
        *kernel.iptables.lines,
    ]


_PRINTERS = {"iptables": _iptables, "nftables": _nftables, "ipvs": _ipvs}
