from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from k8smodels.api.errors import FieldError
from k8smodels.network.cni import (
    HOST,
    PROGRAMS,
    SUBNET_FILE,
    Call,
    Netns,
    Node,
    NotModelledError,
    Outcome,
    SimulatedNode,
    network_config_list,
    perform,
    pod_runtime_conf,
    simple_node,
    subnet_env,
)
from k8smodels.network.cni.effects import write_file

IPAM = {"type": "host-local", "ranges": [[{"subnet": "10.22.0.0/29"}]]}
BRIDGE = {"type": "bridge", "isDefaultGateway": True, "ipMasq": True, "ipam": IPAM}
PORTMAP = {"type": "portmap", "capabilities": {"portMappings": True}}
BANDWIDTH = {"type": "bandwidth", "capabilities": {"bandwidth": True}}
PORTS = {"portMappings": [{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"}]}
RATES = {"bandwidth": {"egressRate": 8000, "egressBurst": 800, "ingressRate": 8000, "ingressBurst": 800}}
POD = "/run/netns/p"
PREVIOUS = {"cniVersion": "1.0.0", "interfaces": [{"name": "lo", "sandbox": POD}], "ips": [{"address": "10.9.9.9/24"}]}
FIELDS = (
    *(
        "cniVersion",
        "name",
        "ipam",
        "prevResult",
        "runtimeConfig",
        "args",
        "cni",
        "dns",
        "type",
        "mac",
        "mtu",
        "master",
    ),
    *("mode", "bridge", "isGateway", "isDefaultGateway", "ipMasq", "sysctl", "promisc", "dataDir", "delegate", "ips"),
    *("portMappings", "hostPort", "containerPort", "protocol", "hostIP", "snat", "masqAll", "markMasqBit", "bandwidth"),
    *("ingressRate", "ingressBurst", "egressRate", "egressBurst", "backend", "subnet", "ranges", "routes", "dst", "gw"),
    *("ranges", "gateway", "rangeStart", "nameservers", "subnetFile", "iptablesAdminChainName", "interface", "address"),
)


class Lab:
    """A node, a network, and what is done with them."""

    def __init__(self, *plugins: Mapping[str, Any], version: str = "1.0.0", node: Node | None = None) -> None:
        document = {"cniVersion": version, "name": "net", "plugins": list(plugins)}
        self.network = network_config_list(json.dumps(document))
        self.machine, self.cache = SimulatedNode(node), dict[str, Any]()

    def do(self, command: str, pod: str = POD, capabilities: Mapping[str, Any] | None = None) -> Outcome:
        if command == "ADD" and pod not in self.machine.node.namespaces:
            self.machine.new_pod(pod)
        runtime = pod_runtime_conf("default", "web", "uid", pod.rpartition("/")[2], pod, capabilities)
        outcome = perform(command, self.network, runtime, self.machine, self.cache)
        self.cache = dict(outcome.cache)
        return outcome

    @property
    def host(self) -> Netns:
        return self.machine.node.host

    def pod(self, pod: str = POD) -> Netns:
        return self.machine.node.namespaces[pod]

    def commands(self) -> list[str]:
        return [effect.command for done in self.machine.done for effect in done.effects]


def well(outcome: Outcome) -> Outcome:
    assert outcome.error is None
    return outcome


def test_a_pod_on_a_bridge_has_an_interface_an_address_and_a_way_out() -> None:
    lab = Lab(BRIDGE)
    result = well(lab.do("ADD")).result
    assert result is not None
    assert [item["name"] for item in result.to_json()["interfaces"]][::2] == ["cni0", "eth0"]
    eth0 = lab.pod().link("eth0")
    assert eth0 is not None
    assert (eth0.up, eth0.addresses) == (True, ("10.22.0.2/29",))
    assert [str(route) for route in lab.pod().routes] == [
        "10.22.0.0/29 dev eth0 scope link src 10.22.0.2",
        "default via 10.22.0.1 dev eth0",
    ]
    end = lab.host.link(eth0.peer[1] if eth0.peer else "")
    assert end is not None
    assert end.master == "cni0"


def test_the_second_pod_finds_the_bridge_there() -> None:
    lab = Lab(BRIDGE)
    lab.do("ADD", "/run/netns/a")
    first = len(lab.commands())
    lab.do("ADD", "/run/netns/b")
    assert lab.commands().count("ip link add cni0 type bridge") == 1
    assert not [command for command in lab.commands()[first:] if "ip addr add 10.22.0.1" in command]


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from([(BRIDGE,), (BRIDGE, PORTMAP), (BRIDGE, PORTMAP, BANDWIDTH), (BRIDGE, {"type": "firewall"})]),
    st.integers(1, 4),
    st.randoms(use_true_random=False),
)
def test_del_takes_back_whatever_belongs_to_a_pod(plugins: Any, pods: int, random: Any) -> None:
    lab, capabilities = Lab(*plugins), PORTS | RATES
    names = [f"/run/netns/p{i}" for i in range(pods)]
    for name in names:
        well(lab.do("ADD", name, capabilities))
    random.shuffle(names)
    for name in names:
        well(lab.do("DEL", name, capabilities))
        well(lab.do("DEL", name, capabilities))
    rules = [rule for held in lab.host.chains.values() for rule in held]
    assert not [rule for rule in rules if "10.22" in rule or "8080" in rule]
    assert [link.name for link in lab.host.links] == ["lo", "eth0", "cni0"]
    assert all([link.name for link in lab.pod(name).links] == ["lo"] for name in names)
    assert [path for path in lab.machine.node.files if "last" not in path] == []
    assert lab.cache == {}


def test_an_effect_tells_the_command_that_would_do_the_same_and_where() -> None:
    lab = Lab({**BRIDGE, "mtu": 1450})
    lab.do("ADD")
    effects = [(effect.netns, effect.command) for effect in lab.machine.done[0].effects]
    assert effects[0] == (HOST, "ip link add cni0 mtu 1450 type bridge")
    assert (POD, "ip route add default via 10.22.0.1 dev eth0") in effects
    assert ("", "write /var/lib/cni/networks/net/10.22.0.2") in effects


def test_effects_alone_lead_from_the_node_before_to_the_node_after() -> None:
    lab = Lab(BRIDGE, PORTMAP, BANDWIDTH)
    lab.machine.new_pod(POD)
    node = lab.machine.node
    lab.do("ADD", capabilities=PORTS | RATES)
    for done in lab.machine.done:
        for effect in done.effects:
            node = effect.apply(node)
    assert node == lab.machine.node


def test_a_failed_add_leaves_the_bridge_and_gives_the_address_back() -> None:
    other = Lab({"type": "bridge", "isGateway": True, "ipam": {**IPAM, "ranges": [[{"subnet": "10.9.0.0/29"}]]}})
    other.do("ADD")
    lab = Lab(BRIDGE, node=other.machine.node)
    outcome = lab.do("ADD", "/run/netns/q")
    assert outcome.error is not None
    assert 'failed to set bridge addr: "cni0" already has an IP address different from 10.22.0.1/29' in outcome.error
    assert not [path for path in lab.machine.node.files if path.endswith("/10.22.0.2")]
    assert lab.host.link("cni0") is not None


@pytest.mark.parametrize(
    ("plugins", "problem"),
    [
        ([{**BRIDGE, "hairpinMode": True, "promiscMode": True}], "cannot set hairpin mode and promiscuous mode"),
        ([{**BRIDGE, "isGateway": "yes"}], "failed to load netconf: json: cannot unmarshal string"),
        ([{**BRIDGE, "bridge": "eth0"}], '"eth0" already exists but is not a bridge'),
        ([{**BRIDGE, "ipam": {"type": "dhcp"}}], 'failed to find plugin "dhcp" in path [/opt/cni/bin]'),
        ([{"type": "ptp"}], "no plugin name provided"),
        ([{"type": "macvlan", "mode": "x"}], 'unknown macvlan mode: "x"'),
        ([{"type": "macvlan", "mtu": 9000}], "invalid MTU 9000, must be [0, master MTU(1500)]"),
        ([{"type": "ipvlan", "master": "eth9", "ipam": IPAM}], 'failed to lookup master "eth9": Link not found'),
        ([PORTMAP], "must be called as chained plugin"),
        ([{"type": "firewall"}], "missing prevResult from earlier plugin"),
        ([{"type": "tuning"}], "Required prevResult missing"),
        ([BRIDGE, {"type": "tuning", "mac": "x"}], "address x: invalid MAC address"),
        ([{"type": "flannel"}], f"open {SUBNET_FILE}: no such file or directory"),
    ],
)
def test_a_plugin_says_why_it_fails(plugins: list[dict[str, Any]], problem: str) -> None:
    outcome = Lab(*plugins).do("ADD", capabilities=PORTS)
    assert problem in (outcome.error or "")
    assert outcome.code == 999 or "find plugin" in problem


def test_what_the_model_leaves_out_is_refused_and_not_ignored() -> None:
    with pytest.raises(NotModelledError, match="vlan: Forbidden: the model of the plugin bridge leaves this field out"):
        Lab({**BRIDGE, "vlan": 5}).do("ADD")
    with pytest.raises(FieldError, match='installed: Unsupported value: "calico"'):
        SimulatedNode(installed=["calico"])


def test_a_host_port_leads_to_the_pod_and_only_on_the_address_that_was_named() -> None:
    lab = Lab(BRIDGE, PORTMAP)
    ports = {"portMappings": [{"hostPort": 53, "containerPort": 5353, "protocol": "udp", "hostIP": "192.168.0.1"}]}
    well(lab.do("ADD", capabilities=ports))
    (rules,) = [held for (_, _, chain), held in lab.host.chains.items() if chain.startswith("CNI-DN-")]
    assert rules[-1] == "-d 192.168.0.1/32 -p udp -m udp --dport 53 -j DNAT --to-destination 10.22.0.2:5353"
    assert lab.host.sysctls["net.ipv4.conf.cni0.route_localnet"] == "1"


def test_many_ports_share_rules_of_fifteen() -> None:
    lab = Lab(BRIDGE, PORTMAP)
    many = [{"hostPort": 8000 + i, "containerPort": 80, "protocol": "tcp"} for i in range(20)]
    well(lab.do("ADD", capabilities={"portMappings": many}))
    entries = lab.host.chains["iptables", "nat", "CNI-HOSTPORT-DNAT"]
    assert [entry.count(",") for entry in entries] == [14, 4]


def test_tuning_changes_the_result_and_del_restores_the_interface() -> None:
    lab = Lab(BRIDGE, {"type": "tuning", "mac": "02:11:22:33:44:55", "mtu": 1400, "promisc": True})
    before = well(Lab(BRIDGE).do("ADD")).result
    result = well(lab.do("ADD")).result
    assert before is not None
    assert result is not None
    assert result.to_json()["interfaces"][2]["mac"] == "02:11:22:33:44:55"
    well(lab.do("CHECK"))
    tuning = lab.machine.done[1].call
    lab.machine.execute(Call(**{**{name: getattr(tuning, name) for name in Call.__slots__}, "command": "DEL"}))
    eth0 = lab.pod().link("eth0")
    assert eth0 is not None
    assert (eth0.mac, eth0.mtu, eth0.promiscuous) == (before.to_json()["interfaces"][2]["mac"], 1500, False)


def test_flannel_writes_the_configuration_of_a_bridge_from_the_nodes_subnet() -> None:
    node = write_file(SUBNET_FILE, subnet_env("10.244.0.0/16", "10.244.1.1/24", 1450)).apply(simple_node())
    lab = Lab({"type": "flannel", "delegate": {"hairpinMode": True}}, PORTMAP, node=node)
    result = well(lab.do("ADD")).result
    assert result is not None
    assert result.to_json()["ips"][0]["address"] == "10.244.1.2/24"
    assert result.to_json()["routes"] == [{"dst": "10.244.0.0/16"}]
    eth0 = lab.pod().link("eth0")
    assert eth0 is not None
    assert eth0.mtu == 1450
    assert "nat" not in {table for _, table, _ in lab.host.chains}, "flanneld masquerades itself"
    well(lab.do("DEL"))
    assert [path for path in lab.machine.node.files if "flannel/" in path] == [SUBNET_FILE]


def test_an_ipvlan_shares_its_parents_address_and_a_macvlan_has_its_own() -> None:
    macs = {}
    for kind in ("ipvlan", "macvlan"):
        lab = Lab({"type": kind, "master": "eth0", "ipam": IPAM})
        well(lab.do("ADD"))
        well(lab.do("CHECK"))
        eth0 = lab.pod().link("eth0")
        assert eth0 is not None
        macs[kind] = eth0.mac
        assert lab.host == simple_node().host, "nothing of it passes the host's namespace"
    assert macs["ipvlan"] == "52:54:00:00:00:01" != macs["macvlan"]


def test_loopback_is_switched_on_and_off() -> None:
    lab = Lab({"type": "loopback"})
    result = well(lab.do("ADD")).result
    assert result is not None
    assert [ip["address"] for ip in result.to_json()["ips"]] == ["127.0.0.1/8", "::1/128"]
    well(lab.do("CHECK"))
    well(lab.do("DEL"))
    assert lab.do("CHECK").error == "loopback interface is down"


@pytest.mark.parametrize("first", [BRIDGE, {"type": "ptp", "ipam": IPAM}, {"type": "macvlan", "ipam": IPAM}])
def test_check_notices_an_interface_that_is_gone(first: dict[str, Any]) -> None:
    lab = Lab(first)
    well(lab.do("ADD"))
    well(lab.do("CHECK"))
    lab.machine.node = lab.machine.node.without_netns(POD).with_netns(POD)
    assert lab.do("CHECK").error is not None


def test_del_succeeds_when_the_namespace_is_gone_but_leaves_masquerading() -> None:
    lab = Lab(BRIDGE)
    well(lab.do("ADD"))
    lab.machine.end_pod(POD)
    well(lab.do("DEL"))
    assert not [path for path in lab.machine.node.files if path.endswith("/10.22.0.2")]
    assert lab.host.chains["iptables", "nat", "POSTROUTING"] != ()


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 2**70)
    | st.sampled_from(["", "x", "eth0", "10.1.2.0/29", "host-local"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(PROGRAMS)), st.dictionaries(st.sampled_from(FIELDS), values, max_size=6), st.booleans())
def test_whatever_a_configuration_holds_the_answer_is_a_result_or_an_error(
    name: str, config: dict[str, Any], first: bool
) -> None:
    machine = SimulatedNode(
        write_file(SUBNET_FILE, subnet_env("10.0.0.0/16", "10.0.1.0/24", 1450)).apply(simple_node())
    )
    machine.new_pod(POD)
    ipam = {"ipam": IPAM} if first and "ipam" not in config else {}
    previous = {"prevResult": PREVIOUS} if "prevResult" not in config else {}
    stdin = {"cniVersion": "1.0.0", "name": "net", **previous, **ipam, **config}
    for command in ("ADD", "CHECK", "DEL", "STATUS", "GC"):
        try:
            answer = machine.execute(Call(name, command, "c", POD, "eth0", "", "/opt/cni/bin", stdin))
        except NotModelledError:
            return
        document = json.loads(answer.stdout or "{}")
        assert not answer.exit_code or document["msg"]


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_plugin_tells_its_versions_and_checks_its_environment(name: str) -> None:
    machine = SimulatedNode()
    asked = machine.execute(Call(name, "VERSION", "", "", "", "", "", {}))
    assert json.loads(asked.stdout)["supportedVersions"] == list(PROGRAMS[name].versions)
    empty = machine.execute(Call(name, "ADD", "", "", "", "", "", {"name": "net"}))
    assert json.loads(empty.stdout) == {
        "code": 4,
        "msg": "required env variables [CNI_CONTAINERID,CNI_NETNS,CNI_IFNAME,CNI_PATH] missing",
    }
    odd = machine.execute(Call(name, "ADD", "c", "/x", "eth0", "", "/b", {"name": "net", "cniVersion": "7.0.0"}))
    assert (odd.exit_code, json.loads(odd.stdout)["code"]) == (1, 1)
    assert machine.node == simple_node()
