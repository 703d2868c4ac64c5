"""Services, endpoints and nodes by chance."""

from __future__ import annotations

from hypothesis import strategies as st

from k8smodels.api.endpoint_slice import EndpointSlice
from k8smodels.api.service import Service
from k8smodels.kubeproxy.config import LocalDetector, ProxyConfig, ProxyNode
from k8smodels.kubeproxy.state import Change, ProxyState, proxy_state

NODE = ProxyNode("node-a", ("192.168.0.2",), {"topology.kubernetes.io/zone": "z1"})
POLICIES = st.sampled_from(["Cluster", "Local"])


def service(number: int, **spec: object) -> Service:
    """A Service ``s<number>`` with one port."""
    ip = f"172.30.0.{number + 1}"
    base = {
        "type": "ClusterIP",
        "clusterIP": ip,
        "clusterIPs": [ip],
        "ipFamilies": ["IPv4"],
        "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}],
        "sessionAffinity": "None",
    }
    return Service.from_json({"metadata": {"name": f"s{number}", "namespace": "ns"}, "spec": base | spec})


def endpoint_slice(number: int, endpoints: list[dict[str, object]]) -> EndpointSlice:
    """The slice of the Service ``s<number>``."""
    return EndpointSlice.from_json(
        {
            "metadata": {
                "name": f"s{number}-1",
                "namespace": "ns",
                "labels": {"kubernetes.io/service-name": f"s{number}"},
            },
            "addressType": "IPv4",
            "endpoints": endpoints,
            "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
        }
    )


def endpoint(host: int, node: str = "node-a", **conditions: bool) -> dict[str, object]:
    """An endpoint; ready unless said otherwise."""
    return {"addresses": [f"10.0.0.{host}"], "nodeName": node, "conditions": {"ready": True} | conditions}


@st.composite
def services(draw: st.DrawFn, number: int) -> Service:
    """A Service of any type that kube-proxy serves."""
    kind = draw(st.sampled_from(["ClusterIP", "NodePort", "LoadBalancer"]))
    spec: dict[str, object] = {"type": kind, "internalTrafficPolicy": draw(POLICIES)}
    port: dict[str, object] = {"name": "http", "port": 80, "protocol": "TCP", "targetPort": 8080}
    if kind != "ClusterIP":
        spec["externalTrafficPolicy"] = draw(POLICIES)
        port["nodePort"] = 30000 + number
    if draw(st.booleans()):
        spec |= {"sessionAffinity": "ClientIP", "sessionAffinityConfig": {"clientIP": {"timeoutSeconds": 60}}}
    return service(number, ports=[port], **spec)


@st.composite
def slices(draw: st.DrawFn, number: int) -> EndpointSlice:
    """Up to five endpoints on two nodes, ready or terminating."""
    hosts = draw(st.lists(st.integers(1, 20), unique=True, max_size=5))
    return endpoint_slice(
        number,
        [
            endpoint(
                host,
                draw(st.sampled_from(["node-a", "node-b"])),
                ready=draw(st.booleans()),
                serving=draw(st.booleans()),
                terminating=draw(st.booleans()),
            )
            for host in hosts
        ],
    )


@st.composite
def states(draw: st.DrawFn) -> ProxyState:
    """One to three Services on a node."""
    count = draw(st.integers(1, 3))
    return proxy_state(
        [draw(services(number)) for number in range(count)],
        [draw(slices(number)) for number in range(count)],
        NODE,
        ProxyConfig(draw(st.sampled_from([LocalDetector(), LocalDetector("ClusterCIDR", "10.0.0.0/8")]))),
    )


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A Service or its endpoints are new, different, or gone."""
    number = draw(st.integers(0, 3))
    return Change(
        (draw(services(number)),) if draw(st.booleans()) else (),
        (draw(slices(number)),) if draw(st.booleans()) else (),
        (f"ns/s{draw(st.integers(0, 2))}",) if draw(st.booleans()) else (),
        (f"ns/s{draw(st.integers(0, 2))}-1",) if draw(st.booleans()) else (),
    )
