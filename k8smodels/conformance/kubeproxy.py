"""Adapters of the suites ``kubeproxy/...``: the rules of every mode, and what they do to packets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.iptables.sync import full_sync, partial_sync
from k8smodels.kubeproxy.ipvs.schedulers import Balancer, RealServer
from k8smodels.kubeproxy.ipvs.sync import sync as ipvs_sync
from k8smodels.kubeproxy.nftables import sync as nft
from k8smodels.kubeproxy.state import Change, ProxyState, proxy_state
from k8smodels.kubeproxy.userspace import BalancerError, Connection, RoundRobin
from k8smodels.netfilter.packet import Machine, Packet
from k8smodels.netfilter.read import read_tables
from k8smodels.netfilter.tables import Tables
from k8smodels.netfilter.walk import walk


def iptables(case: JSON) -> JSON:
    """The suite ``kubeproxy/iptables``."""
    state = _state(case)
    sync = full_sync(state)
    restores = []
    for change in case.get("changes", ()):
        state = state.apply(_change(change))
        sync = partial_sync(state, sync)
        restores.append(sync.restore.lines)
    return {"save": sync.kernel.lines} | ({"restores": restores} if restores else {})


def iptables_flow(case: JSON) -> JSON:
    """The suite ``kubeproxy/iptables-flow``."""
    text = full_sync(_state(case)).kernel.text
    tables = read_tables(text)
    return [_outcomes(tables, packet, case["node"]["ips"]) for packet in case["packets"]]


def _outcomes(tables: Tables, packet: JSON, addresses: JSON) -> JSON:
    recent = {chain: {packet["src"]: 0.0} for chain in _sending_to(tables, packet.get("recent", ""))}
    ways = walk(
        tables,
        Packet(packet["src"], packet["dst"], packet["dport"], packet["protocol"], packet["iif"]),
        Machine(tuple(addresses), recent=recent),
    )
    sums: dict[tuple[str, str, bool], Fraction] = {}
    for way in ways:
        refused = way.verdict != "deliver"
        key = ("" if refused else way.packet.dnat, way.verdict, bool(way.packet.snat) and not refused)
        sums[key] = sums.get(key, Fraction(0)) + way.probability
    order = sorted(sums, key=lambda key: key[0] + key[1])
    return [
        {"p": str(sums[key]), "verdict": key[1], "masq": key[2]} | ({"dnat": key[0]} if key[0] else {}) for key in order
    ]


def _sending_to(tables: Tables, endpoint: str) -> list[str]:
    chains = tables.tables["nat"].values() if endpoint else ()
    wanted = {"to-destination": endpoint}
    return [chain.name for chain in chains if any(dict(rule.options) == wanted for rule in chain.rules)]


def nftables(case: JSON) -> JSON:
    """The suite ``kubeproxy/nftables``."""
    state = _state(case)
    sync = nft.full_sync(state)
    for change in case.get("changes", ()):
        state = state.apply(_change(change))
        sync = nft.partial_sync(state, sync)
    return sync.kernel.lines


def ipvs(case: JSON) -> JSON:
    """The suite ``kubeproxy/ipvs``; the iptables rules are recorded for some cases only."""
    state = _state(case)
    for change in case.get("changes", ()):
        state = state.apply(_change(change))
    kernel = ipvs_sync(state)
    return {
        "virtualServers": [
            {
                "address": f"{server.address}/{server.protocol}",
                "scheduler": server.scheduler,
                "persistent": server.persistent_seconds,
                "realServers": sorted(f"{endpoint.address} 1" for endpoint in server.real_servers),
            }
            | ({"sourceHash": True} if server.hashes_source_port else {})
            for server in kernel.virtual_servers
        ],
        "ipsets": {name: list(entries) for name, entries in kernel.ip_sets.items()},
        "kube-ipvs0": list(kernel.bound),
        "iptables": kernel.iptables.lines,
    }


def ipvs_schedulers(case: JSON) -> JSON:
    """The suite ``kubeproxy/ipvs-schedulers``."""
    servers = (RealServer(s["name"], s["weight"], s["active"], s["inactive"]) for s in case.get("servers") or ())
    balancer = Balancer(case["scheduler"], tuple(servers))
    picked = []
    for packet in case["packets"]:
        balancer, server = balancer.connect(packet["src"], packet["dst"])
        picked.append(server and server.name)
    return picked


def userspace(case: JSON) -> JSON:
    """The suite ``kubeproxy/userspace``."""
    balancer, answers = RoundRobin(), list[JSON]()
    for event in case["events"]:
        answer: JSON = None
        if event["op"] == "next":
            try:
                balancer, answer = balancer.next_endpoint(event["src"])
            except BalancerError as error:
                answer = f"error: {error}"
        elif event["op"] == "connect":
            balancer, connection = balancer.connect(event["src"], event.get("dead", ()))
            answer = _connection(connection)
        else:
            balancer = _USERSPACE_EVENTS[event["op"]](balancer, event)
        answers.append(answer)
    return answers


def _connection(connection: Connection) -> JSON:
    attempts = [
        {"endpoint": each.endpoint, "timeout": each.timeout_seconds, "affinityReset": each.resets_affinity}
        for each in connection.attempts
    ]
    error = {"error": connection.error} if connection.error else {}
    return {"attempts": attempts, "result": connection.endpoint} | error


_USERSPACE_EVENTS: Mapping[str, Callable[[RoundRobin, JSON], RoundRobin]] = {
    "newService": lambda balancer, event: balancer.new_service(event["affinity"], event.get("ttl", 0)),
    "deleteService": lambda balancer, _: balancer.delete_service(),
    "setEndpoints": lambda balancer, event: balancer.set_endpoints(event.get("endpoints", ())),
    "deleteEndpoints": lambda balancer, _: balancer.delete_endpoints(),
    "advance": lambda balancer, event: balancer.advance(event["seconds"]),
    "cleanup": lambda balancer, _: balancer.clean_up(),
}


def _state(case: JSON) -> ProxyState:
    node, config = case["node"], case["config"]
    return proxy_state(
        map(Service.from_json, case.get("services", ())),
        map(EndpointSlice.from_json, case.get("endpointSlices", ())),
        ProxyNode(node["name"], tuple(node["ips"]), node.get("labels", {})),
        ProxyConfig(
            LocalDetector(config["detectLocal"], config.get("localArg", "")),
            config["masqueradeAll"],
            config["masqueradeBit"],
            config["localhostNodePorts"],
            tuple(config.get("nodePortAddresses") or ()),
            config["nfacct"],
            config["conntrackTCPLiberal"],
            tuple(config.get("serviceCIDRs") or ()),
            config.get("scheduler", ""),
        ),
        case["ipFamily"],
    )


def _change(change: JSON) -> Change:
    return Change(
        tuple(map(Service.from_json, change.get("services") or ())),
        tuple(map(EndpointSlice.from_json, change.get("endpointSlices") or ())),
        tuple(change.get("deleteServices") or ()),
        tuple(change.get("deleteEndpointSlices") or ()),
    )


SUITES: Mapping[str, Adapter] = {
    "kubeproxy/iptables": Adapter(iptables),
    "kubeproxy/iptables-flow": Adapter(iptables_flow),
    "kubeproxy/nftables": Adapter(nftables),
    "kubeproxy/userspace": Adapter(userspace),
    "kubeproxy/ipvs": Adapter(ipvs, sometimes=frozenset({"iptables"})),
    "kubeproxy/ipvs-schedulers": Adapter(ipvs_schedulers),
}
