"""A network as commands: what flanneld and Calico's felix write, in the words of iproute2."""

import pytest
from network_clusters import two_nodes

from k8smodels.api.errors import FieldError
from k8smodels.network import build
from k8smodels.network.iproute import commands, netns


def _lines(mode: str, name: str) -> list[str]:
    return [command.line for command in commands(build(two_nodes(), mode), ["n1", "n2"]) if command.namespace == name]


@pytest.mark.parametrize(
    "line",
    [
        "ip link add flannel.1 address 0e:04:c0:a8:01:01"
        " type vxlan id 1 local 192.168.1.1 dev eth0 dstport 8472 nolearning",
        "ip addr add 10.244.1.0/32 dev flannel.1",
        "ip neigh replace 10.244.2.0 lladdr 0e:04:c0:a8:01:02 dev flannel.1 nud permanent",
        "bridge fdb append 0e:04:c0:a8:01:02 dev flannel.1 dst 192.168.1.2",
        "ip route add 10.244.2.0/24 via 10.244.2.0 dev flannel.1 onlink",
        "iptables -t nat -A POSTROUTING -s 10.244.0.0/22 ! -d 10.244.0.0/22 -j MASQUERADE",
    ],
)
def test_vxlan_is_laid_out_as_flanneld_does_it(line: str) -> None:
    assert line in _lines("vxlan", "n1")


def test_calico_routes_to_each_pod_and_to_each_block() -> None:
    lines = _lines("calico-bgp", "n1")
    assert sum(line.startswith("ip route add 10.244.1.") for line in lines) == 2
    assert "ip route add 10.244.2.0/26 via 192.168.1.2 dev eth0" in lines
    assert "ip route add blackhole 10.244.1.0/26" in lines


def test_addresses_bring_their_own_routes() -> None:
    assert not [line for line in _lines("host-gw", "n1") if line.startswith("ip route add 192.168.1.0/24")]


def test_a_device_that_iproute2_cannot_make_is_named() -> None:
    with pytest.raises(ValueError, match="flannel-wg@n1: Unsupported value: Wireguard"):
        _lines("wireguard", "n1")


def test_a_name_that_a_shell_would_read_is_refused() -> None:
    with pytest.raises(FieldError, match=r"metadata\.name: Invalid value"):
        netns("d/a; reboot")
