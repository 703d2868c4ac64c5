"""Small clusters for tests."""

from ipaddress import ip_address, ip_interface

from k8smodels.network import Cluster, Host, Network, Packet, Path, build, cluster, walk


def two_nodes(*, apart: bool = False, mtu: int = 1500) -> Cluster:
    """Pods a and b on n1, c on n2, and a host outside; `apart`: a router stands between the nodes."""
    subnets = ("192.168.1", "192.168.2") if apart else ("192.168.1", "192.168.1")
    nodes = tuple(cluster.node(f"n{i}", f"{net}.{i}/24", f"10.244.{i}.0/24") for i, net in enumerate(subnets, 1))
    pods = (
        cluster.pod("d/a", "n1", "10.244.1.2"),
        cluster.pod("d/b", "n1", "10.244.1.3"),
        cluster.pod("d/c", "n2", "10.244.2.2"),
    )
    return Cluster(nodes, pods, (Host("ext", (ip_interface("192.168.1.50/24"),)),), mtu=mtu)


def underlay() -> Cluster:
    """The same with pods in the nodes' subnet."""
    made = two_nodes()
    pods = tuple(cluster.pod(pod.name, pod.node, f"192.168.1.10{i}") for i, pod in enumerate(made.pods))
    return Cluster(made.nodes, pods)


def send(network: Network, start: str, to: str, *, size: int = 128, df: bool = False, port: int = 9000) -> Path:
    """A packet whose source the kernel chooses."""
    source, destination = ip_address("0.0.0.0" if ":" not in to else "::"), ip_address(to)
    packet = Packet(source=source, destination=destination, size_bytes=size, df=df, destination_port=port)
    return walk(network, packet, start)


def between(mode: str, *, apart: bool = False, **probe: object) -> Path:
    """From a to c."""
    made = underlay() if mode in ("macvlan", "ipvlan-l2", "vpc") else two_nodes(apart=apart)
    return send(build(made, mode), "d/a", str(made.pod_by_name["d/c"].addresses[0]), **probe)  # type: ignore[arg-type]
