"""Adapters of the suites ``services/...``: EndpointSlices, allocation, creation, DNS, and the resolver of a pod."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.errors import InvalidObject
from k8smodels.api.node import Node
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service, ServiceSpec
from k8smodels.conformance.report import JSON
from k8smodels.conformance.suites import Adapter
from k8smodels.services.allocation import AllocationError, ClusterIPs, NodePorts, RangeFull
from k8smodels.services.creation import AllocationFailed, Pools, create_service
from k8smodels.services.dns import (
    Answer,
    ClusterDNS,
    Directory,
    KubeletDNS,
    ResourceRecord,
    answer,
    pod_resolver,
    queries,
)
from k8smodels.services.endpoints import Change, SliceChange, reconcile

Pool = ClusterIPs | NodePorts

_TURNS = 9
"""How many orders of the pods are tried, each forwards and backwards."""


def endpoint_slices(case: JSON) -> JSON:
    """The suite ``services/endpointslices``; where the order of pods decides, only what it does not decide."""
    pods = case.get("pods") or []
    first = _reconciled(case, pods)
    turns = range(min(len(pods), _TURNS))
    orders = [order for i in turns for order in (pods[i:] + pods[:i], pods[i::-1] + pods[:i:-1])]
    others = (_reconciled(case, order) for order in orders)
    settled = all(other["slices"] == first["slices"] and other["deleted"] == first["deleted"] for other in others)
    return first if settled else _without_placement(first)


def _reconciled(case: JSON, pods: Sequence[JSON]) -> dict[str, JSON]:
    result = reconcile(
        Service.from_json(case["service"]),
        [Pod.from_json(item) for item in pods],
        [Node.from_json(item) for item in case.get("nodes") or ()],
        [EndpointSlice.from_json(item) for item in case.get("existingSlices") or ()],
        case["maxEndpointsPerSlice"],
    )
    slices = [_slice(item) for item in result.changes if item.change is not Change.DELETE]
    deleted = sorted(item.slice.name for item in result.changes if item.change is Change.DELETE)
    error = {"error": result.error} if result.error else {}
    return {"slices": sorted(slices, key=_order), "deleted": deleted, **error}


def _without_placement(result: dict[str, JSON]) -> dict[str, JSON]:
    endpoints = [endpoint for item in result["slices"] for endpoint in item.get("endpoints", ())]
    counted = [{key: value for key, value in item.items() if key != "endpoints"} for item in result["slices"]]
    addresses = sorted(endpoint["addresses"][0] for endpoint in endpoints)
    return {**result, "slices": counted, **({"addresses": addresses} if addresses else {})}


def _slice(item: SliceChange) -> dict[str, JSON]:
    written = item.slice.to_json()
    endpoints = sorted(written.get("endpoints") or (), key=lambda endpoint: endpoint["addresses"][0])
    return {
        "name": item.slice.name,
        "change": item.change.value,
        "labels": dict(item.slice.labels),
        "addressType": item.slice.address_type,
        "ports": written.get("ports") or [],
        **({"endpoints": endpoints} if endpoints else {}),
        "count": len(endpoints),
    }


def _order(item: Mapping[str, JSON]) -> str:
    """Existing slices by name, then new ones by family, ports and size."""
    ports, endpoints = (json.dumps(item.get(key), separators=(",", ":")) for key in ("ports", "endpoints"))
    new = "false" if item["name"] else "true"
    return f"{new} {item['name']} {item['addressType']} {ports} {99999 - item['count']:05d} {endpoints}"


def allocation(case: JSON) -> JSON:
    """The suite ``services/allocation``."""
    pool: Pool
    try:
        pool = ClusterIPs.of(case["cidr"]) if case.get("cidr") else NodePorts.of(case["ports"])
    except ValueError as refused:
        return {"error": str(refused), "size": 0, "static": "", "dynamic": "", "results": []}
    bands = {"size": pool.range.size, "static": pool.static, "dynamic": pool.dynamic}
    results: list[JSON] = []
    for step in case["ops"]:
        if step["op"] == "next":
            pool, result = _next(pool, step["n"])
        else:
            pool, result = _step(pool, step["op"], step.get("value", ""))
        results.append(result)
    return {**bands, "results": results}


def _step(pool: Pool, operation: str, text: str) -> tuple[Pool, JSON]:
    if operation == "free":
        return pool, pool.range.free
    try:
        if isinstance(pool, NodePorts):
            return (pool.allocate(int(text)) if operation == "allocate" else pool.release(int(text))), "ok"
        address = ipaddress.ip_address(text)
        return (pool.allocate(address) if operation == "allocate" else pool.release(address)), "ok"
    except AllocationError as refused:
        return pool, str(refused)


def _next(pool: Pool, times: int) -> tuple[Pool, JSON]:
    """How many of some values in turn come from which band."""
    counts = {"dynamic": 0, "static": 0, "full": 0}
    for _ in range(times):
        try:
            pool, band = _one(pool)
        except RangeFull:
            band = "full"
        counts[band] += 1
    return pool, counts


def _one(pool: Pool) -> tuple[Pool, str]:
    if isinstance(pool, NodePorts):
        ports, port = pool.allocate_next(seed=1)
        return ports, "static" if ports.is_static(port) else "dynamic"
    addresses, address = pool.allocate_next(seed=1)
    return addresses, "static" if addresses.is_static(address) else "dynamic"


def validation(case: JSON) -> JSON:
    """The suite ``services/validation``, on a cluster with both families."""
    asked = Service.from_json(case)
    try:
        created = create_service(asked, Pools.of("10.96.0.0/16", "fd00:10:96::/112"))
    except InvalidObject as refused:
        errors = [str(error) for error in refused.errors]
        return {"errors": errors, "message": f'Service "{asked.name}" is invalid: {_aggregate(errors)}'}
    except AllocationFailed as failed:
        return {"errors": [f": {failed.problem}"], "message": str(failed)}
    warnings = {"warnings": list(created.warnings)} if created.warnings else {}
    return {"spec": _without_chance(asked.spec, created.service.spec), "errors": [], **warnings}


def _aggregate(errors: Sequence[str]) -> str:
    """Several errors in one text, as Go prints them: each once."""
    unique = list(dict.fromkeys(errors))
    return unique[0] if len(unique) == 1 else f"[{', '.join(unique)}]"


def _without_chance(asked: ServiceSpec, got: ServiceSpec) -> JSON:
    """The stored spec, where ``auto`` and -1 stand for what the author did not choose."""
    chosen = max(len(asked.cluster_ips), 1 if asked.cluster_ip else 0)
    ips = tuple(ip if ip == "None" or i < chosen else "auto" for i, ip in enumerate(got.cluster_ips))
    pairs = zip(got.ports, asked.ports, strict=True)
    ports = tuple(
        replace(port, node_port=-1 if port.node_port and not old.node_port else port.node_port) for port, old in pairs
    )
    check = -1 if got.health_check_node_port and not asked.health_check_node_port else got.health_check_node_port
    hidden = replace(got, cluster_ips=ips, cluster_ip="".join(ips[:1]), ports=ports, health_check_node_port=check)
    return hidden.to_json()


def _chosen(got: int, asked: int) -> int:
    return -1 if got and not asked else got


def dns(case: JSON) -> JSON:
    """The suite ``services/dns``; the recorded zone has a serial number that is no part of the input."""
    services = [Service.from_json(item) for item in case.get("services") or ()]
    slices = [EndpointSlice.from_json(item) for item in case.get("endpointSlices") or ()]
    server = ClusterDNS(Directory.of([*services, *slices]), serial=1499347823, upstream=_recorded_upstream)
    return [_answer(answer(server, query["name"], query["type"])) for query in case["queries"]]


def _recorded_upstream(name: str, type_: str) -> tuple[ResourceRecord, ...]:
    """Every name outside of the cluster has this address."""
    return (ResourceRecord(name, 30, "A", "198.51.100.7"),) if type_ == "A" else ()


def _answer(given: Answer) -> dict[str, JSON]:
    additional = {"extra": sorted(map(str, given.additional))} if given.additional else {}
    soa = {"soa": True} if given.soa else {}
    return {"rcode": given.rcode, "answer": sorted(map(str, given.answer)), **additional, **soa}


def resolv_conf(case: JSON) -> JSON:
    """The suite ``services/resolvconf``; the options are sorted, as the recorded ones are."""
    kubelet = KubeletDNS(tuple(case.get("clusterDNS") or ()), case["clusterDomain"], case["hostResolvConf"])
    found = pod_resolver(Pod.from_json(case["pod"]), kubelet)
    conf = found.conf
    return {
        "nameservers": list(conf.nameservers),
        "searches": list(conf.searches),
        "options": sorted(conf.options),
        **({"events": [str(event) for event in found.events]} if found.events else {}),
        "queries": [queries(name, conf) for name in case.get("lookups") or ()],
    }


SUITES: Mapping[str, Adapter] = {
    "services/endpointslices": Adapter(endpoint_slices),
    "services/allocation": Adapter(allocation),
    "services/dns": Adapter(dns),
    "services/resolvconf": Adapter(resolv_conf),
    "services/validation": Adapter(validation),
}
