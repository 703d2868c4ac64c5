"""What holds for every packet."""

from ipaddress import ip_address, ip_network

from hypothesis import given, settings
from hypothesis import strategies as st
from network_clusters import send, two_nodes

from k8smodels.network import MODES, build
from k8smodels.network.headers import IP_HEADER_BYTES, fragment_sizes
from k8smodels.network.prefixes import Prefixes
from k8smodels.network.routes import Route, RouteTable

OVERLAYS = [name for name, mode in MODES.items() if mode.pods in ("bridge", "routed") and not mode.secondary]
NETWORKS = {(name, apart): build(two_nodes(apart=apart), name) for name in OVERLAYS for apart in (False, True)}
ENDS = {"d/a": "10.244.1.2", "d/b": "10.244.1.3", "d/c": "10.244.2.2", "n1": "192.168.1.1", "ext": "192.168.1.50"}


@given(
    key=st.sampled_from(sorted(NETWORKS)),
    start=st.sampled_from(sorted(ENDS)),
    to=st.sampled_from(sorted(ENDS.values())),
    size=st.integers(48, 9000),
    df=st.booleans(),
)
@settings(max_examples=300, deadline=None)
def test_every_packet_arrives_or_is_lost_for_a_reason(key, start: str, to: str, size: int, df: bool) -> None:
    path = send(NETWORKS[key], start, to, size=size, df=df)
    assert (path.received is None) != (path.lost is None)
    if path.received:
        assert path.delivered.namespace == next(name for name, address in ENDS.items() if address == to)
        forwards = [hop for hop in path.hops if hop.action == "forward" and not hop.before.tunnel]
        assert path.received.ttl == 64 - len(forwards)
        assert not path.received.fragments
    else:
        assert path.lost.reason
    for hop in path.wire:
        assert max(hop.after.sizes) <= hop.mtu


@given(st.integers(28, 65535), st.integers(68, 9000), st.sampled_from([4, 6]))
def test_fragments_carry_the_whole_packet_and_fit(size: int, mtu: int, version: int) -> None:
    size = max(size, IP_HEADER_BYTES[version])
    pieces = fragment_sizes(size, mtu, version)
    around = IP_HEADER_BYTES[version] + (8 if version == 6 and len(pieces) > 1 else 0)
    assert max(pieces) <= mtu
    assert sum(piece - around for piece in pieces) == size - IP_HEADER_BYTES[version]
    assert all((piece - around) % 8 == 0 for piece in pieces[:-1])


NUMBERS = st.integers(0, 255)
ADDRESSES = st.builds(lambda a, b: ip_address(f"10.0.{a}.{b}"), NUMBERS, NUMBERS)
PREFIXES = st.lists(st.tuples(ADDRESSES, st.integers(16, 32)), max_size=12)


def _network(address, length: int):
    return ip_network(f"{address}/{length}", strict=False)


@given(PREFIXES, ADDRESSES)
def test_the_longest_prefix_wins(blocks, address) -> None:
    nets = [_network(*block) for block in blocks]
    holding = [net for net in nets if address in net]
    found = Prefixes((net, str(net)) for net in nets).lookup(address)
    assert (found[0] if found else None) == max(holding, key=lambda net: net.prefixlen, default=None)


def test_of_equal_prefixes_the_lower_metric_wins() -> None:
    prefix = _network("10.0.0.0", 24)
    table = RouteTable([Route(prefix=prefix, device=f"eth{metric}", metric=metric) for metric in (2, 1, 3)])
    assert table.lookup(ip_address("10.0.0.9")).device == "eth1"
