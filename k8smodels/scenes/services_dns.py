"""Scenes of names: which questions a lookup asks, and what the cluster's DNS server answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.node import Namespace
from k8smodels.api.pod import Pod
from k8smodels.api.service import Service
from k8smodels.i18n import _
from k8smodels.scenes.services import NODES, named, service
from k8smodels.services import ClusterDNS, KubeletDNS, ResolvConf, lookup, pod_resolver, reconcile
from k8smodels.services.dns import Lookup, ResourceRecord, queries
from k8smodels.views.frame import Frame
from k8smodels.views.html import el, join
from k8smodels.views.isolation import grid
from k8smodels.views.services import lookup_steps, resolv_conf_text

DNS_IP = "10.96.0.10"
NAMES: Mapping[str, str] = {
    "web": "web",
    "web.shop": "web.shop",
    "web.shop.svc.cluster.local": "web.shop.svc.cluster.local (no dot)",
    "db": "db (headless)",
    "db-0.db": "db-0.db (one of its Pods)",
    "bill.shop": "bill.shop (ExternalName)",
    "api.example.com": "api.example.com",
    "api.example.com.": "api.example.com. (with a dot)",
}
"""What a program asks for, and how the control calls it."""

MOST_NAMES = 4
"""The longest search list of the scene, and the name itself."""

_OUTSIDE = {"api.example.com.": "198.51.100.30", "pay.example.com.": "198.51.100.31"}


def upstream(name: str, type_: str) -> tuple[ResourceRecord, ...]:
    """The world outside of the cluster: two names."""
    known = _OUTSIDE.get(name.lower()) if type_ == "A" else None
    return (ResourceRecord(name, 300, "A", known),) if known else ()


def database(*, ready: tuple[bool, ...] = (True, True), publish: bool = False) -> list[Service | EndpointSlice]:
    """The headless Service `db` of a StatefulSet, with its slices."""
    owner = Service.from_json(
        {
            "metadata": {"name": "db", "namespace": "shop", "uid": "u-db"},
            "spec": {
                "type": "ClusterIP",
                "clusterIP": "None",
                "clusterIPs": ["None"],
                "ipFamilies": ["IPv4"],
                "selector": {"app": "db"},
                "publishNotReadyAddresses": publish,
                "ports": [{"name": "pg", "protocol": "TCP", "port": 5432, "targetPort": 5432}],
            },
        }
    )
    return [owner, *named(reconcile(owner, database_pods(ready), NODES).slices)]


def database_pods(ready: tuple[bool, ...] = (True, True)) -> list[Pod]:
    """The Pods of the StatefulSet `db`: each has a hostname, and the Service's name as its subdomain."""
    return [
        Pod.from_json(
            {
                "metadata": {"name": f"db-{i}", "namespace": "shop", "labels": {"app": "db"}, "uid": f"u-db-{i}"},
                "spec": {
                    "nodeName": "node-1",
                    "hostname": f"db-{i}",
                    "subdomain": "db",
                    "containers": [{"name": "pg"}],
                },
                "status": {
                    "phase": "Running",
                    "podIPs": [{"ip": f"10.244.1.{20 + i}"}],
                    "conditions": [{"type": "Ready", "status": str(is_ready)}],
                },
            }
        )
        for i, is_ready in enumerate(ready)
    ]


@cache
def cluster_dns() -> ClusterDNS:
    """The server of the shop's cluster; in the namespace `blog` there is no Service."""
    external = {"type": "ExternalName", "externalName": "pay.example.com"}
    bill = Service.from_json({"metadata": {"name": "bill", "namespace": "shop"}, "spec": external})
    blog = Namespace.from_json({"metadata": {"name": "blog"}})
    return ClusterDNS.of([service(), bill, blog, *database()], upstream)


def conf_of(namespace: str, ndots: int) -> ResolvConf:
    """The file that the kubelet gives a Pod of a namespace, whose `dnsConfig` may say another `ndots` than 5."""
    asks = {} if ndots == 5 else {"dnsConfig": {"options": [{"name": "ndots", "value": str(ndots)}]}}
    asking = Pod.from_json({"metadata": {"name": "asks", "namespace": namespace}, "spec": asks})
    return pod_resolver(asking, KubeletDNS(cluster_dns=(DNS_IP,))).conf


def looked_up(name: str, namespace: str, ndots: int) -> Lookup:
    """What a program in a Pod of a namespace asks, and gets."""
    return lookup(cluster_dns(), name, conf_of(namespace, ndots))


def asked(name: str, namespace: str, ndots: int, step: int) -> Frame:
    """A lookup up to a step; a step is one full name, asked for A and for AAAA."""
    conf, found = conf_of(namespace, ndots), looked_up(name, namespace, ndots)
    names = queries(name, conf)
    return Frame(
        join([resolv_conf_text(conf), lookup_steps(names, found, step)]),
        _said(found, min(step, len(names) - 1), names),
    )


def _said(found: Lookup, step: int, names: list[str]) -> str:
    if step < len(names) - 1 and names[step] != found.found and names[step] in {each.name for each in found.steps}:
        return _("`{name}` has no address: the next name is asked.").format(name=names[step])
    questions = len(found.steps)
    if not found.addresses:
        return _("{n} questions, and **no address**: the program gets an error.").format(n=questions)
    if names[step] != found.found:
        return _("`{name}` is **not asked** any more.").format(name=names[step])
    addresses = ", ".join(found.addresses)
    return _("After **{n} questions** the program has {addresses}.").format(n=questions, addresses=addresses)


def measured(text: str) -> Frame:
    """What lookups cost, from the JSON text that `tests/reality/measure_lookups.py` prints."""
    record = json.loads(text)
    rows = [
        (
            join(
                [el("code", case["name"]), " ", el("small", _("from {namespace}").format(namespace=case["namespace"]))]
            ),
            str(case["ndots"]),
            str(len(case["questions"])),
            "{median:.1f} ({min:.1f}–{max:.1f})".format(**case["milliseconds"]),
        )
        for case in record["cases"]
    ]
    head = [_("name"), "ndots", _("questions"), _("ms: median (least–most)")]
    how = ("command", "date", "library", "kernel", "machine")
    says = _("Measured: {how}.").format(how="; ".join(record[key] for key in how))
    return Frame(grid(head, rows), says)
